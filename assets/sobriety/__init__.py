"""What the platform costs and how it could cost less: facts, estimates, levers."""
