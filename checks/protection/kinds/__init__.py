"""What the scanner knows of persons, one module per kind, with the examples that prove it."""
