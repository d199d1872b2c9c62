"""When cards were handed out, and the name of each student's card, which nobody can guess from another's."""

import secrets
import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from harness.records.database import transaction
from harness.records.marking_file import FILE, open_marking, telling
from harness.records.models import Frozen

COLUMNS = "id, at, grader, folder, cards, revealed, last_mark"


class Publication(Frozen):
    """Cards handed out once. `at` is UTC in ISO 8601; `last_mark` is the newest change by hand that is in them."""

    id: int
    at: str
    grader: str
    folder: str
    cards: int
    revealed: bool
    last_mark: int


class Publications:
    """The publications of one result folder; safe for threads, and for processes on one machine."""

    def __init__(self, folder: Path) -> None:
        """Open or create `folder/marking.sqlite`; raises ResultsError as `open_marking`."""
        self.path = folder / FILE
        self._lock = threading.Lock()
        self._db = open_marking(folder)

    def close(self) -> None:
        self._db.close()

    def tokens(self, students: Iterable[tuple[str, str]]) -> list[str]:
        """Return 32 hexadecimal digits for each (slug, name), the same every time.

        They hold 128 random bits. Another name under the same slug is another person and gets another token.
        """
        with telling(self.path), self._lock, transaction(self._db):
            return [self._token(slug, name) for slug, name in students]

    def _token(self, slug: str, name: str) -> str:
        row = (slug, name, secrets.token_hex(16))
        self._db.execute("INSERT OR IGNORE INTO tokens VALUES (?, ?, ?)", row)
        (token,) = self._db.execute("SELECT token FROM tokens WHERE slug = ? AND name = ?", row[:2]).fetchone()
        return str(token)

    def known(self) -> set[str]:
        """Return every token given out so far, also to students who have left the class."""
        with telling(self.path), self._lock:
            return {token for (token,) in self._db.execute("SELECT token FROM tokens")}

    def add(self, *, grader: str, folder: Path, cards: int, revealed: bool, last_mark: int) -> Publication:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        row = (at, grader, str(folder), cards, int(revealed), last_mark)
        with telling(self.path), self._lock, transaction(self._db):
            number = self._db.execute(
                f"INSERT INTO publications ({COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                row,
            ).lastrowid
        return publication((number, *row))

    def all(self) -> list[Publication]:
        """Return the publications in the order they were made."""
        with telling(self.path), self._lock:
            rows = self._db.execute(f"SELECT {COLUMNS} FROM publications ORDER BY id").fetchall()  # noqa: S608
        return [publication(row) for row in rows]


def publication(row: tuple[object, ...] | sqlite3.Row) -> Publication:
    return Publication.model_validate(dict(zip(COLUMNS.split(", "), row, strict=True)))
