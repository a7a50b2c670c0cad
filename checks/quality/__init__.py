"""The gate: what Great Expectations says of a table held to its rules, natively on DuckDB.

The only place which knows Great Expectations. Rules come in, verdicts go out (`checks.rules`); no
object of Great Expectations and no value of the table leaves this package. What a contract promises
is in `checks.contract`, which words it may use in `checks.vocabulary`.

Importing this package does not import Great Expectations, and judging seldom does: most rules are
judged from their compiled form (`compiled`), the others by Great Expectations itself.
"""

from checks.quality.gate import evaluate, prepare

__all__ = ["evaluate", "prepare"]
