"""Likely mistakes that several students share, the most frequent first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.grading.results import StudentResult
from harness.records.models import Finding
from harness.report.words.links import ALL, Cards, Link, Named, some


@dataclass(frozen=True)
class CommonFinding:
    """One likely mistake in one task; `advice` is the most frequent of those given with it."""

    task: str
    title: str
    advice: str
    students: Named


def common_findings(students: Sequence[StudentResult], cards: Cards = ALL) -> list[CommonFinding]:
    """Group the findings of a class by task and title, each student once a group; nothing that is expected."""
    groups: dict[tuple[str, str], list[tuple[StudentResult, Finding]]] = {}
    for student in students:
        for task in student.tasks:
            for finding in (f for f in task.findings if not f.expected):
                groups.setdefault((task.title, finding.title), []).append((student, finding))
    found = [_group(task, title, members, cards) for (task, title), members in groups.items()]
    return sorted(found, key=lambda group: -group.students.n)


def _group(task: str, title: str, members: Sequence[tuple[StudentResult, Finding]], cards: Cards) -> CommonFinding:
    links: dict[str, Link] = {student.slug: cards.of(student) for student, _ in members}
    (advice, _), *_ = Counter(finding.next_step for _, finding in members).most_common(1)
    return CommonFinding(task, title, advice, some(list(links.values())))
