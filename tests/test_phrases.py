"""What the page says, situation by situation."""

import datetime as dt

import pytest

from assets.dashboards import charts, chips, footnotes, phrases
from assets.dashboards.decisions import decisions, halved, pressure
from assets.dashboards.facts import Budget, Energy, Indicator, Load, Method, TableCard, TableState
from resources import french

TODAY = dt.date(2026, 11, 23)
YESTERDAY = dt.date(2026, 11, 12)


def plain(text: str) -> str:
    return text.replace(french.NBSP, " ").replace(french.THIN, " ")


def energy(kwh: float | None = 0.3, **known: float | int) -> Energy:
    return Energy(**{"kwh": kwh, "activities": 4, "runs": 1, **known})  # type: ignore[arg-type]


def card(
    name: str = "sources.subventions", title: str = "Subventions", **known: object
) -> TableCard:
    return TableCard(name, title, "attractivité", name.split(".")[0], **known)  # type: ignore[arg-type]


def published(table: TableCard | None = None, **known: object) -> TableState:
    facts: dict[str, object] = {
        "outcome": "published",
        "decided_on": TODAY,
        "published_on": TODAY,
        "received_rows": 100,
        "published_rows": 100,
        "quarantined_rows": 0,
        "stored_bytes": 1_000_000,
        "rules": 10,
        "rules_passed": 10,
    }
    return TableState(table or card(), **{**facts, **known})  # type: ignore[arg-type]


REFUSED = published(outcome="refused", published_on=YESTERDAY, rules_passed=8)
NEVER_PUBLISHED = TableState(card(), outcome="refused", decided_on=TODAY)
WAITING = TableState(card())


@pytest.mark.parametrize(
    ("month", "budget", "said"),
    [
        (Energy(), 0.5, "Aucun traitement n’a tourné depuis le 1er novembre 2026."),
        (energy(None, unmeasured=4), 0.5, "n’a **pas été mesurée**"),
        (energy(), None, "**300 Wh d’électricité**. Aucun budget n’est fixé."),
        (energy(), 0.5, "soit **60 % du budget du mois**."),
        (energy(0.6), 0.5, ": **20 % de plus que le budget du mois**."),
        (energy(0.501), 0.5, "**moins de 1 % de plus que le budget du mois**"),
        (energy(16e-6), 0.5, "**16 milliwattheures d’électricité**, **moins d’un centième"),
        (energy(16e-6), 0.5, "C’est peu."),
        (energy(low=0.15, high=0.6), 0.5, "(entre 150 Wh et 600 Wh)"),
        (energy(unmeasured=1), 0.5, "ont utilisé au moins **300 Wh"),
    ],
)
def test_the_first_sentence_sets_the_month_against_its_budget(month, budget, said):
    assert said in plain(phrases.energy_verdict(month, budget, TODAY))


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "Aucune table n’est déclarée."),
        ([WAITING], "**Aucune table n’est publiée**."),
        ([published()], "**La seule table est publiée**."),
        ([published(), published()], "**Les 2 tables sont publiées**."),
        ([published(), WAITING], "**1 table sur 2 est publiée**."),
        ([published(), published(), WAITING], "**2 tables sur 3 sont publiées**."),
        (
            [published(), REFUSED],
            "mais **la nouvelle version de « Subventions » a été refusée ; "
            "celle du 12 novembre 2026 reste en ligne**.",
        ),
        (
            [published(), NEVER_PUBLISHED],
            "mais **la nouvelle version de « Subventions » a été refu",
        ),
        (
            [published(), REFUSED, REFUSED],
            "**deux nouvelles versions ont été refusées** : « Subventions » et « Subventions ».",
        ),
        ([REFUSED] * 6, "« Subventions », « Subventions », « Subventions » et 3 autres."),
    ],
)
def test_the_second_sentence_names_what_was_refused(states, said):
    assert said in plain(phrases.tables_verdict(states))


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([WAITING], ""),
        ([published()], "Les 10 règles de qualité sont respectées."),
        ([published(rules=1, rules_passed=1)], "La règle de qualité est respectée."),
        ([published(rules_passed=1)], "1 règle de qualité sur 10 est respectée."),
        ([published(rules_passed=9)], "9 règles de qualité sur 10 sont respectées."),
        ([published(quarantined_rows=1)], "; 1 ligne douteuse a été mise de côté."),
        ([published(quarantined_rows=2094)], "; 2 094 lignes douteuses ont été mises de côté."),
    ],
)
def test_the_third_sentence_tells_rules_and_rows_set_aside(states, said):
    assert plain(phrases.quality_verdict(states)).endswith(said)


