"""What the columns of a worksheet are: who a row is, where its mark goes, and out of how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from harness.errors import UsageError, did_you_mean
from harness.export.person import WorksheetRow
from harness.export.sheet import Sheet

Roles = Mapping["Role", int]  # which column has which role, from 0


class Role(StrEnum):
    """What a column says, as `--columns` calls it."""

    IDENTIFIER = "identifier"
    NAME = "name"
    NUMBER = "number"
    LOGIN = "login"
    EMAIL = "email"
    GROUP = "group"
    GRADE = "grade"
    MAXIMUM = "maximum"
    FEEDBACK = "feedback"
    CHANGEABLE = "changeable"


@dataclass(frozen=True)
class GradeColumn:
    """A column that marks can go into. `maximum` is what all points are worth there, None where it is not said."""

    column: int
    title: str
    maximum: Decimal | None = None
    called: tuple[str, ...] = ()

    def is_called(self, name: str) -> bool:
        return name in (self.title, *self.called)


@dataclass(frozen=True)
class Layout:
    """A worksheet that is understood. `stays` says of rows why their mark cannot be given; `maxima` is per row.

    `numbers` are cells that show how the file writes numbers.
    """

    platform: str
    listed: tuple[WorksheetRow, ...]
    grades: tuple[GradeColumn, ...]
    feedback: int | None = None
    stays: Mapping[tuple[int, int], str] = field(default_factory=dict)
    maxima: Mapping[int, Decimal] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()

    def grade_column(self, name: str, where: str) -> GradeColumn:
        """Return the column of this title or number, or the only one there is. Raises UsageError."""
        titles = [g.title for g in self.grades]
        if not titles:
            raise UsageError(f"Expected a column for marks in {where}, found none; download it with the assignment.")
        fitting = [g for g in self.grades if g.is_called(name)] if name else list(self.grades)
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise UsageError(f"Expected a column for marks of {where}, received {name!r}.{did_you_mean(name, titles)}")
        what = "several of this name; give the number in its brackets" if name else f"{len(titles)}; name one"
        shown = ", ".join(repr(g.title) for g in fitting[:10])
        raise UsageError(f"Expected one column for marks in {where}, found {what}, as in --column {shown}.")


def columns_named(sheet: Sheet, names: Mapping[Role, str], where: str) -> dict[Role, int]:
    """Return where the columns are that somebody named by their headers. Raises UsageError for one not there."""
    found = {}
    for role, name in names.items():
        places = [i for i, title in enumerate(sheet.header) if title == name.strip()]
        if len(places) != 1:
            many, hint = ("several", "") if places else ("none", did_you_mean(name, sheet.header))
            raise UsageError(f"Expected one column {name!r} in {where}, found {many}.{hint}")
        found[role] = places[0]
    return found


def parse_roles(text: str) -> dict[Role, str]:
    """Return what `--columns identifier=Teilnehmer,grade=Bewertung` says. Raises UsageError."""
    named = {}
    for part in filter(None, text.split(",")):
        role, equals, title = part.partition("=")
        try:
            named[Role(role.strip())] = title
        except ValueError:
            raise UsageError(
                f"Expected --columns ROLE=HEADER,…, received {part!r}."
                f"{did_you_mean(role.strip(), [r.value for r in Role])}"
            ) from None
        if not equals or not title.strip():
            raise UsageError(f"Expected the header of a column, as in --columns {role}=HEADER, received {part!r}.")
    return named
