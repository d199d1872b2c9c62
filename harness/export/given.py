"""What came of an export: who got which mark, who got none, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.records.models import Frozen
from harness.report.words.text import clean

Kind = Literal["open", "fault", "unread", "no task", "excused", "absent", "", "stays", "not there", "not in the class"]

HEADINGS: dict[Kind, str] = {
    "fault": "The harness's fault, so left blank",
    "open": "Still open, so left blank",
    "unread": "Could not be read, so left blank",
    "no task": "Without a result in a task, so left blank",
    "excused": "Excused",
    "absent": "Handed nothing in, so left blank",
    "stays": "Left as the file has it",
    "not there": "Of this class, and not in the file",
    "not in the class": "In the file, and not in this class",
}


class Given(Frozen):
    """A mark in a cell: whose, where, and what the row was known by; `unclear` is what is not known of lateness."""

    slug: str
    name: str
    line: int
    column: str
    mark: str
    by: str
    unclear: str = ""


class Nothing(Frozen):
    """Somebody who got no mark; `line` is 0 where there is none of theirs."""

    slug: str
    name: str
    line: int
    column: str
    kind: Kind
    why: str


class Exported(Frozen):
    """What was written, for whom, and who got nothing. `rounding` is the rule in words."""

    platform: str
    out: str
    columns: list[str]
    rounding: str
    given: list[Given]
    nothing: list[Nothing]

    @property
    def whole(self) -> bool:
        """Say whether everybody of the class got a mark, or is excused."""
        return all(n.kind in ("not in the class", "excused") for n in self.nothing)


@dataclass(frozen=True)
class Ready:
    """A file that is understood as a whole and not written yet."""

    exported: Exported
    content: bytes


def told(exported: Exported) -> Iterator[str]:
    """Yield what a person reads of it, line by line."""
    marks = "1 mark" if len(exported.given) == 1 else f"{len(exported.given):,} marks"
    yield f"{exported.out}: {marks} for {exported.platform}, {exported.rounding}"
    for column in exported.columns:
        yield f"  {clean(column)}: {sum(g.column == column for g in exported.given):,}"
    by = {g.by: sum(o.by == g.by for o in exported.given) for g in exported.given if g.by}
    if by:
        yield f"Rows known by {', '.join(f'{what} ({n:,})' for what, n in by.items())}."
    unclear = {
        g.unclear: [o.name for o in exported.given if o.unclear == g.unclear] for g in exported.given if g.unclear
    }
    for why, names in unclear.items():
        yield f"Given without a deduction: {clean(why)} ({clean(', '.join(names))})"
    for kind, heading in HEADINGS.items():
        lacking = [n for n in exported.nothing if n.kind == kind]
        if lacking:
            yield f"{heading}:"
        for one in lacking:
            where = f" (line {one.line})" if one.line else ""
            yield f"  {' '.join(clean(one.name).split())}{where}{f': {clean(one.why)}' if one.why else ''}"
