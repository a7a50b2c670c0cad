"""The scanner of personal data: what a table holds, against what its contract declares.

Whole columns, on every version, before it is published. Three doors: `found_in` says what is there,
`scan` gives the verdicts of the gate, `scan_file` searches a published file. No value ever leaves.
"""

from checks.protection.declared import INVENTORY
from checks.protection.finding import Finding
from checks.protection.scanner import found_in, scan, scan_file

__all__ = ["INVENTORY", "Finding", "found_in", "scan", "scan_file"]
