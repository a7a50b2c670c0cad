"""What the platform leans on: one module per outside library or outside world."""
