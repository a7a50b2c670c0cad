"""French formats, one module each, with the examples that prove it."""
