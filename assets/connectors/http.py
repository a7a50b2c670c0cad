"""A file by an address that is not encrypted: `http://…`, for a source that has nothing better.

The contract must say so (`transport: {plain_http: true}`): what comes this way proves nothing of
who wrote it. For the rest it is `https:`.
"""

from assets.connectors.https import asks, fault, fetch

__all__ = ["asks", "fault", "fetch"]
