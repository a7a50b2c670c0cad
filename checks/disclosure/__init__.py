"""Disclosure control: what an open table must not tell of the persons, companies… it counts.

`words` and `agreement` read the contract, `thresholds` is data; `control` hides or refuses. Nothing
here publishes.
"""
