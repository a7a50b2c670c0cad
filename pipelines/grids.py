"""Tables at the terminal: what it has room for, and no column folded to a letter.

Which columns and which words is for whoever shows them.
"""

from collections.abc import Mapping, Sequence, Set

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

NUMBERS = frozenset({"Lignes", "Écartées", "Énergie", "Version"})
KEPT_WHOLE = frozenset({"Table", "Source", "Données du"})
WIDEST = 60  # signs of a text on one line; a longer one is folded
Cell = str | Text


def console() -> Console:
    """Standard output; wide enough for a table when it goes to a file."""
    plain = Console(highlight=False, markup=False)
    return plain if plain.is_terminal else Console(highlight=False, markup=False, width=160)


def grid_of(*columns: str, right: Set[str] = NUMBERS) -> Grid:
    """A table without rules; the columns of `right` are aligned as numbers are."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        numeric = column in right
        grid.add_column(
            column,
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=numeric or column in KEPT_WHOLE,
        )
    return grid


def fitting(width: int, choices: Sequence[tuple[int, tuple[str, ...]]]) -> tuple[str, ...]:
    """The columns for a terminal of this width, given the least width each choice asks for."""
    return max(choice for choice in choices if choice[0] <= width)[1]


def show_rows(names: Sequence[str], rows: Sequence[Sequence[str]], right: Set[int]) -> None:
    """Rows of any shape: a table where it fits, and where it does not, one value to a line.

    A file or a pipe has room for any width. `right` are the ranks of the columns of numbers.
    """
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for rank, name in enumerate(names):
        numeric = rank in right
        grid.add_column(
            Text(name),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=numeric,
            max_width=None if numeric else max(WIDEST, len(name)),
        )
    for row in rows:
        grid.add_row(*map(Text, row))
    out = console()
    natural = out.measure(grid, options=out.options.update(max_width=1_000_000)).maximum
    if not out.is_terminal:
        out.width = max(out.width, natural)
    out.print(grid if natural <= out.width else _records(names, rows))


def _records(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for rank, row in enumerate(rows):
        if rank:
            grid.add_row()
        for name, value in zip(names, row, strict=True):
            grid.add_row(Text(name), Text(value))
    return grid


def filled(
    columns: Sequence[str], rows: Sequence[Mapping[str, Cell]], right: Set[str] = NUMBERS
) -> Grid:
    """A table of the columns chosen among those that the rows have."""
    grid = grid_of(*columns, right=right)
    for row in rows:
        grid.add_row(*(row[column] for column in columns))
    return grid
