"""The version of what a source gives, as one word: its data, the question, the file it makes."""

import hashlib
import re

from assets.connectors.request import Request

# What a filter may say that the passing of time changes, though the data do not move.
MOVING = re.compile(
    r"\b(now|today|current_\w+|localtime\w*|\w*_timestamp|random\w*)\b", re.IGNORECASE
)


def tag_of(moment: object, request: Request, *asked: str) -> str | None:
    """Moves with the moment the source gives, with the question, and with the columns and layout of
    the contract; None where nothing can tell that the answer would be the same.
    """
    if not moment or MOVING.search(request.location):
        return None
    contract = request.contract
    headers = [column.headers for column in contract.columns]
    layout = contract.dialect.model_dump_json()
    said = [str(moment), *asked, contract.format, layout, repr(headers)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
