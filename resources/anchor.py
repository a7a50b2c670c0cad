"""The head of the journal, kept outside of the data folder, beside the keys.

The chain of the journal tells a line that was edited, removed or moved. It cannot tell an end that
was cut, nor a chain computed anew by whoever writes in the data folder: the head that was seen
last, where they do not write, does.
"""

import json
from pathlib import Path

from resources.files import write_whole
from resources.journal import Journal

NAME = "journal.head"


def anchor(journal: Journal, folder: Path) -> None:
    """Write where the journal ends and the hash of its last line.

    Raises:
        OSError: the folder cannot be written.
    """
    position, head = journal.head()
    if position:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / NAME, json.dumps({"position": position, "hash": head}).encode())


def anchored(journal: Journal, folder: Path) -> bool:
    """Whether the journal still holds the line that was its last; yes where none was seen."""
    try:
        seen = json.loads((folder / NAME).read_bytes())
        return journal.head(int(seen["position"])) == (seen["position"], seen["hash"])
    except FileNotFoundError:
        return True
    except (ValueError, KeyError, TypeError):
        return False
