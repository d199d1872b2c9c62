"""The file of what people entered: `DIR/marking.sqlite`, beside the records so that deleting those loses nothing of it.

SQLite in WAL mode with `synchronous=FULL`: what was committed is on the disk, and several processes may write.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import ResultsError
from harness.records.store import CANNOT_WRITE

FILE = "marking.sqlite"
SCHEMA_VERSION = 1
WAIT_S = 30
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


def open_marking(folder: Path, *, create: bool = True) -> sqlite3.Connection:
    """Open the file of the class graded into `folder`, for several threads that take turns by a lock of their own.

    Raises ResultsError if it is missing and not to be created, cannot be read or written, or is from a newer version.
    """
    path = folder / FILE
    if not create and not path.is_file():
        raise ResultsError(f"Expected marks entered by hand in {path}, found none; enter some with `harness serve`.")
    with telling(path):
        db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=WAIT_S)
        try:
            prepare(db, path)
        except BaseException:
            db.close()
            raise
    return db


def prepare(db: sqlite3.Connection, path: Path) -> None:
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise ResultsError(
            f"Expected marks of version {SCHEMA_VERSION} or older in {path}, received version {version}; use the newer"
            " harness that wrote them."
        )
    if version < SCHEMA_VERSION:
        with transaction(db):
            for statement in statements(TABLES):
                db.execute(statement)
            db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one: `executescript` would commit in between."""
    text = ""
    for line in script.splitlines():
        text += line + "\n"
        if sqlite3.complete_statement(text):
            yield text
            text = ""


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Hold the file against all other writers, of this process and of others; what is done inside is done or not."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has rolled back already
            db.execute("ROLLBACK")
        raise


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn a file that is damaged, held by another program or cannot be written into one sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise told(path, error) from error
    except OSError as error:
        if error.errno in CANNOT_WRITE:
            raise cannot_write(path, os.strerror(error.errno)) from error
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
        return cannot_write(path, os.strerror(errno.EISDIR if path.is_dir() else errno.EACCES))
    if any(word in words for word in ("full", "disk", "readonly")):
        return cannot_write(path, words)
    return damaged(path, words)


def cannot_write(path: Path, why: str) -> ResultsError:
    return ResultsError(
        f"Could not write to {path} ({why}); marks entered before are kept, mend it and enter the last one again."
    )


def damaged(path: Path, why: str) -> ResultsError:
    return ResultsError(
        f"Expected readable marks in {path}, received: {why}; put a copy of the file back, or move it away to start"
        " with none."
    )
