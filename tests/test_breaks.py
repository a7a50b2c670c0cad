"""A change of method breaks the series, and a change within the noise means nothing."""

import datetime as dt

import pytest

from assets.dashboards import charts, phrases
from assets.dashboards.breaks import breaks, breaks_note, change_note, energy_breaks
from assets.dashboards.facts import Energy
from resources import french

TODAY = dt.date(2026, 11, 23)
OLD = {"methods": ("cpu_time_model",), "coefficients": ("ccf-2024",), "factors": ("ademe-2024",)}
COUNTED = {**OLD, "methods": ("rapl_share",)}
TUNED = {**OLD, "coefficients": ("ccf-2026",)}
GREENER = {**OLD, "factors": ("ademe-2025",)}


def plain(text: str) -> str:
    return text.replace(french.NBSP, " ").replace(french.THIN, " ")


def series(*months: tuple[float | None, dict]) -> dict[dt.date, Energy]:
    return {
        dt.date(2026, 12 - len(months) + rank, 1): Energy(kwh=kwh, **ways)
        for rank, (kwh, ways) in enumerate(months)
    }


@pytest.mark.parametrize(
    ("ways", "told", "energy"),
    [
        (COUNTED, "la méthode de mesure change, l’électricité", True),
        (TUNED, "le coefficient d’énergie change, l’électricité", True),
        (GREENER, "le facteur d’émission change, le carbone", False),
        (
            {**COUNTED, "factors": ("x",)},
            "la méthode de mesure et le facteur d’émission changent, l’électricité",
            True,
        ),
    ],
)
def test_each_change_is_a_break_told_for_what_it_breaks(ways, told, energy):
    months = series((1, OLD), (1, OLD), (2, ways), (2, ways))
    assert plain(breaks_note(months)) == (
        f"Rupture en octobre 2026 : {told} d’avant et d’après ne se compare pas."
    )
    assert energy_breaks(months) == ({dt.date(2026, 10, 1)} if energy else set())


def test_a_month_that_mixes_two_methods_is_one_break_and_a_gap_is_none():
    both = {**OLD, "methods": ("cpu_time_model", "rapl_share")}
    months = series((1, OLD), (1, both), (1, COUNTED))
    assert [one.month for one in breaks(months)] == [dt.date(2026, 10, 1)]
    assert breaks(series((1, OLD), (None, {}), (1, OLD))) == []
    assert breaks(series((1, OLD), (1, {**OLD, "methods": (*OLD["methods"], "non_mesure")}))) == []
    assert breaks({}) == [] and breaks_note({}) == ""


def test_a_break_hidden_by_a_gap_is_seen_after_it():
    assert [one.month.month for one in breaks(series((1, OLD), (None, {}), (1, COUNTED)))] == [11]


@pytest.mark.parametrize(
    ("kwh", "noise", "told"),
    [
        ((1.0, 1.1, 5), 0.25, "variation non significative (moins de 25 %)."),
        ((1.0, 1.5, 5), 0.25, "50 % de plus."),
        ((1.0, 0.5, 5), 0.25, "50 % de moins."),
        ((1.0, 1.1, 5), None, "10 % de plus, sans savoir encore si c’est significatif."),
        ((1.0, 1.001, 5), None, "moins de 1 % de plus, sans savoir"),
    ],
)
def test_the_last_whole_month_is_told_against_the_one_before(kwh, noise, told):
    note = change_note(series(*((each, OLD) for each in kwh)), TODAY, noise)
    assert plain(note).startswith("De septembre 2026 à octobre 2026 : " + told)


@pytest.mark.parametrize(
    "months",
    [
        series((1, OLD), (5, OLD)),
        series((1, OLD), (None, {}), (5, OLD)),
        series((0.0, OLD), (1, OLD), (5, OLD)),
        series((1, OLD), (9, COUNTED), (5, COUNTED)),
    ],
    ids=["one whole month", "not measured", "nothing before", "a break between"],
)
def test_months_that_do_not_compare_are_not_compared(months):
    assert change_note(months, TODAY, 0.25) == ""


def test_a_break_is_never_told_as_a_progress():
    over = series((0.6, OLD), (0.1, COUNTED), (0.1, COUNTED))
    assert plain(phrases.trend_title(over, 0.5)) == (
        "Sous le budget depuis octobre 2026, mais la mesure a changé"
    )
    earlier = series((0.1, OLD), (0.6, COUNTED), (0.1, COUNTED))
    assert "mais" not in phrases.trend_title(earlier, 0.5)


def test_a_break_is_drawn_before_its_month():
    trend = charts.trend(series((0.3, OLD), (0.2, OLD), (0.1, COUNTED)), 0.5, TODAY)
    assert trend is not None
    (left,) = trend.breaks
    assert trend.columns[1].left + trend.width < left < trend.columns[2].left
