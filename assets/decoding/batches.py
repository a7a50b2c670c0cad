"""How many bytes of a text DuckDB reads at a time, for its rows to be written only once.

Each thread takes a piece of the file and writes what it read as groups of 122 880 rows. A piece of
less than a group is copied into the next one; one that leaves a small rest makes the checkpoint
write its groups again (duckdb 1.5.5, `pragma_storage_info`: 7 CPU-s for a million rows where
well-cut pieces take 4). Nothing but speed depends on what is said here.
"""

from assets.decoding.bytes import Scan

GROUP = 122_880  # rows: DuckDB's row groups
# A piece of one group and a half to two leaves a rest that no checkpoint merges; around the middle,
# lines may be a tenth longer or shorter here than there.
IDEAL = 1.75
GROUPS = (IDEAL, 1.8, 1.85, 1.9, 1.7, 1.65)
WIDEST = 64_000_000  # bytes: a few pieces are in memory at a time
IDLE = 1.25  # how much longer than evenly shared work may take, before copying is the lesser evil


def piece(scan: Scan, threads: int) -> int | None:
    """The bytes of a piece, or None where DuckDB's own choice (8 MB) is as good.

    Among good sizes, the one that leaves threads idle the least.
    """
    if not scan.lines:
        return None
    groups = scan.lines / GROUP
    best = min(GROUPS, key=lambda size: (round(_elapsed(groups, size, threads) * 20), size - IDEAL))
    bytes_of_piece = int(best * GROUP * scan.bytes / scan.lines)
    idle = _elapsed(groups, best, threads) > IDLE * groups / threads
    return None if idle or not scan.longest < bytes_of_piece < WIDEST else bytes_of_piece


def _elapsed(groups: float, size: float, threads: int) -> float:
    """How many groups the busiest thread writes."""
    pieces, rest = divmod(groups, size)
    turns, more = divmod(pieces, threads)
    return turns * size + (size if more else rest)
