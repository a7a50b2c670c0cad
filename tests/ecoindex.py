"""EcoIndex, recomputed from what a browser counts: elements, requests, kilobytes.

score = 100 − 5 × (3 × elements + 2 × requests + weight) / 6, each as its rank among twenty classes
(method of GreenIT.fr; letters of the Python implementation, ecoindex 3: A above 80). Another scale
circulates (A above 75): the stricter one is taken.
"""

from collections.abc import Sequence
from itertools import pairwise

ELEMENTS = (
    0, 47, 75, 159, 233, 298, 358, 417, 476, 537, 603, 674, 753, 843, 949, 1076, 1237, 1459, 1801,
    2479, 594601,
)  # fmt: skip
REQUESTS = (
    0, 2, 15, 25, 34, 42, 49, 56, 63, 70, 78, 86, 95, 105, 117, 130, 147, 170, 205, 281, 3920,
)  # fmt: skip
KILOBYTES = (
    0, 1.37, 144.7, 319.53, 479.46, 631.97, 783.38, 937.91, 1098.62, 1265.47, 1448.32, 1648.27,
    1876.08, 2142.06, 2465.37, 2866.31, 3401.59, 4155.73, 5400.08, 8037.54, 223212.26,
)  # fmt: skip
LETTERS = ((80, "A"), (70, "B"), (55, "C"), (40, "D"), (25, "E"), (10, "F"))


def rank(classes: Sequence[float], value: float) -> float:
    """The place of a value among the classes, between two of them in proportion."""
    for index, (low, high) in enumerate(pairwise(classes)):
        if value < high:
            return index + (value - low) / (high - low)
    return len(classes) - 1.0


def ecoindex(elements: int, requests: int, kilobytes: float) -> tuple[float, str]:
    """The score and its letter."""
    weighed = 3 * rank(ELEMENTS, elements) + 2 * rank(REQUESTS, requests)
    score = 100 - 5 * (weighed + rank(KILOBYTES, kilobytes)) / 6
    return score, next((letter for least, letter in LETTERS if score > least), "G")