@pytest.mark.parametrize(
    ("chip", "mood", "text"),
    [
        (chips.energy_chip(energy(None), 1), "none", "Non mesuré"),
        (chips.energy_chip(energy(), None), "none", "Aucun budget fixé"),
        (chips.energy_chip(energy(), 0.5), "good", "Sous le budget"),
        (chips.energy_chip(energy(1e-5), 0.5), "good", "Sous 1 % du budget"),
        (chips.energy_chip(energy(high=0.6), 0.5), "watch", "Sans doute sous le budget"),
        (chips.energy_chip(energy(0.6, low=0.3), 0.5), "over", "Sans doute dépassé"),
        (chips.energy_chip(energy(0.6, low=0.55), 0.5), "over", "20 % de trop"),
        (chips.storage_chip(None, 1e9), "none", "Non mesuré"),
        (chips.storage_chip(10, None), "none", "Aucun plafond fixé"),
        (chips.storage_chip(10, 1e9), "good", "Sous le plafond"),
        (chips.storage_chip(950, 1000), "watch", "Bientôt au plafond"),
        (chips.storage_chip(1500, 1000), "over", "50 % de trop"),
        (chips.rules_chip(0, 0), "none", "Aucun contrôle"),
        (chips.rules_chip(9, 9), "good", "Toutes respectées"),
        (chips.rules_chip(8, 9), "watch", "1 à corriger"),
        (chips.tables_chip([]), "none", "Aucune table"),
        (chips.tables_chip([published()]), "good", "Aucun refus"),
        (chips.tables_chip([WAITING]), "none", "1 en attente"),
        (chips.tables_chip([REFUSED]), "watch", "1 version refusée"),
        (chips.tables_chip([REFUSED, REFUSED]), "watch", "2 versions refusées"),
        (chips.state_chip(WAITING), "none", "En attente"),
        (chips.state_chip(REFUSED), "watch", "Refusée"),
        (chips.state_chip(published(rules_passed=9)), "watch", "À vérifier"),
        (chips.state_chip(published()), "good", "Publiée"),
    ],
)
def test_a_state_is_a_word_and_a_mood(chip, mood, text):
    assert (chip.mood, plain(chip.text)) == (mood, text)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (published(), ""),
        (REFUSED, "version du 12 nov. en ligne"),
        (NEVER_PUBLISHED, "rien en ligne"),
        (published(rules_passed=8), "2 règles non respectées"),
        (published(quarantined_rows=1), "1 ligne de côté"),
    ],
)
def test_the_state_of_a_table_tells_what_readers_see(state, said):
    assert plain(phrases.state_detail(state)) == said


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([published()], "Tout est publié"),
        ([published(rules_passed=9)], "Tout est publié, avec des points à vérifier"),
        ([published(), WAITING], "Des tables attendent leur première version"),
        ([published(), REFUSED], "Une version refusée, les autres tables sont à jour"),
        ([REFUSED, REFUSED], "Deux versions refusées, les autres tables sont à jour"),
        ([REFUSED, WAITING], "Une version refusée, d’autres tables à vérifier"),
    ],
)
def test_the_title_of_the_states_is_their_finding(states, said):
    assert phrases.states_title(states) == said


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([], "Ce qui pèse"),
        ([("Capteurs", 0.6), ("Reste", 0.4)], "« Capteurs » fait 60 % de l’électricité"),
        ([("a", 0.3), ("b", 0.3), ("c", 0.2)], "Deux postes font 60 % du total"),
        ([("a", 0.2), ("b", 0.2), ("c", 0.2), ("d", 0.2)], "Trois postes font 60 % du total"),
        ([("a", 0.1)] * 10, "Aucun poste ne domine"),
    ],
)
def test_the_title_of_the_ranking_is_its_finding(shares, said):
    assert plain(phrases.loads_title(shares)) == said


