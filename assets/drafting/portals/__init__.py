"""What a portal says of its datasets: one module each, `location(address)` and `ask(…)`.

The file itself is then received by the portal's connector, which the contract names.
"""
