"""What was measured, on disk: SQLite in WAL mode, plus one file per measurement for arrays and one for the log.

A measurement is written in one transaction after its files, so a crash loses the job in hand and nothing else.
"""

import errno
import fcntl
import json
import os
import sqlite3
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import ResultsError
from harness.records.models import Measurement

SCHEMA_VERSION = 1
CANNOT_WRITE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    *(errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.ENOTDIR, errno.EEXIST, errno.EISDIR),
}
TABLES = """
CREATE TABLE IF NOT EXISTS measurements (
    key TEXT PRIMARY KEY, task TEXT NOT NULL, variant TEXT NOT NULL, seed INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
"""


class Records:
    """The records of one result folder; safe to use from several threads of one process."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        """Open `folder/records`. Raises ResultsError if it is missing, unreadable or from a newer version."""
        self.folder = folder / "records"
        self._lock = threading.Lock()
        if not create and not (self.folder / "records.sqlite").is_file():
            raise ResultsError(
                f"Expected a result folder of `harness grade`, received {folder}, which holds no records."
            )
        with writing(self.folder):
            for name in ("evidence", "logs", "figures"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            try:
                self._db = sqlite3.connect(
                    self.folder / "records.sqlite", check_same_thread=False, isolation_level=None, timeout=30
                )
                self._prepare()
            except sqlite3.DatabaseError as error:
                raise damaged(self.folder, error) from error

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise ResultsError(
                f"Expected records of version {SCHEMA_VERSION} or older in {self.folder}, received version {version};"
                " use the newer harness that wrote them, or another --out folder."
            )
        self._db.executescript(TABLES)
        self._db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def close(self) -> None:
        self._db.close()

    def find(self, keys: Iterable[str]) -> dict[str, Measurement]:
        """Return the recorded measurements among `keys`."""
        wanted = list(keys)
        found: dict[str, Measurement] = {}
        with reading(self.folder), self._lock:
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                query = f"SELECT body FROM measurements WHERE key IN ({marks})"  # noqa: S608  (only question marks)
                for (body,) in self._db.execute(query, part):
                    measurement = Measurement.model_validate_json(body)
                    found[measurement.key] = measurement
        return found

    def add(self, measurement: Measurement, evidence: Mapping[str, NDArray[Any]], log: str) -> Measurement:
        """Store a measurement with its small arrays and its log; a second time replaces the first."""
        stored = measurement.model_copy(update={"evidence": f"{measurement.key}.npz" if evidence else ""})
        with writing(self.folder):
            if evidence:
                with atomic(self.folder / "evidence" / stored.evidence) as file:
                    np.savez_compressed(file, **evidence)  # type: ignore[arg-type]  # NumPy 2.1 added allow_pickle
            if log:
                with atomic(self.folder / "logs" / f"{measurement.key}.txt") as file:
                    file.write(log.encode())
            row = (stored.key, stored.task, stored.variant, stored.seed, stored.model_dump_json())
            with self._lock:
                self._db.execute("INSERT OR REPLACE INTO measurements VALUES (?, ?, ?, ?, ?)", row)
        return stored

    def evidence(self, measurement: Measurement) -> dict[str, NDArray[Any]]:
        """Return the arrays stored with a measurement."""
        if not measurement.evidence:
            return {}
        path = self.folder / "evidence" / measurement.evidence
        with reading(self.folder), np.load(path, allow_pickle=False) as file:
            return dict(file)

    def put_document(self, name: str, body: str) -> None:
        """Store a named text, e.g. the plan of the class."""
        with writing(self.folder), self._lock:
            self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (name, body))

    def document(self, name: str) -> str | None:
        with reading(self.folder), self._lock:
            row = self._db.execute("SELECT body FROM documents WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def is_drawn(self, name: str) -> bool:
        """Say whether figures were drawn earlier under this name, without reading them."""
        return (self.folder / "figures" / f"{name}.json").is_file()

    def drawn(self, name: str) -> list[dict[str, Any]] | None:
        """Return figures drawn earlier under this name."""
        path = self.folder / "figures" / f"{name}.json"
        with reading(self.folder):
            return json.loads(path.read_text()) if path.is_file() else None

    def keep_drawn(self, name: str, figures: list[dict[str, Any]]) -> None:
        with writing(self.folder), atomic(self.folder / "figures" / f"{name}.json") as file:
            file.write(json.dumps(figures).encode())


@contextmanager
def sole_run(folder: Path) -> Iterator[None]:
    """Hold a result folder for one run at a time; raises ResultsError if another one has it.

    The lock ends with the process, however it ends.
    """
    with writing(folder):
        (folder / "records").mkdir(parents=True, exist_ok=True)
        lock = (folder / "records" / "lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ResultsError(
                f"Expected to be the only run into {folder}, but another one is writing there; wait for it or choose"
                " another --out."
            ) from error
        yield


@contextmanager
def atomic(path: Path) -> Iterator[Any]:
    """Yield a temporary file that takes the place of `path` when all went well."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    Path(file.name).replace(path)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a full or read-only disk into one sentence. What was recorded before stays."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" not in str(error) and "disk" not in str(error) and "readonly" not in str(error):
            raise damaged(folder, error) from error
        raise cannot_write(folder, str(error)) from error
    except OSError as error:
        if error.errno in CANNOT_WRITE:
            raise cannot_write(folder, os.strerror(error.errno)) from error
        if error.errno is None and "requested and" in str(error):  # NumPy's words for a short write
            raise cannot_write(folder, os.strerror(errno.ENOSPC)) from error
        raise


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn records that cannot be read into one sentence."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise damaged(folder, error) from error


def cannot_write(folder: Path, why: str) -> ResultsError:
    return ResultsError(
        f"Could not write to {folder} ({why}); what was measured so far is kept, make room and run the same command"
        " again to go on."
    )


def damaged(folder: Path, error: Exception) -> ResultsError:
    return ResultsError(f"Expected readable records in {folder}, received: {error}; use another --out folder.")
