"""The words producers write where there is no value: « ND », « s », « NULL »…"""

# Never a value of anything, in any column.
PLAIN = frozenset(
    ("null", "nan", "none", "n/a", "#n/a", "<na>", "[nd]", "non renseigné", "non renseignée")
)
# Missing only where the others are numbers or dates: « NA » is Namibia, « s » a letter.
AMBIGUOUS = frozenset(
    ("na", "nd", "nc", "nr", "n.d.", "n.c.", "n/d", "s", "-", "--", "–", "?", ".")
)


WORDS = PLAIN | AMBIGUOUS


def is_missing_word(text: str, *, among_typed: bool) -> bool:
    """Whether a text says that there is no value."""
    word = text.lower()
    return word in PLAIN or (among_typed and word in AMBIGUOUS)
