"""The file of what people entered: `DIR/marking.sqlite`, beside the records so that deleting those loses nothing of it.

SQLite in WAL mode with `synchronous=FULL`: what was committed is on the disk, and several processes may write. Every
mark carries a digest, and marks are numbered without a gap, so that none is changed or lost without a word.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import ResultsError
from harness.files import NOT_ALLOWED
from harness.records.database import (
    WAIT_S,
    connect,
    digest_of,
    is_writable,
    share,
    statements,
    upgrade,
    version_of,
)
from harness.records.files import CANNOT_WRITE, SHARE_IT

FILE = "marking.sqlite"
SCHEMA_VERSION = 3
TABLES = """
CREATE TABLE IF NOT EXISTS marks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, grader TEXT NOT NULL, slug TEXT NOT NULL,
    task TEXT NOT NULL, criterion TEXT NOT NULL, points REAL, comment TEXT NOT NULL, reason TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS marks_of ON marks (slug, task, criterion, id);
CREATE TRIGGER IF NOT EXISTS marks_stay BEFORE UPDATE ON marks
    BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
CREATE TRIGGER IF NOT EXISTS marks_kept BEFORE DELETE ON marks
    BEGIN SELECT RAISE(ABORT, 'marks are never deleted'); END;
CREATE TABLE IF NOT EXISTS tokens (
    slug TEXT NOT NULL, name TEXT NOT NULL, token TEXT NOT NULL UNIQUE, PRIMARY KEY (slug, name)
) STRICT;
CREATE TABLE IF NOT EXISTS publications (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, grader TEXT NOT NULL, folder TEXT NOT NULL,
    cards INTEGER NOT NULL, revealed INTEGER NOT NULL, last_mark INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS reported (one INTEGER PRIMARY KEY CHECK (one = 1), last_mark INTEGER NOT NULL) STRICT;
"""


PEOPLE = """
DROP TRIGGER IF EXISTS marks_stay;
ALTER TABLE marks ADD COLUMN digest TEXT NOT NULL DEFAULT '';
CREATE TABLE people (entry TEXT PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
"""
WITH_KEY = "ALTER TABLE publications ADD COLUMN with_key INTEGER NOT NULL DEFAULT 0"
STAY = """
CREATE TRIGGER IF NOT EXISTS marks_stay BEFORE UPDATE ON marks
    BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
"""
ROW = "id, at, grader, slug, task, criterion, points, comment, reason, source"  # of a mark, as its digest covers it


def open_marking(folder: Path, *, create: bool = True) -> sqlite3.Connection:
    """Open the file of the class graded into `folder`, for several threads that take turns by a lock of their own.

    Where nothing can be written it is read as it lies there. Raises ResultsError if it is missing and not to be
    created, cannot be read, is damaged, or is from a newer version.
    """
    path = folder / FILE
    if not create and not path.is_file():
        raise ResultsError(f"Expected marks entered by hand in {path}, found none; enter some with `harness serve`.")
    with telling(path):
        db = connect(path)
        try:
            prepare(db, path)
            if not is_writable(path):
                db.execute("PRAGMA query_only=ON")  # what is written into a copy would be lost
        except BaseException:
            db.close()
            raise
    return db


def prepare(db: sqlite3.Connection, path: Path) -> None:
    share(db)
    db.execute("PRAGMA synchronous=FULL")
    if (version := version_of(db)) > SCHEMA_VERSION:
        raise ResultsError(
            f"Expected marks of version {SCHEMA_VERSION} or older in {path}, received version {version}; use the newer"
            " harness that wrote them."
        )
    upgrade(db, SCHEMA_VERSION, {1: make_tables, 2: give_digests, 3: note_keys})
    check_whole(db, path)


def make_tables(db: sqlite3.Connection) -> None:
    for statement in statements(TABLES):
        db.execute(statement)


def give_digests(db: sqlite3.Connection) -> None:
    for statement in statements(PEOPLE):
        db.execute(statement)
    for row in db.execute(f"SELECT {ROW} FROM marks").fetchall():  # noqa: S608
        db.execute("UPDATE marks SET digest = ? WHERE id = ?", (digest_of(*row), row[0]))
    for statement in statements(STAY):
        db.execute(statement)


def note_keys(db: sqlite3.Connection) -> None:
    db.execute(WITH_KEY)


# One statement sees one moment, though others go on marking.
COUNTED = """
SELECT count(*), coalesce(max(id), 0), coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'marks'), 0) FROM marks
"""


def check_whole(db: sqlite3.Connection, path: Path) -> None:
    """Raise ResultsError if the file is damaged, or a mark is missing from the middle or the end."""
    found = db.execute("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise damaged(path, str(found[0]).strip())
    count, last, given = db.execute(COUNTED).fetchone()
    if not count == last == given:
        raise damaged(path, f"{count} marks of {max(last, given)}")


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn a file that is damaged, held by another program or cannot be written into one sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise told(path, error) from error
    except OSError as error:
        if error.errno in CANNOT_WRITE:
            raise cannot_write(path, os.strerror(error.errno), allowed=error.errno not in NOT_ALLOWED) from error
        raise


def told(path: Path, error: sqlite3.DatabaseError) -> ResultsError:
    words = str(error)
    if not isinstance(error, sqlite3.OperationalError):
        return damaged(path, words)
    if "locked" in words or "busy" in words:
        return ResultsError(
            f"Expected to write marks into {path}, but another program has held it for {WAIT_S} s; close that and try"
            " again."
        )
    if "unable to open" in words:
        folder = path.is_dir()
        return cannot_write(path, os.strerror(errno.EISDIR if folder else errno.EACCES), allowed=folder)
    if any(word in words for word in ("full", "disk", "readonly")):
        return cannot_write(path, words)
    return damaged(path, words)


def cannot_write(path: Path, why: str, *, allowed: bool = True) -> ResultsError:
    advice = "mend it" if allowed else SHARE_IT
    return ResultsError(
        f"Could not write to {path} ({why}); marks entered before are kept, {advice} and enter the last one again."
    )


def damaged(path: Path, why: str) -> ResultsError:
    return ResultsError(
        f"Expected readable marks in {path}, received: {why}; put a copy of the file back, or move it away to start"
        " with none."
    )
