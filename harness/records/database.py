"""Opening SQLite files of a result folder: shared as the umask says, and read where nothing can be written."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

WAIT_S = 30


def digest_of(*parts: object) -> str:
    """Return the SHA-256 (hex) over the parts, each with its length, so that no two lists of parts are alike."""
    made = hashlib.sha256()
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.hexdigest()


def is_writable(path: Path) -> bool:
    """Say whether a database can be written: its file, and its folder, in which SQLite keeps a journal."""
    if not path.parent.is_dir():
        return True  # whoever tries to write there is told that it is missing
    return may_write(path.parent) and (not path.exists() or may_write(path))


def may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection for several threads that take turns by a lock of their own.

    A new file has the mode that the umask leaves, as has all that SQLite puts beside it. One that is there is opened
    by SQLite alone: closing it here would drop the locks of this process's other connections, and another process could
    then take the journal away from under them (sqlite.org, "How To Corrupt An SQLite Database File", 2.2). What cannot
    be written is read into memory, as it lies there. Raises sqlite3.Error and OSError.
    """
    if not is_writable(path):
        return in_memory(path)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
    return sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=WAIT_S)


def share(db: sqlite3.Connection) -> None:
    """Let others read while one writes, and wait for whoever opens the file at this moment. Raises sqlite3.Error.

    SQLite refuses the mode at once where it is being changed, however long other statements wait. Source: sqlite.org,
    Write-Ahead Logging, "Sometimes Queries Return SQLITE_BUSY In WAL Mode".
    """
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # the primary code, without what extends it
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def in_memory(path: Path) -> sqlite3.Connection:
    """Return a copy in memory of a database in a folder that cannot be written; an empty one where there is none."""
    made = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    if not path.exists():
        return made
    with tempfile.TemporaryDirectory(prefix="harness-read-") as folder:
        there = Path(folder) / path.name
        for ending in ("", "-wal"):
            if (beside := path.with_name(path.name + ending)).exists():
                shutil.copyfile(beside, there.with_name(there.name + ending))
        with closing(sqlite3.connect(there)) as copied:
            copied.backup(made)
    return made


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


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one: `executescript` would commit in between."""
    text = ""
    for line in script.splitlines():
        text += line + "\n"
        if sqlite3.complete_statement(text):
            yield text
            text = ""


Upgrade = Callable[[sqlite3.Connection], None]


def version_of(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def upgrade(db: sqlite3.Connection, version: int, steps: dict[int, Upgrade]) -> None:
    """Bring a database to `version` by the steps that lead to each version it has not reached, all or none."""
    if version_of(db) >= version:
        return
    with transaction(db):
        for to in range(version_of(db) + 1, version + 1):
            steps[to](db)
        db.execute(f"PRAGMA user_version={version}")