def test_an_activity_has_the_name_a_reader_knows():
    titles = {"sources.capteurs": "Capteurs"}
    whats = ("sources.capteurs", "orchestration", "sources.inconnue")
    assert [phrases.load_label(Load(what, 1.0, 1), titles) for what in whats] == [
        "Capteurs",
        "Démarrage et enchaînement",
        "sources.inconnue",
    ]


def months(*kwh: float | None) -> dict[dt.date, Energy]:
    return {dt.date(2026, 12 - len(kwh) + i, 1): Energy(kwh=used) for i, used in enumerate(kwh)}


@pytest.mark.parametrize(
    ("used", "budget", "said"),
    [
        ((0.1, 0.2), None, "L’électricité des traitements, mois par mois"),
        ((None, None), 0.5, "L’électricité des traitements, mois par mois"),
        ((0.1, 0.2), 0.5, "Sous le budget tous les mois mesurés"),
        ((0.1, 0.6), 0.5, "Au-dessus du budget en novembre 2026"),
        ((0.6, None, 0.2, 0.1), 0.5, "Sous le budget depuis octobre 2026"),
    ],
)
def test_the_title_of_the_chart_is_its_finding(used, budget, said):
    assert phrases.trend_title(months(*used), budget) == said


def test_the_chart_is_told_to_whoever_does_not_see_it():
    told = plain(phrases.trend_text(months(0.1, None, 0.3), 0.5))
    assert "de septembre 2026 à novembre 2026" in told
    assert "Maximum : 300 Wh en novembre 2026. Budget : 500 Wh par mois." in told
    assert "Maximum" not in phrases.trend_text(months(None), None)


def test_the_chart_owns_up_to_what_it_does_not_show():
    note = phrases.trend_note(months(0.1, None, 0.3), TODAY, budget_shown=False)
    assert plain(note) == (
        "Novembre 2026 s’arrête au 23. Non mesuré : octobre 2026. "
        "Le budget est trop haut pour tenir dans le graphique."
    )
    first = phrases.trend_note(months(0.1), dt.date(2026, 11, 1), budget_shown=True)
    assert first == "Novembre 2026 s’arrête au 1er."


def test_a_budget_far_above_the_months_does_not_flatten_them():
    trend = charts.trend(months(0.001, 0.002), 0.5, TODAY)
    assert trend is not None
    assert trend.budget is None
    assert max(column.height for column in trend.columns) == charts.HEIGHT


def test_what_exceeds_the_budget_stands_above_its_line():
    trend = charts.trend(months(0.4, 0.6), 0.5, TODAY)
    assert trend is not None
    under, over = trend.columns
    assert under.excess_height == 0
    assert over.excess_height > 0
    assert over.top == trend.budget


def test_one_month_makes_no_chart():
    assert charts.trend(months(0.4), 0.5, TODAY) is None
    assert charts.trend(months(None, 0.4), 0.5, TODAY) is None


@pytest.mark.parametrize(
    ("kwh", "written"),
    [(None, "non mesuré"), (0.0, "0"), (0.04, "< 0,1"), (4.5, "4,5"), (45, "45")],
)
def test_a_figure_in_a_column_keeps_what_means_something(kwh, written):
    assert charts.in_unit(kwh, 1) == written


@pytest.mark.parametrize(
    ("month", "said"),
    [
        (energy(None), "Rien n’a été mesuré ce mois-ci."),
        (energy(), "L’ordre de grandeur est sûr, pas le chiffre exact."),
        (energy(low=0.15, high=0.6), "entre 150 Wh et 600 Wh."),
        (energy(unmeasured=1), "1 opération sur 4 n’a pas été mesurée : le total est un minimum."),
        (energy(unmeasured=2), "2 opérations sur 4 n’ont pas été mesurées"),
    ],
)
def test_the_precision_is_told(month, said):
    assert said in plain(footnotes.precision(month))


