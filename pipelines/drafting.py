"""`ardoise contract draft`: the text of a contract, and what an agent must do with it."""

import os
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from assets.catalogue import HERE
from assets.drafting.draft import Draft, drafted
from assets.drafting.entry import entry_of
from assets.drafting.known import TO_COMPLETE, About
from assets.drafting.names import name_of
from assets.drafting.portal import Way, is_address, received
from assets.drafting.writing import text_of_draft
from assets.platform import Platform
from resources.errors import ArdoiseError, SourceError
from resources.french import plural
from resources.receiving import Limits


def draft_contract(
    platform: Platform, where: str, output: Path | None, *, force: bool
) -> tuple[str, list[str]]:
    """The text of the contract, written to `output` when there is one, and what to tell the agent.

    Raises:
        ArdoiseError: the file cannot be drafted, or `output` exists and `force` is not given.
    """
    if output is not None and output.exists() and not force:
        raise ArdoiseError(
            f"{output} existe déjà. Rien n’a été écrit. Choisissez un autre fichier, ou "
            "remplacez celui-ci par « --force »."
        )
    folder = output.parent if output is not None else HERE / "sources"
    dpo = platform.territory.territory.dpo
    try:
        with TemporaryDirectory(prefix="ardoise-") as received_in:
            if is_address(where):
                file, about = received(where, Way(platform.web, Limits()), Path(received_in))
            else:
                file, about = Path(where), About(url=_address(Path(where), folder))
            stem = output.stem if output is not None else file.name.partition(".")[0]
            draft = drafted(file, name_of(stem) or "table", about)
            text = text_of_draft(draft, folder, dpo, date.today())
    except (FileNotFoundError, IsADirectoryError):
        raise ArdoiseError(f"Le fichier « {where} » n’existe pas. Rien n’a été écrit.") from None
    except SourceError as error:
        raise ArdoiseError(
            f"« {where} » ne peut pas être décrit : {error}. Rien n’a été écrit. Corrigez le "
            "fichier ou l’adresse, ou écrivez le contrat à la main."
        ) from None
    entry = None
    if output is not None:
        output.write_text(text, encoding="utf-8")
        entry = _entry(draft, output)
    return text, _told(draft, output, entry, dpo)


def _entry(draft: Draft, output: Path) -> Path | None:
    """The entry of the register to complete, written beside the sources where there is none."""
    entry = output.parent.parent / "register" / f"{draft.name}.yaml"
    if draft.personal == "none" or entry.exists() or output.parent.name != "sources":
        return None
    entry.parent.mkdir(exist_ok=True)
    entry.write_text(entry_of(draft, date.today()), encoding="utf-8")
    return entry


def _address(file: Path, folder: Path) -> str:
    """`file:` and the way from the folder of the contract, as the connector reads it."""
    return f"file:{os.path.relpath(file.resolve(), folder.resolve())}"


def _told(draft: Draft, output: Path | None, entry: Path | None, dpo: str) -> list[str]:
    staged = draft.trial.staged
    told = [
        f"{draft.file.name} : {plural(staged.received, 'ligne reçue', 'lignes reçues')}, "
        f"{plural(staged.rows, 'serait publiée', 'seraient publiées')}, "
        f"{plural(staged.quarantined, 'mise à l’écart', 'mises à l’écart')}."
    ]
    if draft.personal != "none":
        told.append(
            "DONNÉES PERSONNELLES : prévenez la personne déléguée à la protection des données "
            f"({dpo}) avant de charger cette table ; l’accès proposé est « restricted »."
        )
    if entry is not None:
        told.append(
            f"Son entrée au registre est à compléter avec elle, dans {entry} : d’ici là, rien ne "
            "charge."
        )
    where = f"Brouillon écrit dans {output}. " if output is not None else ""
    return [*told, f"{where}Complétez ce qui dit « {TO_COMPLETE} », puis « make check »."]
