"""What people decided about criteria: a history that only grows, in which no change overwrites one it has not seen."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from harness.errors import HarnessError
from harness.records.database import digest_of, transaction
from harness.records.marking_file import FILE, ROW, damaged, open_marking, telling
from harness.records.models import HandMark, MarkedPlace

COLUMNS = f"{ROW}, digest"
OF_A_PLACE = f"SELECT {COLUMNS} FROM marks WHERE slug = ? AND task = ? AND criterion = ?"  # noqa: S608


class Conflict(HarnessError):
    """Somebody else changed a mark in between; `newer` is what they decided."""

    def __init__(self, newer: HandMark) -> None:
        super().__init__(
            f"Expected nobody to have marked {newer.criterion!r} of {newer.slug!r} in between, but {newer.grader} did"
            f" at {newer.at}; look at both and decide."
        )
        self.newer = newer


class HandMarks:
    """The marks entered for the class of one result folder; safe for threads, and for processes on one machine."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        """Open `folder/marking.sqlite`. Raises ResultsError if it is missing, unreadable or from a newer version."""
        self.path = folder / FILE
        self._lock = threading.Lock()
        self._db = open_marking(folder, create=create)

    def close(self) -> None:
        self._db.close()

    def add(
        self,
        place: MarkedPlace,
        *,
        grader: str,
        points: float | None,
        comment: str = "",
        reason: str = "",
        source: str = "",
        seen: int,
    ) -> HandMark:
        """Record a decision and return it, once it is on the disk.

        `seen` is the id of the newest change of this place that the grader saw, 0 for none. Raises Conflict if there
        is a newer one, unless that says the same: then nothing is recorded and it is returned.
        """
        at = datetime.now(UTC).isoformat(timespec="seconds")
        row = (at, grader, *place, None if points is None else float(points), comment, reason, source)
        with telling(self.path), self._lock, transaction(self._db):
            newest = self._newest_of(place)
            if newest and same(newest, points, comment, reason, source):
                return newest
            if newest and newest.id != seen:
                raise Conflict(newest)
            made = self._last() + 1
            whole = (made, *row, digest_of(made, *row))
            self._db.execute(f"INSERT INTO marks ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", whole)  # noqa: S608
        return self._mark(whole)

    def _newest_of(self, place: MarkedPlace) -> HandMark | None:
        row = self._db.execute(f"{OF_A_PLACE} ORDER BY id DESC LIMIT 1", place).fetchone()
        return self._mark(row) if row else None

    def newest(self) -> dict[MarkedPlace, HandMark]:
        """Return the newest decision about every criterion that has one."""
        rows = self._rows("WHERE id IN (SELECT max(id) FROM marks GROUP BY slug, task, criterion)")
        return {(mark.slug, mark.task, mark.criterion): mark for mark in rows}

    def history(self, slug: str | None = None) -> list[HandMark]:
        """Return every change in the order they were made, of one student or of all."""
        return self._rows("") if slug is None else self._rows("WHERE slug = ?", slug)

    def since(self, number: int) -> list[HandMark]:
        """Return every change after the one of this id, in the order they were made."""
        return self._rows("WHERE id > ?", number)

    def get(self, number: int) -> HandMark | None:
        """Return the change of this id, None if there is none."""
        return next(iter(self._rows("WHERE id = ?", number)), None)

    def last(self) -> int:
        """Return the id of the newest change; 0 if there is none."""
        with telling(self.path), self._lock:
            return self._last()

    def _last(self) -> int:
        (number,) = self._db.execute("SELECT coalesce(max(id), 0) FROM marks").fetchone()
        return int(number)

    def reported(self) -> int:
        """Return the id of the newest change of which all reports are known to have been written; 0 if of none."""
        with telling(self.path), self._lock:
            row = self._db.execute("SELECT last_mark FROM reported").fetchone()
        return int(row[0]) if row else 0

    def set_reported(self, number: int) -> None:
        """Note that the reports hold every change up to this one."""
        with telling(self.path), self._lock, transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO reported VALUES (1, max(?, 0))", (number,))

    def _rows(self, where: str, *values: object) -> list[HandMark]:
        with telling(self.path), self._lock:
            rows = self._db.execute(f"SELECT {COLUMNS} FROM marks {where} ORDER BY id", values).fetchall()  # noqa: S608
        return [self._mark(row) for row in rows]

    def _mark(self, row: tuple[object, ...]) -> HandMark:
        if digest_of(*row[:-1]) != row[-1]:
            raise damaged(self.path, f"a mark that was changed (id {row[0]})")
        try:
            return HandMark.model_validate(dict(zip(ROW.split(", "), row[:-1], strict=True)))
        except ValidationError as error:
            raise damaged(self.path, f"a mark that makes no sense (id {row[0]})") from error


def same(mark: HandMark, points: float | None, comment: str, reason: str, source: str) -> bool:
    return (mark.points, mark.comment, mark.reason, mark.source) == (points, comment, reason, source)


def read_newest(folder: Path) -> dict[MarkedPlace, HandMark]:
    """Return the newest decisions about the class graded into `folder`; none where nobody has entered any."""
    if not (folder / FILE).is_file():
        return {}
    marks = HandMarks(folder, create=False)
    try:
        return marks.newest()
    finally:
        marks.close()
