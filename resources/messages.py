"""A message to people: the log always, an e-mail or a webhook when the authority configured one.

What there is to say is decided elsewhere. A message that cannot be sent is logged and kept for the
next attempt; it never stops a run.
"""

import fcntl
import json
import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from resources.journal import FOUND, Journal
from resources.settings import Home, Messages

log = logging.getLogger("ardoise")


def announce(settings: Messages, subject: str, text: str, *, to: str | None = None) -> None:
    """Send one message everywhere it is wanted; by mail to `to` too, where mail is configured.

    Raises:
        OSError: the webhook or the mail server did not take it.
    """
    log.warning("%s\n%s", subject, text)
    if settings.webhook:
        from resources.web import Web  # httpx: paid only where a webhook is configured

        Web().post_json(settings.webhook, {"subject": subject, "text": text})
    recipients = ", ".join(dict.fromkeys(filter(None, (settings.recipient, to))))
    if settings.smtp_host and recipients:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = (
            subject,
            settings.sender,
            recipients,
        )
        message.set_content(text)
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=10) as server:
            server.send_message(message)


def announce_refusals(home: Home, settings: Messages, *, dpo: str | None = None) -> list[str]:
    """Announce each new refusal of the journal once, whoever ran it; the tables announced.

    Personal data found and not declared are told to the data protection officer (`dpo`) too.

    A run from cron, from the command line and from the Dagster UI all write the same journal, so
    one memory of what was told is enough. A table refused again for the same reason is not told
    again: an hourly source would send twenty-four messages a day.
    """
    journal = Journal(home.journal)
    announced: list[str] = []
    if not journal.path.is_file():
        return announced
    with _memory(home.journal.with_name("announced.json")) as memory, _written(home):
        for end, line in journal.lines(memory["position"]):
            table = " ".join(filter(None, (str(line.get("table")), line.get("partition"))))
            lost = memory.setdefault("lost", {})
            if line["event"] == "publication":
                memory["refused"].pop(table, None)
                for partition, told in (line.get("partitions") or {}).items():
                    if told["outcome"] == "published":
                        memory["refused"].pop(f"{table} {partition}", None)
                        memory.setdefault("found", {}).pop(f"{table} {partition}", None)
                memory.setdefault("found", {}).pop(table, None)
            elif line["event"] == "retablissement":
                lost.pop(table, None)
            elif (known := _kind(line, memory)) is not None:
                told, subject = known
                if told.get(table) != line["message"]:
                    to = dpo if line["event"] == FOUND else None
                    if not _announced(settings, f"{subject} : {table}", str(line["message"]), to):
                        break
                    told[table] = line["message"]
                    announced.append(table)
            memory["position"] = end
    return announced


def _kind(line: dict[str, Any], memory: dict[str, Any]) -> tuple[dict[str, str], str] | None:
    """What a line announces to people, None when nothing: what was told of its kind, its title."""
    if line["event"] == "refus_partition":
        return memory["refused"], "Période refusée"
    if line["event"] == "refus":
        return memory["refused"], "Version refusée"
    if line["event"] == "indisponibilite" and line.get("alert"):
        return memory["lost"], "Source introuvable"
    if line["event"] == FOUND:
        return memory.setdefault("found", {}), "Donnée personnelle non déclarée"
    return None


def _announced(settings: Messages, subject: str, message: str, to: str | None) -> bool:
    try:
        announce(settings, f"[Ardoise] {subject}", message, to=to)
    except (OSError, smtplib.SMTPException) as error:
        log.warning(
            "Message « %s » non envoyé (%s) ; nouvel essai à la prochaine exécution.",
            subject,
            type(error).__name__,
        )
        return False
    return True


@contextmanager
def _memory(path: Path) -> Iterator[dict[str, Any]]:
    """What was told so far, locked while in use, written back at the end."""
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        try:
            memory = json.loads(file.read())
        except ValueError:
            memory = {"position": 0, "refused": {}}
        yield memory
        file.seek(0)
        file.truncate()
        json.dump(memory, file, ensure_ascii=False)


@contextmanager
def _written(home: Home) -> Iterator[None]:
    """The log file of the data folder, while something may be told."""
    home.logs.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(home.logs / "ardoise.log", encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        handler.close()
