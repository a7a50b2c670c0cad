"""Energy: CPU-seconds measured, kWh and gCO2e estimated with declared coefficients.

The only package that knows CodeCarbon. Facts come from `getrusage` (children included, 88 µs a
reading), because CodeCarbon inside a short task reads zero; where the machine has an energy counter
(RAPL, a wattmeter), its joules are shared by CPU time; CodeCarbon measures the whole run beside.
What could not be measured is None, which is written « non mesuré », never 0. Where rows are kept is
in `assets.sobriety.ledger`.
"""

from resources.energy.counters import energy_counter
from resources.energy.factors import Coefficients, Factor, Range, coefficients, factors
from resources.energy.measure import (
    CPU_TIME_MODEL,
    JOULES_PER_KWH,
    NOT_MEASURED,
    RAPL_SHARE,
    WATTMETER_FILE,
    Activity,
    Bound,
    Measure,
)
from resources.energy.meter import Meter, RunFacts
from resources.energy.tracker import end_all

__all__ = [
    "CPU_TIME_MODEL",
    "JOULES_PER_KWH",
    "NOT_MEASURED",
    "RAPL_SHARE",
    "WATTMETER_FILE",
    "Activity",
    "Bound",
    "Coefficients",
    "Factor",
    "Measure",
    "Meter",
    "Range",
    "RunFacts",
    "coefficients",
    "end_all",
    "energy_counter",
    "factors",
]
