"""DuckDB files under a key: how one is attached, and where the code that encrypts comes from.

The key is a bound parameter: it is in no SQL text, hence in no log and no error. Given connections;
opening one is for `resources.warehouse`.
"""

from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path

import duckdb

from resources.errors import ArdoiseError
from resources.sql import literal


def attach(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    options: str,
    key: bytes | None = None,
) -> None:
    """Attach a file under a name; with a key, an encrypted one (AES-256 in GCM mode)."""
    if key is None:
        connection.execute(f"attach {literal(path)} as {name} ({options})")
        return
    connection.execute(
        f"attach {literal(path)} as {name} ({options}, encryption_key ?, encryption_cipher 'GCM')",
        [spoken(key)],
    )


def spoken(key: bytes) -> str:
    """A key as DuckDB takes it: its base64, which `base64 -w0` writes too."""
    return b64encode(key).decode()


def extension(name: str) -> Path:
    """An extension of DuckDB, as its Python package brings it. DuckDB checks its signature.

    Raises:
        ArdoiseError: it is not installed, or not for this DuckDB.
    """
    package = find_spec(f"duckdb_extension_{name}")
    for folder in (package.submodule_search_locations or ()) if package else ():
        file = Path(folder, "extensions", f"v{duckdb.__version__}", f"{name}.duckdb_extension")
        if file.is_file():
            return file
    raise ArdoiseError(
        f"L’extension « {name} » de DuckDB {duckdb.__version__} n’est pas installée : le fichier "
        "restreint ne peut pas être chiffré, il n’est pas écrit. Ce qui est publié n’a pas changé. "
        f"Installez « duckdb-extension-{name}=={duckdb.__version__} », puis relancez."
    )
