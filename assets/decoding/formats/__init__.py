"""How a received file becomes a table of texts: one module per word of `format:`."""
