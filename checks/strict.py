"""The base of every declared thing: an unknown word is refused, nothing changes after the load."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a declaration."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
