"""What every submission earned of every criterion, as shares: the ground for the statistics of a class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from harness.grading.item_rest import ItemRest, item_rest
from harness.grading.results import CriterionResult, StudentResult
from harness.records.models import Status

Key = tuple[str, str]  # task and id of a criterion
_MEASURED = (Status.PASSED, Status.FAILED)


@dataclass
class Column:
    """One criterion over the class. `results` are all of it, by slug."""

    task: str
    title: str
    first: CriterionResult
    results: dict[str, CriterionResult] = field(default_factory=dict)

    @property
    def decided(self) -> list[CriterionResult]:
        """Return the results with marks; a fault of the harness gives none."""
        return [c for c in self.results.values() if c.earned is not None and c.status is not Status.HARNESS_ERROR]


def columns(students: Sequence[StudentResult]) -> dict[Key, Column]:
    """Return the criteria of a class in their order, task by task as tasks first occur."""
    found: dict[Key, Column] = {}
    order: dict[str, int] = {}
    for slug, task, title, criterion in _every(students):
        order.setdefault(task, len(order))
        column = found.setdefault((task, criterion.id), Column(task, title, criterion))
        column.results[slug] = criterion
    return dict(sorted(found.items(), key=lambda item: order[item[0][0]]))


def _every(students: Sequence[StudentResult]) -> Iterator[tuple[str, str, str, CriterionResult]]:
    for student in students:
        for task in student.tasks:
            for criterion in task.criteria:
                yield student.slug, task.task, task.title, criterion


def is_measured(criterion: CriterionResult) -> bool:
    """Say whether a criterion was decided on what it asks for: not by a fault that stopped the submission before it."""
    return criterion.earned is not None and criterion.points > 0 and (criterion.manual or criterion.status in _MEASURED)


def separation(found: dict[Key, Column]) -> dict[Key, ItemRest]:
    """Return, for each criterion, the correlation of its share with the share of all other criteria.

    Only what was measured counts, on both sides: a fault costs everything at once and would make all criteria look
    as if they separated.
    """
    earned: dict[str, float] = {}
    possible: dict[str, float] = {}
    for column in found.values():
        for slug, c in column.results.items():
            if is_measured(c):
                earned[slug] = earned.get(slug, 0.0) + (c.earned or 0.0)
                possible[slug] = possible.get(slug, 0.0) + c.points
    return {key: _against_rest(column, earned, possible) for key, column in found.items()}


def _against_rest(column: Column, earned: dict[str, float], possible: dict[str, float]) -> ItemRest:
    pairs = []
    for slug, c in column.results.items():
        if is_measured(c) and possible[slug] - c.points > 1e-9:
            own = c.earned or 0.0
            pairs.append((own / c.points, (earned[slug] - own) / (possible[slug] - c.points)))
    return item_rest([item for item, _ in pairs], [rest for _, rest in pairs])