@pytest.mark.parametrize(
    ("month", "said"),
    [
        (energy(None), ""),
        (energy(1e-6), "C’est moins qu’une ampoule LED de 10 watts allumée une seconde."),
        (energy(16e-6), "allumée 6 secondes. Mille milliwattheures (mWh) font un wattheure (Wh)."),
        (energy(0.3), "C’est autant qu’une ampoule LED de 10 watts allumée 1 jour."),
        (energy(30, gco2e=2176), "Autant que 10 km en voiture thermique (ADEME, Impact CO₂)."),
    ],
)
def test_the_equivalence_is_one_image_of_at_least_one(month, said):
    assert plain(footnotes.equivalence(month)).endswith(said)


@pytest.mark.parametrize(
    ("grams", "said"),
    [(None, "pas été estimés"), (0.001, "moins de 1 g"), (14, "14 g"), (1400, "1,4 kg")],
)
def test_greenhouse_gases_have_the_unit_a_reader_can_hold(grams, said):
    assert said in plain(footnotes.carbon(energy(gco2e=grams)))


def test_codecarbon_gives_a_second_opinion():
    assert plain(footnotes.second_opinion(energy(codecarbon_kwh=0.4))).endswith("trouve 400 Wh.")
    assert footnotes.second_opinion(energy()).endswith("n’a rien relevé ce mois-ci.")


def test_coefficients_can_be_found_again():
    method = Method(("cpu_time_model", "autre"), ("ccf-2024",), ("ademe-2025",))
    assert footnotes.coefficients(method) == (
        "Méthode : temps de processeur multiplié par une puissance, autre ; "
        "coefficients : ccf-2024 ; facteur d’émission : ademe-2025."
    )
    assert footnotes.coefficients(Method()) == ""


def test_the_banner_names_what_is_invented_and_what_is_not():
    invented = card(title="Cantines", synthetic=True)
    crossed = card("curated.x", "Repas", synthetic=True)
    real = card("sources.iris", "IRIS", publisher="Insee")
    assert footnotes.banner([real]) == ""
    assert footnotes.banner([invented, crossed]) == (
        "Données de démonstration, inventées par un générateur : cantines."
    )
    assert footnotes.banner([crossed]).endswith(" : repas.")
    assert footnotes.banner([invented, real]).endswith(
        "La population et les logements sont de vrais chiffres de l’Insee."
    )


def test_real_sources_are_credited_with_their_licence():
    invented = card(synthetic=True, publisher="Ardoise")
    real = card(publisher="Insee", license="etalab-2.0")
    both = card(publisher="Insee et IGN")
    other = card(publisher="Enedis")
    assert footnotes.credits([invented]) == ""
    assert footnotes.credits([other]) == "Sources : Enedis."
    told = footnotes.credits([invented, real, both, other])
    assert told == "Sources : Enedis ; Insee et IGN (Licence Ouverte 2.0)."


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "non disponible"), (305091, "305 091"), (9.60, "9,6"), (4.873, "4,87"), (54.26, "54,3"),
     (0.0, "0"), (3.0, "3"), (120.0, "120"), (-2.5, "−2,5")],
)  # fmt: skip
def test_a_figure_of_the_territory_has_the_decimals_that_mean_something(value, written):
    indicator = Indicator("Logements", "aménagement", value, "logements", "2021", False)
    assert plain(phrases.indicator_value(indicator)) == written


def test_a_unit_does_not_repeat_its_label():
    def unit(label: str, text: str) -> str:
        return phrases.indicator_unit(Indicator(label, "x", 1.0, text, "2025", False))

    assert unit("Électricité par habitant", "MWh par habitant") == "MWh"
    assert unit("Arrêts pour 1 000 habitants", "arrêts pour 1 000 habitants") == "arrêts"
    assert unit("Électricité", "MWh par habitant") == "MWh par habitant"
    assert unit("Logements vacants", "%") == "%"


