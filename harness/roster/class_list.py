"""The class list as a platform gives it: who is in the class, and by which words platforms know them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import did_you_mean
from harness.platforms.model import Identity
from harness.roster.columns import FIELDS, FIRST, LAST, NAME, of_heads, plain, value_of
from harness.roster.table import Line, Table, read_table

WHAT = "a class list"
NO_STUDENT = re.compile(r"points possible|student,? test|test student")  # rows of Canvas that are nobody


@dataclass(frozen=True)
class Listed:
    """Somebody in a class: as the class list names them on a `line`, or, without one, as a submission does.

    `also` are other words for the person in class.yaml: the names of what they handed in.
    """

    identity: Identity
    line: int = 0
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.identity.name or next(iter(self.ids.values()), "")

    @property
    def ids(self) -> dict[str, str]:
        """Return the words by which platforms know the person, by what they are."""
        found = {field: getattr(self.identity, field) for field in FIELDS}
        return {field: value for field, value in found.items() if value}


def read_class_list(path: Path, columns: Mapping[str, str]) -> list[Listed]:
    """Return who stands on the list, in its order. `columns` are heads by what they hold, where they are not known.

    Raises ClassError, a sentence with file and line, for a file that is no list of people, for a line without anybody,
    and for a student who stands there twice.
    """
    table = read_table(path, WHAT)
    places = _places(table, columns)
    found = [one for line in table.lines if (one := _listed(line, places, table))]
    _check_once(found, table)
    return found


def _places(table: Table, columns: Mapping[str, str]) -> dict[str, int]:
    places = of_heads(table.heads)
    by_head = {plain(head): place for place, head in enumerate(table.heads)}
    for field, head in columns.items():
        if plain(head) not in by_head:
            raise table.error(1, f"there is no column {head!r}.{did_you_mean(head, table.heads)}")
        places[field] = by_head[plain(head)]
    if not {*places} & {*FIELDS, NAME} and not {FIRST, LAST} <= {*places}:
        heads = ", ".join(repr(head[:40]) for head in table.heads[:8])
        raise table.error(
            1,
            f"expected a column with names, user names, numbers or e-mail addresses of students, received {heads}; say"
            " which is which under 'columns' of 'roster' in class.yaml.",
        )
    return places


def _listed(line: Line, places: Mapping[str, int], table: Table) -> Listed | None:
    cells = {field: line.cell(place) for field, place in places.items()}
    if NO_STUDENT.match(plain(cells.get(NAME, ""))) or not any(cells.get(field) for field in (*FIELDS, NAME, LAST)):
        return None  # the maxima or the test student of Canvas, or its row on how grades are posted
    if any("\n" in cell or "\r" in cell for cell in cells.values()):
        raise table.error(line.number, "expected one person, received a cell of several lines; mend the quotes there.")
    name, ids = named(line, places)
    return Listed(Identity(name=name or None, **ids), line.number)


def named(line: Line, places: Mapping[str, int]) -> tuple[str, dict[str, str]]:
    """Return the name and the words by which platforms know somebody, as a line has them in these columns."""
    cells = {field: line.cell(place) for field, place in places.items()}
    values = dict(value_of(field, text) for field, text in cells.items() if text)
    name = values.get(NAME) or " ".join(filter(None, (values.get(FIRST), values.get(LAST))))
    return name, {field: value for field in FIELDS if (value := values.get(field))}


def _check_once(found: list[Listed], table: Table) -> None:
    """Raise ClassError where two lines are of one person: the same in any of the words platforms know people by."""
    seen: dict[tuple[str, str], Listed] = {}
    for one in found:
        for field, value in one.ids.items():
            before = seen.setdefault((field, plain(value)), one)
            if before is not one:
                raise table.error(
                    one.line,
                    f"the student {value!r} stands here a second time (first on line {before.line}); take one"
                    " line out.",
                )
    bare: dict[str, Listed] = {}
    for one in found:
        before = bare.setdefault(plain(one.name), one) if not one.ids else one
        if before is not one:
            raise table.error(
                one.line,
                f"the name {one.name!r} stands here a second time (first on line {before.line}), and nothing tells the"
                " two apart; export the list with user names or numbers.",
            )
