"""Sources that a person should look at, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.grading.results import StudentResult
from harness.report.words.links import ALL, Cards, Link


@dataclass(frozen=True)
class SourceRemarks:
    student: Link
    said: list[str]


def source_remarks(students: Sequence[StudentResult], cards: Cards = ALL) -> list[SourceRemarks]:
    """Return the students whose sources something stands out in, those with the most remarks first."""
    found = [SourceRemarks(cards.of(student), student.remarks) for student in students if student.remarks]
    return sorted(found, key=lambda one: -len(one.said))