SENSORS = card("sources.capteurs", "Capteurs", keep="3 years", cadence="horaire", owner="Déchets",
               keep_reason="comparer deux étés")  # fmt: skip


def test_nothing_is_proposed_when_nothing_is_worth_it():
    small = published(SENSORS, stored_bytes=50_000, quarantined_rows=0)
    assert decisions([small], [Load("sources.capteurs", 16e-6, 8)], energy(16e-6)) == []
    assert decisions([], [], Energy()) == []


def test_a_refused_version_comes_first():
    first, *_ = decisions([published(SENSORS), REFUSED], [], energy())
    assert first.title == "Subventions : obtenir un fichier corrigé"
    assert plain(first.kept) == "La version du 12 novembre 2026, toujours en ligne"
    assert decisions([NEVER_PUBLISHED], [], energy())[0].kept.startswith("Rien : aucune version")


def test_a_frequent_update_can_be_made_rarer():
    heavy = published(SENSORS, stored_bytes=0)
    (choice,) = decisions([heavy], [Load("sources.capteurs", 0.2, 8)], energy())
    assert choice.title.endswith(
        "mettre à jour toutes les deux heures au lieu de toutes les heures"
    )
    assert plain(choice.gain) == "−100 Wh sur ce mois, 33 % du total"


@pytest.mark.parametrize(
    "load",
    [Load("sources.capteurs", 0.2, 1), Load("sources.capteurs", None, 8), Load("x", 0.2, 8),
     Load("sources.capteurs", 0.01, 8)],
)  # fmt: skip
def test_an_update_is_not_made_rarer_without_a_fact_to_gain(load):
    assert decisions([published(SENSORS, stored_bytes=0)], [load], energy()) == []


def test_a_heavy_table_can_be_kept_for_half_as_long():
    heavy = published(SENSORS, stored_bytes=8_000_000)
    (choice,) = decisions([heavy, published(stored_bytes=2_000_000)], [], energy())
    assert plain(choice.title) == "Capteurs : garder 18 mois au lieu de 3 ans"
    assert plain(choice.gain) == "Jusqu’à −4,0 Mo, 40 % du total"
    assert choice.lost == "Le détail plus ancien, gardé pour comparer deux étés"


def test_a_dirty_file_can_be_mended_at_its_source():
    dirty = published(SENSORS, stored_bytes=0, quarantined_rows=3, published_rows=97)
    (choice,) = decisions([dirty], [], energy())
    assert plain(choice.gain) == "3 lignes de plus, 3,0 % du fichier"
    assert choice.lost == "Le temps de la correction (Déchets)"


def test_nobody_is_asked_to_mend_invented_data():
    invented = published(card(synthetic=True, publisher="Ardoise"), quarantined_rows=3)
    (choice,) = decisions([invented], [], energy())
    assert choice.lost == "Le temps de la correction"


def test_at_most_two_choices_are_put_to_the_council():
    assert len(decisions([REFUSED, REFUSED, REFUSED], [], energy())) == 2


@pytest.mark.parametrize(
    ("keep", "lengths"),
    [
        ("10 years", ("5 ans", "10 ans")),
        ("3 years", ("18 mois", "3 ans")),
        ("1 year", ("6 mois", "1 an")),
        ("6 months", ("3 mois", "6 mois")),
        ("3 weeks", ("10 jours", "3 semaines")),
        ("90 days", ("45 jours", "90 jours")),
        ("1 day", None),
        ("sans limite", None),
    ],
)
def test_a_length_of_time_is_halved_in_words(keep, lengths):
    found = halved(keep)
    assert (found and tuple(map(plain, found))) == lengths


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(0.2, 1), "Le budget du mois est dépassé de 100 Wh."),
        (Budget(0.5, 0.001), "Le plafond de stockage est dépassé de 1,0 Mo."),
        (Budget(), "Sans budget fixé, ces choix restent à votre main."),
        (Budget(0.5, 1), "Aucun budget n’est menacé : rien ne presse."),
    ],
)
def test_the_pressure_of_the_budgets_is_told(budget, said):
    assert plain(pressure(energy(), 2_000_000, budget)) == said
