"""Several programs open the same file at the same moment."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from harness.records import database


def impatient(path: Path) -> sqlite3.Connection:
    """Return a connection that waits for nobody of itself."""
    return sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)


def test_whoever_opens_a_file_waits_for_who_is_at_it(tmp_path: Path) -> None:
    with closing(impatient(tmp_path / "db")) as first, closing(impatient(tmp_path / "db")) as second:
        first.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            second.execute("PRAGMA journal_mode=WAL")
        done = Timer(0.2, lambda: first.execute("COMMIT"))
        done.start()
        database.share(second)
        done.join()
        assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_nobody_waits_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0)
    with closing(impatient(tmp_path / "db")) as first, closing(impatient(tmp_path / "db")) as second:
        first.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            database.share(second)
