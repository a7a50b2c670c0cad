"""Files that are there whole or not at all: written aside, synced, then renamed.

What is in them is not known here. A crash leaves the former file, or the new one, and at most a
file whose name starts with a dot, which the next writer removes.
"""

import errno
import hashlib
import os
import shutil
from pathlib import Path

REFUSALS = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota du disque est atteint",
    errno.EFBIG: "la taille permise pour un fichier est atteinte",
    errno.EROFS: "le disque est en lecture seule",
    errno.EACCES: "les droits ne le permettent pas",
    errno.EPERM: "les droits ne le permettent pas",
    errno.EIO: "le disque ne répond plus",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "un fichier tient la place d’un dossier",
    errno.ENOENT: "il n’existe pas",
    errno.ENAMETOOLONG: "son nom est trop long",
    errno.ELOOP: "des liens y tournent en rond",
    errno.ESTALE: "le partage réseau ne répond plus",
    errno.ETIMEDOUT: "le partage réseau ne répond plus",
}


def settle(aside: Path, target: Path) -> None:
    """Give its final name to a file written aside, once the disk holds it."""
    with aside.open("rb+") as file:
        os.fsync(file.fileno())
    aside.replace(target)
    fsync_folder(target.parent)


def fsync_folder(folder: Path) -> None:
    """Wait until the disk holds the names of a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that readers see whole, the former one or this one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}")
    try:
        aside.write_bytes(content)
        settle(aside, target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def clear(folder: Path, pattern: str = "*") -> None:
    """Remove what a killed process left in a folder."""
    for path in folder.glob(pattern):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal: about one second per gigabyte."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refusal(error: OSError) -> str:
    """Why the system refused, in French."""
    place = f" « {error.filename} »" if error.filename else ""
    return f"le système refuse d’ouvrir ou d’écrire{place} : {why(error)}"


def why(error: OSError) -> str:
    """The reason alone."""
    return REFUSALS.get(error.errno or 0, error.strerror or type(error).__name__)
