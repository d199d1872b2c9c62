"""What the pytest plugin asks: which tests a folder has, and how each ended. Nothing trains before the first answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from harness.course import found
from harness.course.found import named_course
from harness.errors import UsageError
from harness.grading.results import StudentResult
from harness.records.models import Status
from harness.report.files import write_if_changed
from harness.report.words.text import clean
from harness.selfcheck.checks import Contract, Ending, planned
from harness.selfcheck.run import check_report
from harness.selfcheck.session import SelfCheck, options_for
from harness.selfcheck.words import Told, check_failure, failure, time_spent, told
from harness.workflow.seeding import parse_seeds


@dataclass(frozen=True)
class Wanted:
    """What pytest was asked for, and where; `report` is where to write the card, if anywhere."""

    folder: Path
    tasks: tuple[str, ...] = ()
    profile: str = ""
    seeds: str = "1"
    rubrics: Path | None = None
    course: Path | None = None
    here: Path = Path()
    report: Path | None = None


@dataclass(frozen=True)
class TaskTests:
    """The tests of a task by id: checks before training, and visible criteria that the harness marks."""

    name: str
    checks: list[str]
    criteria: list[str]


@dataclass(frozen=True)
class Result:
    """How one test ended. `words` are lines; `notes` are told once at the end of the run."""

    passed: bool
    skipped: bool = False
    words: str = ""
    properties: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Fault(UsageError):
    """A fault of the harness that a test met: pytest shows it as an error and not as a failure."""


class Tests:
    """The self-check of one folder in one process of pytest."""

    def __init__(self, wanted: Wanted, say: Callable[[str], None]) -> None:
        """Read the submission and its rubrics. Raises UsageError for a wrong name, path or setting."""
        check_report(wanted.report)
        self._report, self._say = wanted.report, say
        course = found.find_course(wanted.course or named_course(), wanted.here.absolute())
        options = options_for(
            wanted.folder,
            course,
            tasks=wanted.tasks,
            profile=wanted.profile,
            seeds=parse_seeds(wanted.seeds),
            rubrics=wanted.rubrics,
        )
        self.own = SelfCheck(wanted.folder, options)

    def close(self) -> None:
        self.own.close()

    def tasks(self) -> Iterator[TaskTests]:
        """Yield the tests of each task; nothing is run for that."""
        profile = self.own.options.profile
        for name, task in self.own.tasks.items():
            visible = [c for c in self.own.rubrics[name].criteria if not c.hidden and not c.manual]
            yield TaskTests(
                name=name,
                checks=[check.id for check in planned(task)],
                criteria=[c.id for c in visible if c.band(profile) is not None],
            )

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        self._say("harness: checking the contract, in seconds …")
        found = self.own.contract()
        self._say(f"harness: contract checked: {time_spent(found)}")
        return {contract.task: contract for contract in found}

    @cached_property
    def student(self) -> StudentResult:
        _ = self.contracts  # what is wrong there is said first, in every order of tests
        self._say("harness: training, about a minute a task unless it is recorded …")
        student = self.own.grade()
        if self._report:
            write_if_changed(self._report, self.own.card(student))
        return student

    def check(self, task: str, name: str) -> Result:
        """Return how a check before training ended. Raises Fault for a fault of the harness."""
        check = self.contracts[task].check(name)
        if check.ending is Ending.ERROR:
            raise Fault(check.words)
        notes = [clean(note) for note in self.own.submission.notes]
        if check.ending is Ending.SKIPPED:
            return Result(passed=False, skipped=True, words=check.words, notes=notes)
        passed = check.ending is Ending.PASSED
        return Result(passed, words="" if passed else "\n".join(check_failure(check)), notes=notes)

    def criterion(self, task: str, name: str) -> Result:
        """Return how a criterion ended; trains on the first question. Raises Fault for a fault of the harness."""
        told_task = next(t for t in told(self.student) if t.task == task)
        one = next(c for c in told_task.criteria if c.id == name)
        if one.status is Status.HARNESS_ERROR:
            raise Fault(one.reason)
        notes = [f"{told_task.title}: {told_task.mark}. {told_task.hidden}".strip()]
        notes += [f"Report card: {self._report}"] if self._report else []
        return Result(
            passed=one.status is Status.PASSED,
            skipped=one.undecided,
            words=one.reason if one.undecided else "\n".join(failure(one)),
            properties=properties(one),
            notes=notes,
        )


def properties(one: Told) -> list[tuple[str, str]]:
    """Return what goes beside a test into JUnit's XML."""
    wanted = ("measure", "measured", "target", "seeds")
    return [("points", one.points), *((label, text) for label, text in one.lines if label in wanted)]
