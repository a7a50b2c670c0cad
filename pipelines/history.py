"""Dagster's event log on SQLite, with its engines kept from one event to the next.

Stock storage makes an SQLAlchemy engine for every event, and so opens a file and compiles its
statements anew each time. Keeping them is the only difference; tables, files and locks are
Dagster's own. To be dropped the day Dagster keeps them itself (1.13.27 does not, 2026-11).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

UNHURRIED = "pragma synchronous = normal"
KEPT = 8  # one file per run: old ones are let go


class KeptEventLogStorage(SqliteEventLogStorage):
    """The same storage, one connection per file instead of one per event."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing to say: the files are where Dagster puts them, under DAGSTER_HOME."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "KeptEventLogStorage":
        """Made by Dagster from `dagster.yaml`."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard in self._engines:
            # Asked again: last to be let go.
            self._engines[shard] = self._engines.pop(shard)
            return self._engines[shard]
        if len(self._engines) >= KEPT:
            self._engines.pop(next(iter(self._engines))).dispose()
        engine = create_engine(
            self.conn_string_for_shard(shard),
            # Every use is under `_db_lock`, so threads may share the one connection.
            poolclass=StaticPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        # What was decided is in the journal: an event lost in a power cut is worth no wait on the
        # disk for each (WAL keeps the file whole).
        event.listen(engine, "connect", lambda opened, _: opened.execute(UNHURRIED))
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        return engine

    def delete_events(self, run_id: str) -> None:
        """Forget a run, and remove its file, which Dagster would leave empty."""
        super().delete_events(run_id)
        with self._db_lock:
            if engine := self._engines.pop(run_id, None):
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for suffix in ("", "-wal", "-shm"):
                Path(self.path_for_shard(run_id) + suffix).unlink(missing_ok=True)

    def dispose(self) -> None:
        """Close the files."""
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()
