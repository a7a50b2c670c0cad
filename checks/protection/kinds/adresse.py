"""The postal address of somebody’s home: a number and a street.

A street is nobody’s: the address of a school or of a charging point stands in open tables. It is a
person’s where a title or the words say so, or beside other data about persons.
"""

from checks.protection.kind import Kind, Mark

_WAYS = (
    "rue|avenue|av|bd|bld|boulevard|place|pl|all[ée]e|all|chemin|che|impasse|imp|route|rte|quai|cours"
    "|square|sq|passage|ruelle|sentier|esplanade|promenade|mail|r[ée]sidence|res|lotissement|lot"
    "|hameau|villa|mont[ée]e|faubourg|fbg|cit[ée]|clos|venelle|lieu-dit"
)
_ADDRESS = (
    rf"\d{{1,4}}(?: ?(?:bis|ter|quater|[A-Da-d]))?,? (?i:{_WAYS})\.? [A-Za-zÀ-ɏ][^\n]{{1,150}}"
)

KIND = Kind(
    what="une adresse postale",
    nature="indirect",
    titles=(
        "adresse_usager",
        "adresse_demandeur",
        "adresse_domicile",
        "domicile",
        "adresse_personnelle",
        "adresse_agent",
        "adresse_proprietaire",
        "adresse_patient",
        "adresse_eleve",
        "adresse_parent",
    ),
    company=("adresse", "adresse_postale", "voie", "adresse_complete"),
    marks=(
        Mark(_ADDRESS, where="whole", share=0.3, named=0.1),
        Mark(
            r"(?i:habit|domicili|demeur)[^\d]{0,40}\d{1,4}[^\d]{0,8}"
            rf"(?i:{_WAYS})\.? [A-Za-zÀ-ɏ]+"
        ),
    ),
    glance=(r"(?i:habit|domicili|demeur)",),
    beside=True,
    alone=False,
    example="12 rue des Tilleuls",
    valid=(
        "12 rue des Tilleuls",
        "3 bis, avenue de la Gare 49000 Exempleville",
        "J’habite au 4 rue du Lac",
    ),
    invalid=("rue des Tilleuls", "12 juin", "Place du Marché"),
)
