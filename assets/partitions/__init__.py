"""Sources received by period: only what is new or corrected is asked, read, judged and published.

The table is the union of its accepted partitions. Each has its own file in the landing, its own
verdicts and its own history; one that is refused leaves its previous version where it was, and the
others advance. The words of the contract are in `checks.partitions`, the reasons in
`docs/decisions/0030-a-table-is-the-union-of-its-accepted-partitions.md`.
"""
