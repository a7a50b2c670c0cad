"""What an interface says of the version of its data, with what is asked of them, as one word."""

import hashlib


def tag_of(moment: object, *asked: str) -> str | None:
    """Moves with the moment the portal gives and with the question; None without a moment."""
    if not moment:
        return None
    return hashlib.sha256("\n".join([str(moment), *asked]).encode()).hexdigest()
