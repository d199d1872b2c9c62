"""One task of one student as the card shows it, with what it takes to train and mark it again."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.grading.results import TaskResult
from harness.records.models import GIVEN, Provenance
from harness.report.words.marks import hidden_text, without_hidden


@dataclass(frozen=True)
class Graded:
    """`task` is the result without what the card hides, `hidden` the card's sentence on that.

    `seeds` are those that the submission was trained under; `uneven` if some variants were trained under fewer.
    `origins` are what the values depend on, more than one where they were measured at different times. `source`
    is False where nothing was handed in for the task. A task of a `course` does not come with the harness.
    """

    task: TaskResult
    version: int
    seeds: Sequence[int]
    uneven: bool
    origins: Sequence[Provenance]
    hidden: str
    source: bool
    course: bool = False

    @property
    def rubric(self) -> str:
        """Return the file that marks the task as the card does; empty if the card shows no criterion."""
        return f"rubrics/{self.task.task}.yaml" if self.task.criteria else ""


def graded(
    task: TaskResult,
    version: int,
    seeds: Sequence[int],
    planned: Provenance,
    *,
    source: bool,
    revealed: bool,
    course: bool = False,
) -> Graded:
    """Take out what the card hides; `version`, `seeds` and `planned` stand in where nothing was measured."""
    seen = task if revealed else without_hidden(task)
    trained = [m for m in seen.measurements if m.source != GIVEN]
    by_variant: dict[str, set[int]] = {}
    for m in trained:
        by_variant.setdefault(m.variant, set()).add(m.seed)
    origins: list[Provenance] = []
    for m in seen.measurements:
        if m.provenance not in origins:
            origins.append(m.provenance)
    return Graded(
        task=seen,
        version=trained[0].version if trained else version,
        seeds=sorted({m.seed for m in trained}) or list(seeds),
        uneven=len({frozenset(s) for s in by_variant.values()}) > 1,
        origins=origins or [planned],
        hidden="" if revealed else hidden_text(task),
        source=source,
        course=course,
    )
