"""A first contract for a file nobody declared yet: what it looks like, and what is doubtful in it.

Nothing here serves a run: types come from the contract, never from inference. A draft is a text
that an agent reads, completes and signs.
"""
