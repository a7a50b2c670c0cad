"""The text formats a column may declare: the shape of each, and its name in a French sentence.

The keys of SIREN and SIRET numbers are checked when rows are decoded (`assets.decoding.macros`).
"""

SHAPES = {
    "email": (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "une adresse électronique"),
    "uri": (r"^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$", "une adresse web"),
    "uuid": (
        r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        "un identifiant unique (UUID)",
    ),
    "binary": (
        r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        "des octets en base 64",
    ),
    "code_postal": (r"^\d{5}$", "un code postal"),
    "telephone": (r"^(\+33|0)[1-9]\d{8}$", "un numéro de téléphone"),
    "siret": (r"^\d{14}$", "un numéro SIRET"),
    "siren": (r"^\d{9}$", "un numéro SIREN"),
}
