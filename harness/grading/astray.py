"""Marks by hand that belong to nothing in a class: nobody loses one without being told."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from harness.grading.results import ClassResult
from harness.records.models import HandMark, Newest

Kind = Literal["person", "task", "criterion"]
MOST = 8  # names in one sentence


@dataclass(frozen=True)
class Astray:
    """Decisions that apply to nothing, and what they would need: a person, a task of a person, a criterion."""

    kind: Kind
    marks: tuple[HandMark, ...]

    def told(self, names: Mapping[str, str]) -> str:
        """Return how many there are and what about, in a sentence without its full stop; `names` are by slug."""
        n = len(self.marks)
        about = Counter(_about(self.kind, mark, names) for mark in self.marks)
        shown = ", ".join(f"{what} ({count})" for what, count in about.most_common(MOST))
        more = f" and {len(about) - MOST:,} more" if len(about) > MOST else ""
        start = "1 mark by hand is" if n == 1 else f"{n:,} marks by hand are"
        return f"{start} about {WORDS[self.kind]}: {shown}{more}"


WORDS: Mapping[Kind, str] = {
    "person": "people who are not in this class",
    "task": "tasks that these students have not been graded in",
    "criterion": "criteria that these rubrics do not have",
}


def astray(result: ClassResult, marks: Newest) -> list[Astray]:
    """Return the decisions that stand and apply to nothing in `result`, by what is missing; none where all apply."""
    tasks = {(s.slug, t.task): {c.id for c in t.criteria} for s in result.students for t in s.tasks}
    slugs = {s.slug for s in result.students}
    found: dict[Kind, list[HandMark]] = {"criterion": [], "task": [], "person": []}
    for mark in _standing(marks.values()):
        criteria = tasks.get((mark.slug, mark.task))
        if mark.slug not in slugs:
            found["person"].append(mark)
        elif criteria is None:
            found["task"].append(mark)
        elif mark.criterion not in criteria:
            found["criterion"].append(mark)
    return [Astray(kind, tuple(some)) for kind, some in found.items() if some]


def _standing(marks: Iterable[HandMark]) -> list[HandMark]:
    """Return decisions that were not taken back."""
    return sorted((m for m in marks if m.points is not None or m.comment), key=lambda m: m.id)


def _about(kind: Kind, mark: HandMark, names: Mapping[str, str]) -> str:
    if kind == "criterion":
        return mark.criterion
    name = names.get(mark.slug, mark.slug)
    return name if kind == "person" else f"{mark.task} of {name}"
