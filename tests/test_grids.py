"""Tables at the terminal, whatever their width and its own."""

import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from pipelines.grids import show_rows
from pipelines.run import run
from pipelines.state import show_status
from tests.scenario import Scenario


@pytest.fixture
def terminal(monkeypatch):
    """Makes standard output a terminal of that many columns; gives what is printed there."""

    def of(width: int, show: Callable[[], object]) -> list[str]:
        out = io.StringIO()
        monkeypatch.setattr(
            "pipelines.grids.Console",
            lambda **said: Console(**{**said, "width": width}, file=out, force_terminal=True),
        )
        show()
        return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).split("\n")]

    return of


NAMES = [f"colonne_{rank}" for rank in range(12)]
ROWS = [[str(10**rank) for rank in range(11)] + ["Les Ponts-de-Cé"]] * 2


def test_a_table_wider_than_the_terminal_is_shown_one_value_to_a_line(terminal):
    lines = terminal(80, lambda: show_rows(NAMES, ROWS, set(range(11))))
    record = [f"{name:<12}{value}" for name, value in zip(NAMES, ROWS[0], strict=True)]
    assert lines == [*record, "", *record, ""]


def test_a_table_that_fits_the_terminal_is_a_table(terminal):
    lines = terminal(80, lambda: show_rows(["commune", "n"], [["Les Ponts-de-Cé", "3"]], {1}))
    assert lines == ["commune          n", "Les Ponts-de-Cé  3", ""]


def test_a_table_in_a_pipe_is_as_wide_as_it_must_be(capsys):
    show_rows(NAMES, ROWS, set(range(11)))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:]] == [[*ROWS[0][:11], "Les", "Ponts-de-Cé"]] * 2


def test_a_long_text_is_folded_and_its_words_are_not_markup(capsys):
    show_rows(["[bold]texte"], [["mot " * 40], ["[red]"]], set())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "[bold]texte"
    assert [line.strip() for line in lines[1:]] == [("mot " * n).strip() for n in (15, 15, 10)] + [
        "[red]"
    ]


@pytest.mark.slow
def test_the_state_of_the_tables_fits_eighty_columns(tmp_path, terminal):
    scenario = Scenario(tmp_path)
    run(scenario.platform())
    platform = scenario.platform()
    lines = terminal(80, lambda: show_status(platform))
    assert [line.split()[0] for line in lines[1:-1]] == [table.key for table in platform.catalogue]
