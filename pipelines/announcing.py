"""What follows every run, whoever started it: refusals told, the head of the journal kept."""

import logging

from assets.platform import Platform
from resources.anchor import anchor
from resources.messages import announce_refusals

log = logging.getLogger("ardoise")


def announce(platform: Platform) -> list[str]:
    """Tell each new refusal once, personal data to the DPO too; the tables announced."""
    dpo = platform.territory.territory.dpo
    announced = announce_refusals(platform.home, platform.settings.messages, dpo=dpo)
    try:
        anchor(platform.journal, platform.home.keys)
    except OSError as error:
        log.warning(
            "La tête du journal n’a pas pu être gardée dans « %s » (%s) : une fin coupée ne se "
            "verrait pas. Rendez ce dossier accessible.",
            platform.home.keys,
            type(error).__name__,
        )
    return announced
