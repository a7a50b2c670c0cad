"""The pages: one module per page or per family of pages, discovered by their files."""
