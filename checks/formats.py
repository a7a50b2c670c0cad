"""The text formats a column may declare: the shape of each, and its name in a French sentence.

The keys of SIREN and SIRET numbers are checked when rows are decoded (`assets.decoding.values`).
"""

SHAPES = {
    "email": (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "une adresse électronique"),
    "code_postal": (r"^\d{5}$", "un code postal"),
    "telephone": (r"^(\+33|0)[1-9]\d{8}$", "un numéro de téléphone"),
    "siret": (r"^\d{14}$", "un numéro SIRET"),
    "siren": (r"^\d{9}$", "un numéro SIREN"),
}
