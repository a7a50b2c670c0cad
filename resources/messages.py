"""A message to people: the log always, an e-mail or a webhook when the authority configured one.

What there is to say is decided elsewhere. A message that cannot be sent is logged and kept for the
next attempt; it never stops a run.
"""

import fcntl
import logging
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from resources.journal import Journal
from resources.settings import Home, Messages

log = logging.getLogger("ardoise")


def announce(settings: Messages, subject: str, text: str) -> None:
    """Send one message everywhere it is wanted.

    Raises:
        OSError: the webhook or the mail server did not take it.
    """
    log.warning("%s\n%s", subject, text)
    if settings.webhook:
        from resources.web import Web  # httpx: paid only where a webhook is configured

        Web().post_json(settings.webhook, {"subject": subject, "text": text})
    if settings.smtp_host and settings.recipient:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = (
            subject,
            settings.sender,
            settings.recipient,
        )
        message.set_content(text)
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=10) as server:
            server.send_message(message)


def announce_refusals(home: Home, settings: Messages) -> list[str]:
    """Announce each refusal of the journal once, whoever ran it; the tables announced.

    A run from cron, from the command line and from the Dagster UI all write the same journal, so
    one position in it is enough to announce each refusal once.
    """
    journal = Journal(home.journal)
    position = home.journal.with_name("announced")
    announced = []
    for end, line in _unread(journal, position):
        if line["event"] == "refus":
            table = str(line["table"])
            try:
                announce(settings, f"[Ardoise] Version refusée : {table}", str(line["message"]))
            except (OSError, smtplib.SMTPException) as error:
                log.warning(
                    "Le refus de %s n’a pas pu être annoncé (%s) ; nouvel essai à la prochaine "
                    "exécution.",
                    table,
                    type(error).__name__,
                )
                break
            announced.append(table)
        _move(position, end)
    return announced


def _unread(journal: Journal, position: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if not journal.path.is_file():
        return
    with position.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield from journal.lines(int(file.read() or 0))


def _move(position: Path, end: int) -> None:
    position.write_text(str(end), encoding="utf-8")
