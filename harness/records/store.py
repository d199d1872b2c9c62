"""What was measured, on disk: SQLite in WAL mode, plus one file per measurement for arrays and one for the log.

A measurement is written in one transaction after its files, so a crash loses the job in hand and nothing else. Every
record carries a digest: what was damaged on the disk counts as not recorded, and is named in `damage`.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from harness.errors import ResultsError
from harness.files import atomic
from harness.records.database import (
    connect,
    digest_of,
    in_memory,
    is_writable,
    share,
    statements,
    transaction,
    upgrade,
    version_of,
)
from harness.records.drawn import as_kept, read_kept
from harness.records.files import damaged, reading, sweep, writing
from harness.records.locks import HeldElsewhere, locked
from harness.records.models import WITHHELD, Measurement, Provenance, as_json

SCHEMA_VERSION = 2
FOLDERS = ("evidence", "logs", "figures")
TABLES = """
CREATE TABLE IF NOT EXISTS measurements (
    key TEXT PRIMARY KEY, task TEXT NOT NULL, variant TEXT NOT NULL, seed INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
"""
DIGESTS = """
ALTER TABLE measurements ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE measurements ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN digest TEXT NOT NULL DEFAULT '';
"""
A_TIME = 500  # keys in one query
Row = tuple[str, str, str, int, str, str, str]


class Records:
    """The records of one result folder; safe to use from several threads of one process.

    `damage` has the keys of measurements found to be damaged, or without the arrays that they were stored with, and the
    names of damaged documents.
    """

    def __init__(self, folder: Path, *, create: bool = True, only_read: bool = False) -> None:
        """Open `folder/records`, to read only where nothing can be written or that is asked for.

        Raises ResultsError if it is missing, unreadable or from a newer version.
        """
        self.folder = folder / "records"
        self.damage: set[str] = set()
        self._lock = threading.Lock()
        self._provenances: dict[tuple[str, float, str], Provenance] = {}
        self._given: dict[frozenset[str], set[str]] = {}
        path = self.folder / "records.sqlite"
        with reading(self.folder):
            there = path.is_file()
        if not create and not there:
            raise ResultsError(
                f"Expected a result folder of `harness grade`, received {folder}, which holds no records."
            )
        self.writable = not only_read and (create or is_writable(path))
        with writing(self.folder):
            for name in FOLDERS if self.writable else ():
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            try:
                self._db = in_memory(path) if only_read else connect(path)
                self._prepare()
            except sqlite3.DatabaseError as error:
                raise damaged(self.folder, error) from error

    def _prepare(self) -> None:
        share(self._db)
        self._db.execute("PRAGMA synchronous=NORMAL")
        if (version := version_of(self._db)) > SCHEMA_VERSION:
            raise ResultsError(
                f"Expected records of version {SCHEMA_VERSION} or older in {self.folder}, received version {version};"
                " use the newer harness that wrote them, or another --out folder."
            )
        upgrade(self._db, SCHEMA_VERSION, {1: _make_tables, 2: _give_digests})

    def close(self) -> None:
        self._db.close()

    def sweep(self) -> None:
        """Remove what killed processes left half written."""
        for name in (*FOLDERS, "sources"):
            sweep(self.folder / name)

    def find(self, keys: Iterable[str], *, whole: bool = False) -> dict[str, Measurement]:
        """Return the recorded measurements among `keys` that are as they were stored; `damage` names the others.

        `whole` asks for their arrays as well, which are read for it.
        """
        wanted = list(keys)
        found: dict[str, Measurement] = {}
        with reading(self.folder), self._lock:
            for start in range(0, len(wanted), A_TIME):
                for key, body, digest, evidence in self._rows(wanted[start : start + A_TIME]):
                    measurement = _measurement(key, body, digest)
                    if measurement and not (whole and self._has_lost_arrays(measurement, evidence)):
                        found[key] = self._sharing(measurement)
                    else:
                        self.damage.add(key)
        return found

    def _sharing(self, measurement: Measurement) -> Measurement:
        """Return a measurement that shares with those before what thousands have alike: most of its memory.

        That is its provenance, and the set in which pydantic keeps which fields were given.
        """
        own = measurement.provenance
        known = self._provenances.setdefault((own.data_sha256, own.speed, own.isolation), own)
        given = self._given.setdefault(frozenset(measurement.model_fields_set), measurement.model_fields_set)
        values = {**measurement.__dict__, "provenance": known if known == own else own}
        return Measurement.model_construct(given, **values)

    def _rows(self, keys: list[str]) -> list[tuple[str, str, str, str]]:
        """Return the rows under these keys; one by one where a damaged page keeps them from being read together."""
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, body, digest, evidence FROM measurements WHERE key IN ({marks})"  # noqa: S608
        try:
            return self._db.execute(query, keys).fetchall()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "decode" not in str(error):
                raise
            if len(keys) > 1:
                half = len(keys) // 2
                return [*self._rows(keys[:half]), *self._rows(keys[half:])]
            self.damage.update(keys)
            return []

    def _has_lost_arrays(self, measurement: Measurement, digest: str) -> bool:
        if not measurement.evidence:
            return False
        try:
            data = (self.folder / "evidence" / measurement.evidence).read_bytes()
        except OSError:
            return True
        return bool(digest) and hashlib.sha256(data).hexdigest() != digest

    def add(self, measurement: Measurement, evidence: Mapping[str, NDArray[Any]], log: str) -> Measurement:
        """Store a measurement with its small arrays and its log; a second time replaces the first."""
        stored = measurement.model_copy(update={"evidence": f"{measurement.key}.npz" if evidence else ""})
        arrays = ""
        with writing(self.folder):
            if evidence:
                path = self.folder / "evidence" / stored.evidence
                with atomic(path) as file:
                    np.savez_compressed(file, **evidence)  # type: ignore[arg-type]  # NumPy 2.1 added allow_pickle
                arrays = hashlib.sha256(path.read_bytes()).hexdigest()
            if log:
                with atomic(self.folder / "logs" / f"{measurement.key}.txt") as file:
                    file.write(log.encode())
            body = as_json(stored)
            row = (stored.key, stored.task, stored.variant, stored.seed, body, digest_of(stored.key, body), arrays)
            with self._lock:
                self._db.execute("INSERT OR REPLACE INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                self.damage.discard(stored.key)
                return self._sharing(stored)

    def rows(self, keys: Iterable[str]) -> Iterator[list[Row]]:
        """Yield what is stored under these keys as it lies there, some at a time."""
        wanted = list(keys)
        for start in range(0, len(wanted), A_TIME):
            some = wanted[start : start + A_TIME]
            query = f"SELECT * FROM measurements WHERE key IN ({','.join('?' * len(some))})"  # noqa: S608
            with reading(self.folder), self._lock:
                yield self._db.execute(query, some).fetchall()

    def put_rows(self, rows: Iterable[Row]) -> None:
        """Store rows of another folder, whose arrays lie here already, in the place of those of the same keys."""
        several = list(rows)
        with writing(self.folder), self._lock, transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?)", several)
            self.damage.difference_update(row[0] for row in several)

    def evidence(self, measurement: Measurement) -> dict[str, NDArray[Any]]:
        """Return the arrays stored with a measurement."""
        if measurement.evidence in ("", WITHHELD):
            return {}
        path = self.folder / "evidence" / measurement.evidence
        with reading(self.folder), np.load(path, allow_pickle=False) as file:
            return dict(file)

    def put_document(self, name: str, body: str, *, instead_of: str = "") -> None:
        """Store a named text, e.g. the plan of the class, and remove those whose names begin with `instead_of`."""
        row = (name, body, digest_of(name, body))
        with writing(self.folder), self._lock, transaction(self._db):
            if instead_of:
                self._db.execute("DELETE FROM documents WHERE substr(name, 1, ?) = ?", (len(instead_of), instead_of))
            self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", row)

    def documents(self, beginning: str) -> dict[str, str]:
        """Return the texts whose names begin so and that are as they were stored, by name."""
        query = "SELECT name, body, digest FROM documents WHERE substr(name, 1, ?) = ?"
        with reading(self.folder), self._lock:
            rows = self._db.execute(query, (len(beginning), beginning)).fetchall()
        return {name: body for name, body, digest in rows if digest_of(name, body) == digest}

    def document(self, name: str) -> str | None:
        """Return a named text; None if there is none, or it is not what was stored, which `damage` then names."""
        query = "SELECT body, digest FROM documents WHERE name = ?"
        try:
            with self._lock:
                row = self._db.execute(query, (name,)).fetchone()
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise damaged(self.folder, error) from error
            row = ("", "")
        except sqlite3.DatabaseError:
            row = ("", "")
        if row is not None and digest_of(name, row[0]) != row[1]:
            self.damage.add(name)
            return None
        return None if row is None else str(row[0])

    def is_drawn(self, name: str) -> bool:
        """Say whether figures were drawn earlier under this name, without reading them."""
        return (self.folder / "figures" / f"{name}.json").is_file()

    def drawn(self, name: str) -> list[dict[str, Any]] | None:
        """Return figures drawn earlier under this name, None if there are none or they are not as they were stored."""
        return read_kept(self.folder / "figures" / f"{name}.json")

    def keep_drawn(self, name: str, figures: list[dict[str, Any]]) -> None:
        """Keep figures for the next report; nothing is kept where nothing can be written."""
        if not self.writable:
            return
        with writing(self.folder), atomic(self.folder / "figures" / f"{name}.json") as file:
            file.write(as_kept(figures))


def _make_tables(db: sqlite3.Connection) -> None:
    for statement in statements(TABLES):
        db.execute(statement)


def _give_digests(db: sqlite3.Connection) -> None:
    for statement in statements(DIGESTS):
        db.execute(statement)
    for key, body in db.execute("SELECT key, body FROM measurements").fetchall():
        db.execute("UPDATE measurements SET digest = ? WHERE key = ?", (digest_of(key, body), key))
    for name, body in db.execute("SELECT name, body FROM documents").fetchall():
        db.execute("UPDATE documents SET digest = ? WHERE name = ?", (digest_of(name, body), name))


def _measurement(key: str, body: str, digest: str) -> Measurement | None:
    """Return what a row holds; None if it is not what was stored."""
    if digest_of(key, body) != digest:
        return None
    try:
        found = Measurement.model_validate_json(body)
    except ValidationError:
        return None
    return found if found.key == key else None


@contextmanager
def sole_run(folder: Path) -> Iterator[None]:
    """Hold a result folder for one run at a time; raises ResultsError if another one has it.

    The lock ends with the process, however it ends.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / "records" / "lock", wait=False))
        except HeldElsewhere:
            raise ResultsError(
                f"Expected to be the only run into {folder}, but another one is writing there; wait for it or choose"
                " another --out."
            ) from None
        yield
