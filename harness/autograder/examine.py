"""One submission examined where a platform put it, by the way of `harness check`."""

from dataclasses import dataclass, replace
from pathlib import Path

from harness.autograder.settings import Settings
from harness.course.found import Course
from harness.errors import SandboxError, SubmissionError, UsageError
from harness.grading.results import StudentResult
from harness.records.models import Status
from harness.selfcheck.checks import Contract, Ending
from harness.selfcheck.session import SelfCheck, options_for, own_work, tasks_of
from harness.workflow.options import Options
from harness.workflow.protection import Protection

AGAIN = "hand it in again, and tell your instructor if it says so once more"


@dataclass(frozen=True)
class Place:
    """Where a submission lies, where the autograder's rubrics are, where records may be kept, and the course."""

    work: Path
    rubrics: Path
    records: Path
    course: Course


@dataclass(frozen=True)
class Examined:
    """What came of it. `refused` is why nothing could be checked, in the student's terms; then there is nothing else.

    `student` is None where nothing was to be trained; `card` is the page that they may see.
    """

    refused: str = ""
    contracts: tuple[Contract, ...] = ()
    student: StudentResult | None = None
    card: str = ""


def examine(settings: Settings, place: Place) -> Examined:
    """Return what a submission comes to.

    Raises SandboxError for a fault of the harness, which is no result, and UsageError where no barrier holds.
    """
    options = _options(settings, place)
    options.protection.walls(options.device)
    if refused := _refused(place.work, options):
        return Examined(refused=refused)
    with SelfCheck(place.work, options) as own:
        contracts = tuple(own.contract())
        _check_faults(contracts)
        if settings.contract:
            return Examined(contracts=contracts)
        student = own.grade()
        if student.status is Status.HARNESS_ERROR:
            raise SandboxError(f"The harness could not measure all of it, which costs nobody marks; {AGAIN}.")
        return Examined("", contracts, student, own.card(student))


def _refused(work: Path, options: Options) -> str:
    """Return why nothing can be checked of what was handed in, for the student; empty where something can."""
    try:
        tasks_of(own_work(work, options), options)
    except (UsageError, SubmissionError) as error:
        return str(error).replace(repr(str(work)), "what you handed in").replace(str(work), "what you handed in")
    return ""


def _options(settings: Settings, place: Place) -> Options:
    options = options_for(
        place.work,
        place.course,
        tasks=tuple(settings.tasks),
        profile=settings.profile,
        seeds=tuple(settings.seeds) or (1,),
        rubrics=place.rubrics if place.rubrics.is_dir() else None,
        backend=settings.backend,
        device="cpu",
        jobs=1,
    )
    return replace(options, out=place.records, protection=Protection(trusted=settings.trusted))


def _check_faults(contracts: tuple[Contract, ...]) -> None:
    if faulty := [check for contract in contracts for check in contract.ended(Ending.ERROR)]:
        raise SandboxError(f"The harness could not check all of it ({faulty[0].words}); {AGAIN}.")
