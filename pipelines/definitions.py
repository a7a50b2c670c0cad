"""The code location Dagster loads.

A declaration that cannot be used stops the load with its French message; it never makes its asset
vanish.
"""

from assets.platform import Platform
from pipelines.assembly import definitions_of

defs = definitions_of(Platform())
