"""What is known of a dataset besides its file: what a portal says, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TO_COMPLETE = "à compléter"


@dataclass(frozen=True)
class About:
    """The words of a contract that no file holds; empty where nobody said.

    `columns` gives (title, description) by title of the file. `whole` is how many times larger
    than the file looked at the dataset is, where only its beginning was asked for.
    """

    url: str
    title: str = ""
    description: str = ""
    publisher: str = ""
    license: str = ""
    homepage: str = ""
    cadence: str = ""
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    doubts: Sequence[str] = ()
    whole: float = 1.0
