"""What leaves the warehouse for its readers: one DuckDB file per audience, and open files.

Nobody who reads meets the warehouse, nor a lock: a version is written aside, whole, then one link
moves. Who may read what is in `audiences`, how a version appears in `shelf`, what its files hold in
`databases`, `dictionary`, `open_files`. Pages are in `assets.site`.
"""

from assets.publication.publishing import Publication, publish_for_analysts
from assets.publication.rollback import roll_back
from assets.publication.shelf import forget_former, published_files
from assets.publication.standing import is_due, rollback_in_force, served

__all__ = [
    "Publication",
    "forget_former",
    "is_due",
    "publish_for_analysts",
    "published_files",
    "roll_back",
    "rollback_in_force",
    "served",
]
