"""A person's rights executed: found, handed over, erased everywhere, and never taken in again."""
