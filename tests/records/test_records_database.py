"""Several programs open the same file at the same moment."""

import sqlite3
import subprocess
import sys
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


OTHER = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    print(db.execute("SELECT count(*) FROM marks").fetchone()[0])
db.close()
"""


def seen_by_another_process(path: Path) -> int:
    done = subprocess.run([sys.executable, "-c", OTHER, str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_what_was_written_is_on_the_disk_however_often_the_file_is_opened_meanwhile(tmp_path: Path) -> None:
    """Once the second opening dropped the locks of the first, and the next process to end removed its journal.

    What was written from then on was nowhere: gone, if this process was killed.
    """
    path = tmp_path / "marks.sqlite"
    with closing(database.connect(path)) as first:
        database.share(first)
        first.execute("CREATE TABLE marks (points)")
        with closing(database.connect(path)) as second:
            database.share(second)
        assert seen_by_another_process(path) == 0
        first.execute("INSERT INTO marks VALUES (1)")
        assert seen_by_another_process(path) == 1
