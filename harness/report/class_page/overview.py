"""A class arranged for its page: what stands on top, and the parts that `harness.report.class_page` makes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from harness.grading.people import people
from harness.grading.results import ClassResult
from harness.grading.scale import percentage
from harness.records.models import Status
from harness.report.class_page.common_findings import CommonFinding, common_findings
from harness.report.class_page.cost import Cost, cost
from harness.report.class_page.criteria_table import CriteriaTable, criteria_table
from harness.report.class_page.extra_seeds import ExtraSeeds, extra_seeds
from harness.report.class_page.faults_table import FaultGroup, HasLog, fault_groups, no_logs
from harness.report.class_page.progress import ClassProgress, Live, progress
from harness.report.class_page.rows import StudentRow, reference_row, student_row
from harness.report.class_page.scatter import Scatters, scatters
from harness.report.class_page.source_remarks import SourceRemarks, source_remarks
from harness.report.class_page.spread import Spread, class_spread, parts, task_spreads
from harness.report.words.links import ALL, Cards
from harness.report.words.machines import is_mixed
from harness.report.words.marks import Outcome, counts_text
from harness.report.words.moments import date, duration
from harness.report.words.phrase import Phrase, plural
from harness.report.words.text import percent


@dataclass(frozen=True)
class Notice:
    """One sentence on what needs attention, and where on the page it is told in full."""

    text: Phrase
    href: str


@dataclass(frozen=True)
class Overview:
    """`tasks` are titles, in the order of the cells of a row; `all_outcomes` those of students and cells."""

    title: str
    created: str
    facts: list[tuple[str, str]]
    notices: list[Notice]
    progress: ClassProgress | None
    tasks: list[str]
    rows: list[StudentRow]
    reference: StudentRow | None
    counts: str
    has_grades: bool
    all_outcomes: list[Outcome]
    by_hand: float
    spread: Spread
    task_spreads: list[Spread]
    criteria: CriteriaTable
    scatters: Scatters
    findings: list[CommonFinding]
    sources: list[SourceRemarks]
    faults: list[FaultGroup]
    extra: ExtraSeeds
    cost: Cost


def overview(
    result: ClassResult,
    expected: int | None = None,
    *,
    live: Live | None = None,
    has_log: HasLog = no_logs,
    price_per_cpu_hour: float | None = None,
    currency: str | None = None,
) -> Overview:
    """Arrange a class. `expected` is how many submissions there are in all, if more than in the result.

    `live` says that grading goes on; `has_log` whether the step of a record left a log beside the page. With a
    `price_per_cpu_hour` in `currency`, costs are told in money too.
    """
    everybody = people(result)
    titles = {task.task: task.title for student in result.students for task in student.tasks}
    titles |= {absent.task: absent.title for student in result.missing for absent in student.absent}
    names = list(titles)
    cards, mixed = Cards(live.cards) if live else ALL, is_mixed(result)
    listed = [student_row(student, names, cards, mixed=mixed) for student in everybody]
    rows = [row for row, student in zip(listed, everybody, strict=True) if student not in result.missing]
    criteria = criteria_table(result.students)
    findings = common_findings(result.students, cards)
    return Overview(
        title=result.title,
        created=date(result.created),
        facts=_facts(result, rows),
        notices=_notices(result, rows, criteria, findings),
        progress=progress(result, rows, expected, live),
        tasks=list(titles.values()),
        rows=listed,
        reference=reference_row(result.reference, names, there=live is None, mixed=mixed) if result.reference else None,
        counts=counts_text(result),
        has_grades=bool(result.scale.grades),
        all_outcomes=[part.outcome for part in parts(outcome for row in listed for outcome in row.outcomes)],
        by_hand=sum(row.by_hand for row in rows),
        spread=class_spread(result.title, rows),
        task_spreads=task_spreads(list(titles.values()), rows),
        criteria=criteria,
        scatters=scatters(result.students, cards),
        findings=findings,
        sources=source_remarks(result.students, cards),
        faults=fault_groups(result.students, has_log, cards),
        extra=extra_seeds(result.students, cards),
        cost=cost(result, cards, price_per_cpu_hour=price_per_cpu_hour, currency=currency),
    )


def _facts(result: ClassResult, rows: Sequence[StudentRow]) -> list[tuple[str, str]]:
    shares = [share for row in rows if (share := row.mark.share) is not None]
    return [
        (Phrase("Students"), f"{len(rows):,}"),
        (Phrase("Mean mark"), percent(fmean(shares) if shares else None)),
        (Phrase("Median mark"), percent(median(shares) if shares else None)),
        *_passing(result, rows),
        (Phrase("Every target reached"), f"{sum(row.reached_all for row in rows):,}"),
        (Phrase("Student errors"), f"{sum(row.status is Status.STUDENT_ERROR for row in rows):,}"),
        (Phrase("Profile"), result.profile),
        (Phrase("Seeds"), ", ".join(map(str, result.seeds)) or "–"),
        (Phrase("Extra trainings"), f"{result.extra_trainings:,}"),
        (Phrase("Time"), duration(result.seconds)),
    ]


def _passing(result: ClassResult, rows: Sequence[StudentRow]) -> list[tuple[str, str]]:
    """Return how many passed, by which mark, and how many got each grade."""
    mark = percentage(result.scale.pass_mark)
    facts: list[tuple[str, str]] = [
        (Phrase("Passed, from %(mark)s", mark=mark), f"{sum(row.passed is True for row in rows):,}"),
        (Phrase("Not passed"), f"{sum(row.passed is False for row in rows):,}"),
    ]
    if n := sum(row.passed is None for row in rows):
        facts.append((Phrase("Open"), f"{n:,}"))
    counts = Counter(row.grade for row in rows)
    facts += [
        (Phrase("%(grade)s, from %(share)s", grade=grade, share=percentage(share)), f"{counts[grade]:,}")
        for grade, share in result.scale.grades.items()
    ]
    return facts


def _notices(
    result: ClassResult, rows: Sequence[StudentRow], criteria: CriteriaTable, findings: Sequence[CommonFinding]
) -> list[Notice]:
    """Return what an instructor should look at, the most urgent first."""
    found = [Notice(Phrase("%(said)s", said=said), "#students") for said in (*result.readable, *result.remarks)]
    if n := len(result.missing):
        words = plural(n, "%(n)s student handed nothing in.", "%(n)s students handed nothing in.")
        found.append(Notice(words, "#students"))
    if n := sum(row.status is Status.HARNESS_ERROR for row in rows):
        words = plural(
            n,
            "%(n)s submission met a fault of the harness: no marks lost; grade again.",
            "%(n)s submissions met a fault of the harness: no marks lost; grade again.",
        )
        found.append(Notice(words, "#faults"))
    if n := sum(row.status is Status.STUDENT_ERROR for row in rows):
        words = plural(
            n,
            "%(n)s submission stopped with an error of the student.",
            "%(n)s submissions stopped with an error of the student.",
        )
        found.append(Notice(words, "#faults"))
    if n := sum(bool(row.by_hand) for row in rows):
        words = plural(
            n,
            "%(n)s submission still to be marked by hand in part.",
            "%(n)s submissions still to be marked by hand in part.",
        )
        found.append(Notice(words, "#students"))
    if n := sum(bool(student.remarks) for student in result.students):
        words = plural(n, "%(n)s source to look at.", "%(n)s sources to look at.")
        found.append(Notice(words, "#sources"))
    if n := result.in_doubt():
        words = plural(
            n,
            "%(n)s criterion is in doubt: more seeds would decide.",
            "%(n)s criteria are in doubt: more seeds would decide.",
        )
        found.append(Notice(words, "#extra"))
    found += [Notice(note, "#criteria") for note in criteria.striking]
    if findings and findings[0].students.n > 1:
        first = findings[0]
        words = Phrase(
            "Most common finding: %(title)s (%(task)s), %(n)s students.",
            title=first.title,
            task=first.task,
            n=first.students.n,
        )
        found.append(Notice(words, "#findings"))
    return found
