"""A first name, in a column of first names: a lexicon, and what a title says.

Half of a column of first names is in the lexicon; half of anything else is not. Names of schools
and of streets are first names too (« Jules Ferry »): a title that says so is believed.
"""

from checks.protection.given_names import is_given_name
from checks.protection.kind import Kind, Mark
from checks.protection.things import THINGS


def _key(text: str) -> str:
    return is_given_name(rf"regexp_extract({text}, '^[A-Za-zÀ-ɏ]+')")


KIND = Kind(
    what="un prénom",
    nature="direct",
    titles=("prenom", "prenoms", "prenom_usuel", "firstname", "first_name", "given_name"),
    things=THINGS,
    marks=(
        Mark(
            r"[A-Za-zÀ-ɏ]{2,20}(?:-[A-Za-zÀ-ɏ]{2,20}){0,2}",
            key=_key,
            where="whole",
            share=0.5,
            named=0.2,
        ),
    ),
    person=True,
    drafted=0.5,
    example="Camille",
    drafts=("Marie", "JEAN-PIERRE"),
    valid=("Marie", "JEAN-PIERRE", "Éric"),
    invalid=("Nantes", "rue Marie Curie", "M"),
)
