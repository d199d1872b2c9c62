"""A database of records that is damaged on the disk: what can be read of it goes into a new one."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from harness.records.database import is_writable
from harness.records.files import writing

ASIDE = "records.sqlite.damaged"  # what the damaged file is called afterwards


def mend(folder: Path) -> bool:
    """Put a sound database in the place of a damaged `folder/records/records.sqlite`; return whether it was damaged.

    Rows that can be read are carried over; whether they say what was stored is told by their digests. A file that is
    no database at all is left alone. The caller holds the folder (`sole_run`). Raises ResultsError.
    """
    path = folder / "records" / "records.sqlite"
    if not path.is_file() or not is_writable(path) or is_sound(path):
        return False
    fresh = path.with_name("records.sqlite.new")
    with writing(folder / "records"):
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(fresh)) as new:
            if not _carry_over(old, new):
                fresh.unlink(missing_ok=True)
                return False
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        path.replace(path.with_name(ASIDE))
        fresh.replace(path)
    return True


def is_sound(path: Path) -> bool:
    """Say whether SQLite finds nothing wrong with the structure of a file."""
    try:
        with closing(sqlite3.connect(path, timeout=30)) as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        return True  # held by somebody, or not to be opened: opening it tells so
    except sqlite3.DatabaseError:
        return False


def _carry_over(old: sqlite3.Connection, new: sqlite3.Connection) -> bool:
    """Copy all that can be read; say whether the tables could be made at all."""
    old.text_factory = bytes
    try:
        (version,) = old.execute("PRAGMA user_version").fetchone()
        made = old.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL").fetchall()
        for (sql,) in made:
            new.execute(sql.decode())
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return False
    for table in ("measurements", "documents"):
        for direction in ("ASC", "DESC"):  # up to the damage from both ends
            with suppress(sqlite3.DatabaseError):
                for row in old.execute(f"SELECT * FROM {table} ORDER BY rowid {direction}"):  # noqa: S608
                    _keep(new, table, row)
    new.execute(f"PRAGMA user_version={version}")
    new.commit()
    return True


def _keep(new: sqlite3.Connection, table: str, row: tuple[object, ...]) -> None:
    values = [v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in row]
    marks = ",".join("?" * len(values))
    with suppress(sqlite3.DatabaseError):
        new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608
