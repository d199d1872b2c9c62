"""Moodle's grading worksheet beside its zip: when each handed in, who is in a team, and who handed in nothing.

Columns are known by their English heads, and those of people in any language by what is in them. A number is believed
only beside the same name: teams have numbers, too, and those of another assignment are other people's.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from harness.errors import UsageError
from harness.intake.names import clean
from harness.platforms.model import Delivery, Export, Identity, NotUnderstood
from harness.platforms.moments import Moment, in_english

MOST_BYTES = 20_000_000
WHEN = "last modified (submission)"
NUMBERED = re.compile(r"[^0-9@]{3,}([0-9]+)")  # Moodle's word for a participant, and the number


@dataclass(frozen=True)
class Row:
    """One participant."""

    number: str
    name: str
    group: str
    when: Moment
    late: bool
    who: Identity


@dataclass(frozen=True)
class Sheet:
    heads: Sequence[str]
    lines: Sequence[Sequence[str]]

    def place(self, head: str, fitting: Mapping[int, int], but: int | None = None) -> int | None:
        """Return the column of an English head, else the one with the most cells that fit; None where there is none."""
        if head in self.heads:
            return self.heads.index(head)
        return max((i for i, n in fitting.items() if n and i != but), key=fitting.__getitem__, default=None)

    def counted(self, fits: Callable[[int, str], bool]) -> dict[int, int]:
        """Return how many cells of each column fit; `fits` is given the number of the line and the cell."""
        return {i: sum(fits(n, line[i]) for n, line in enumerate(self.lines)) for i in range(len(self.heads))}

    def numbered(self) -> dict[int, int]:
        """Return the columns in which each cell is a word with a number behind."""
        found = self.counted(lambda _, cell: bool(NUMBERED.fullmatch(cell)))
        return {i: n for i, n in found.items() if n == len(self.lines)}

    def cells(self, place: int | None) -> list[str]:
        return [clean(line[place]) if place is not None else "" for line in self.lines]

    def named(self, head: str) -> list[str]:
        return self.cells(self.heads.index(head) if head in self.heads else None)


@dataclass(frozen=True)
class Worksheet:
    """The participants of one assignment."""

    rows: Sequence[Row]
    has_times: bool

    @cached_property
    def by_number(self) -> dict[str, Row]:
        return {row.number: row for row in self.rows}

    def behind(self, delivery: Delivery) -> list[Row]:
        """Return whose a delivery is: of the number where the name is the same, or of the team of that name.

        A number alone will do where there are no names, under blind marking.
        """
        number = next((o.participant for o in delivery.owners if o.participant), "")
        row = self.by_number.get(number)
        blind = delivery.name.endswith(f" {number}")
        if row and (letters(row.name) == letters(delivery.name) if row.name else blind):
            return [row]
        return [row for row in self.rows if row.group and letters(row.group) == letters(delivery.name)]


def with_worksheet(said: Export, path: Path) -> Export:
    """Return what a download and the worksheet of its assignment say together.

    Raises UsageError for a file that is no worksheet, or is one of another assignment.
    """
    if said.platform != "moodle":
        raise UsageError(f"Expected a worksheet with a download of Moodle, received one with one of {said.platform}.")
    sheet = worksheet(path, said.deliveries)
    found = {d.key: sheet.behind(d) for d in said.deliveries}
    if said.deliveries and not any(found.values()):
        raise UsageError(
            f"Expected the worksheet of this assignment, received {clean(path.name)!r}, in which nobody is who handed"
            " in; download the worksheet where you downloaded the submissions."
        )
    here = {row.number for rows in found.values() for row in rows}
    odd = [
        (d.name, f"{clean(path.name)} has nobody of this name and number.") for d in said.deliveries if not found[d.key]
    ]
    if not sheet.has_times:
        odd.append((path.name, f"It has no column {WHEN.capitalize()!r}, so when anything was handed in is not known."))
    return replace(
        said,
        deliveries=tuple(together(d, found[d.key]) for d in said.deliveries),
        not_understood=(*said.not_understood, *(NotUnderstood(clean(name), why) for name, why in odd)),
        missing=tuple(row.who for row in sheet.rows if row.number not in here),
    )


def together(delivery: Delivery, rows: list[Row]) -> Delivery:
    """Return a delivery with its people and the time; of a team the last change of any member is the team's."""
    if not rows:
        return delivery
    alone = len(rows) == 1 and letters(rows[0].group) != letters(delivery.name)
    times = [row.when.local for row in rows if row.when.local]
    return replace(
        delivery,
        owners=tuple(row.who for row in rows),
        group=None if alone else delivery.name,
        local_time=max(times, default=None),
        late=True if any(row.late for row in rows) else delivery.late,
    )


def worksheet(path: Path, deliveries: Iterable[Delivery]) -> Worksheet:
    """Return a worksheet, in which the columns of people and teams are told by those who handed in."""
    sheet = read_sheet(path)
    handed = [*deliveries]
    names = {letters(d.name) for d in handed}
    people = {(o.participant, letters(d.name)) for d in handed for o in d.owners}
    identifiers = sheet.cells(sheet.place("identifier", sheet.numbered()))
    numbers = [found[1] if (found := re.search(r"([0-9]+)$", cell)) else "" for cell in identifiers]
    if not any(numbers):
        raise refused(path, "has no column with Moodle's numbers of participants")
    if len({*filter(None, numbers)}) < len([*filter(None, numbers)]):
        raise refused(path, "has a participant twice")
    named = sheet.place("full name", sheet.counted(lambda row, cell: (numbers[row], letters(cell)) in people))
    team = sheet.place("group", sheet.counted(lambda row, cell: letters(cell) in names), but=named)
    told = (sheet.named(head) for head in (WHEN, "status", "id number", "email address", "username"))
    columns = zip(numbers, sheet.cells(named), sheet.cells(team), *told, strict=True)
    return Worksheet([row_of(*cells) for cells in columns if cells[0]], WHEN in sheet.heads)


def row_of(number: str, name: str, group: str, *told: str) -> Row:
    when, status, sis_id, email, login = told
    who = Identity(name or f"Participant {number}", None, login or None, sis_id or None, email or None, number)
    return Row(number, name, group, in_english(when), "late" in status.split(), who)


def read_sheet(path: Path) -> Sheet:
    """Return a CSV file of UTF-8, with or without a mark, with commas, semicolons or tabs between cells."""
    try:
        data = path.expanduser().read_bytes()
        text = data.decode("utf-8-sig") if len(data) <= MOST_BYTES else ""
    except (OSError, UnicodeDecodeError) as error:
        raise refused(
            path, f"cannot be read ({error.strerror if isinstance(error, OSError) else 'no UTF-8'})"
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(line)]
    except csv.Error as error:
        raise refused(path, f"is no CSV ({error})") from error
    if len(lines) < 2 or any(len(line) != len(lines[0]) for line in lines):
        raise refused(path, "has no line of participants, or lines of another length than its heads")
    return Sheet([head.strip().casefold() for head in lines[0]], lines[1:])


def refused(path: Path, why: str) -> UsageError:
    return UsageError(
        f"Expected Moodle's grading worksheet, received {clean(path.name)!r}, which {why}; download it again."
    )


def letters(name: str) -> str:
    """Return the letters and digits of a name in one case: Moodle changes other characters in names of files."""
    return "".join(c for c in name.casefold() if c.isalnum())
