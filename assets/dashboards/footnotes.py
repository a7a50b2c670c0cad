"""How far a figure can be trusted, what is invented, and where it comes from, in French.

Pure functions. What the figures say is in `assets.dashboards.phrases`.
"""

from collections.abc import Sequence

from assets.dashboards.facts import Energy, Late, Machine, Method, TableCard
from assets.dashboards.phrases import named
from resources import french

METHODS = {
    "rapl_share": "compteur d’énergie du processeur",
    "cpu_time_model": "temps de processeur multiplié par une puissance",
    "non_mesure": "une partie n’est pas mesurée",
}
LICENSES = {"etalab-2.0": "Licence Ouverte 2.0", "odbl-1.0": "ODbL 1.0"}
LED_WATTS = 10
LATE_NAMED = 4
CAR_KGCO2E_KM = 0.2176  # voiture thermique, Impact CO2, ADEME (read 2026-07)


def precision(energy: Energy) -> str:
    """How sure the figure of the month is."""
    if energy.kwh is None:
        return "Rien n’a été mesuré ce mois-ci."
    told = "L’ordre de grandeur est sûr, pas le chiffre exact."
    if energy.low is not None and energy.high is not None:
        told = (
            f"La valeur réelle se situe entre {french.energy(energy.low)} et "
            f"{french.energy(energy.high)}. La tendance est plus sûre que le chiffre exact."
        )
    if energy.unmeasured:
        were = "n’a pas été mesurée" if energy.unmeasured == 1 else "n’ont pas été mesurées"
        told += (
            f" {french.plural(energy.unmeasured, 'opération')} sur "
            f"{french.number(energy.activities)} {were} : le total est un minimum."
        )
    return told


def equivalence(energy: Energy) -> str:
    """One image a reader can hold, chosen so that its number is at least 1."""
    if energy.kwh is None:
        return ""
    if energy.gco2e is not None and energy.gco2e >= 1000:
        km = french.quantity(energy.gco2e / 1000 / CAR_KGCO2E_KM, "km")
        return f"Autant que {km} en voiture thermique (ADEME, Impact{french.NBSP}CO₂)."
    seconds = energy.kwh * 1000 / LED_WATTS * 3600
    lamp = f"une ampoule LED de {LED_WATTS}{french.NBSP}watts allumée"
    if seconds < 1:
        return f"C’est moins qu’{lamp} une seconde."
    told = f"C’est autant qu’{lamp} {french.span(seconds)}."
    if energy.kwh < 1e-3:
        told += " Mille milliwattheures (mWh) font un wattheure (Wh)."
    return told


def carbon(energy: Energy) -> str:
    """The greenhouse gases of the month's electricity."""
    if energy.gco2e is None:
        return "Les gaz à effet de serre n’ont pas été estimés."
    if energy.gco2e >= 1000:
        emitted = french.significant(energy.gco2e / 1000) + french.NBSP + "kg"
    elif energy.gco2e >= 1:
        emitted = french.significant(energy.gco2e) + french.NBSP + "g"
    else:
        emitted = f"moins de 1{french.NBSP}g"
    return f"Ce mois-ci, l’électricité des traitements représente {emitted} de CO₂ équivalent."


def machine(found: Machine, energy: Energy) -> str:
    """What the machine costs beside its work: usually far more."""
    first = "Le réseau et vos écrans, qui pèsent davantage, ne sont pas comptés."
    if found.on_kwh is None or found.use_g is None or found.made_g is None:
        return (
            "Le serveur allumé et sa fabrication ne sont pas encore comptés ; ils pèsent "
            f"d’ordinaire bien plus que les traitements. {first}"
        )
    told = (
        f"Depuis la première exécution du mois, la machine allumée a utilisé environ "
        f"{french.energy(found.on_kwh)}, les données gardées "
        f"{french.energy(found.storage_kwh)} ; l’usage et la fabrication font "
        f"{french.carbon(found.use_g + found.made_g)}"
    )
    if energy.gco2e is not None and energy.gco2e > 0:
        share = energy.gco2e / (energy.gco2e + found.use_g + found.made_g)
        least = "moins de 1" + french.NBSP + "%" if share < 0.01 else french.percent(share)
        told += (
            f". Les traitements n’en sont que {least}"
            if share < 0.5
            else (f". Les traitements en sont {least}")
        )
    return f"{told}. Éteindre et faire durer le matériel restent les premiers leviers. {first}"


def second_opinion(energy: Energy) -> str:
    """What CodeCarbon, which looks at whole runs, finds beside our figure."""
    if energy.codecarbon_kwh is None or energy.kwh is None:
        return "CodeCarbon, le logiciel libre qui vérifie cette mesure, n’a rien relevé ce mois-ci."
    read = french.energy(energy.codecarbon_kwh)
    return f"Le logiciel libre CodeCarbon, qui observe chaque exécution entière, trouve {read}."


def coefficients(method: Method) -> str:
    """The names under which the conversion can be found again and checked."""
    told = []
    for label, codes in (
        ("Méthode", [METHODS.get(code, code) for code in method.methods]),
        ("coefficients", method.coefficients),
        ("facteur d’émission", method.factors),
    ):
        if codes:
            told.append(f"{label} : {', '.join(codes)}")
    return " ; ".join(told) + "." if told else ""


def late_sources(late: Sequence[Late]) -> str:
    """The sources whose figures stay those of another day; empty when there is none."""
    told = [
        f"« {one.title} » : "
        + (f"données du {french.day(one.data_of)}, " if one.data_of else "")
        + f"source indisponible depuis le {french.day(one.since)}"
        for one in late[:LATE_NAMED]
    ]
    if others := len(late) - LATE_NAMED:
        told += [f"et {french.plural(others, 'autre source', 'autres sources')}"] * (others > 0)
    return " ; ".join(told) + "." if told else ""


def banner(cards: Sequence[TableCard]) -> str:
    """What is invented on the page, and what is not; empty when nothing is."""
    invented = [card for card in cards if card.synthetic]
    if not invented:
        return ""
    sources = [card for card in invented if card.layer == "sources"] or invented
    names = french.listing(named([french.lowered(card.title) for card in sources], 8))
    told = f"Données de démonstration, inventées par un générateur : {names}."
    real = [card for card in cards if card.layer == "sources" and not card.synthetic]
    if any("insee" in (card.publisher or "").lower() for card in real):
        told += " La population et les logements sont de vrais chiffres de l’Insee."
    return told


def credits(cards: Sequence[TableCard]) -> str:
    """Who publishes the real sources, and under which licence."""
    real = [card for card in cards if card.layer == "sources" and not card.synthetic]
    publishers = {card.publisher for card in real if card.publisher}
    # « Insee » says nothing more beside « Insee, IGN et DGCL ».
    alone = sorted(p for p in publishers if not any(p != q and p in q for q in publishers))
    licenses = sorted({LICENSES.get(card.license, card.license) for card in real if card.license})
    if not alone:
        return ""
    return f"Sources : {' ; '.join(alone)}" + (f" ({', '.join(licenses)})." if licenses else ".")
