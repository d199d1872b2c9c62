"""When cards were handed out, and the name of each student's card, which nobody can guess from another's."""

import hashlib
import hmac
import secrets
import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from harness.records.database import is_writable, transaction
from harness.records.marking_file import FILE, open_marking, telling
from harness.records.models import Frozen

COLUMNS = "id, at, grader, folder, cards, revealed, last_mark, with_key"


class Publication(Frozen):
    """Cards handed out once. `at` is UTC in ISO 8601; `last_mark` is the newest change by hand that is in them.

    `with_key` says that the key of the class was given out with them, in every appeal bundle from then on.
    """

    id: int
    at: str
    grader: str
    folder: str
    cards: int
    revealed: bool
    last_mark: int
    with_key: bool = False


class Publications:
    """The publications of one result folder; safe for threads, and for processes on one machine."""

    def __init__(self, folder: Path, *, secret: str = "") -> None:
        """Open or create `folder/marking.sqlite`; raises ResultsError as `open_marking`.

        Where that cannot be written, new names of cards follow from the `secret` and nothing is noted.
        """
        self.path = folder / FILE
        self.writable = is_writable(self.path)
        self._secret = secret.encode() or secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._db = open_marking(folder)

    def close(self) -> None:
        self._db.close()

    def tokens(self, students: Iterable[tuple[str, str]]) -> list[str]:
        """Return 32 hexadecimal digits for each (slug, name), the same every time.

        They hold 128 random bits. Another name under the same slug is another person and gets another token.
        """
        wanted = list(students)
        with telling(self.path), self._lock:
            if not self.writable:
                return [self._known(slug, name) or self._drawn(slug, name) for slug, name in wanted]
            with transaction(self._db):
                new = [(slug, name, secrets.token_hex(16)) for slug, name in wanted]
                self._db.executemany("INSERT OR IGNORE INTO tokens VALUES (?, ?, ?)", new)
                return [self._known(slug, name) for slug, name in wanted]

    def _known(self, slug: str, name: str) -> str:
        row = self._db.execute("SELECT token FROM tokens WHERE slug = ? AND name = ?", (slug, name)).fetchone()
        return str(row[0]) if row else ""

    def _drawn(self, slug: str, name: str) -> str:
        """Return what nobody without the secret can guess, by HMAC-SHA-256 (RFC 2104), cut to 128 bits."""
        return hmac.new(self._secret, f"card|{slug}|{name}".encode(), hashlib.sha256).hexdigest()[:32]

    def known(self) -> set[str]:
        """Return every token given out so far, also to students who have left the class."""
        with telling(self.path), self._lock:
            return {token for (token,) in self._db.execute("SELECT token FROM tokens")}

    def add(
        self, *, grader: str, folder: Path, cards: int, revealed: bool, last_mark: int, with_key: bool = False
    ) -> Publication:
        """Note a publication and return it; one that cannot be noted has the id 0."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        if not self.writable:
            return publication((0, at, grader, str(folder), cards, revealed, last_mark, with_key))
        row = (at, grader, str(folder), cards, int(revealed), last_mark, int(with_key))
        with telling(self.path), self._lock, transaction(self._db):
            number = self._db.execute(
                f"INSERT INTO publications ({COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                row,
            ).lastrowid
        return publication((number, *row))

    def all(self) -> list[Publication]:
        """Return the publications in the order they were made."""
        with telling(self.path), self._lock:
            rows = self._db.execute(f"SELECT {COLUMNS} FROM publications ORDER BY id").fetchall()  # noqa: S608
        return [publication(row) for row in rows]

    def key_given(self) -> str:
        """Return when the key of the class was first given out, empty if it was not."""
        return next((p.at for p in self.all() if p.with_key), "")


def key_given(folder: Path) -> str:
    """Return when the key of the class graded into `folder` was first given out, empty if it was not."""
    if not (folder / FILE).is_file():
        return ""
    made = Publications(folder)
    try:
        return made.key_given()
    finally:
        made.close()


def publication(row: tuple[object, ...] | sqlite3.Row) -> Publication:
    return Publication.model_validate(dict(zip(COLUMNS.split(", "), row, strict=True)))
