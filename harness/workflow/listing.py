"""Who handed in what, who did not, and what was not understood: all that can be told before anything runs."""

from collections.abc import Sequence
from datetime import datetime

from harness.intake.names import clean
from harness.intake.submission import Submission
from harness.platforms.model import Delivery, Identity, NotUnderstood
from harness.records.models import Frozen
from harness.roster.behind import Behind
from harness.roster.class_list import Listed
from harness.workflow.downloads import ReadClass


class Handed(Frozen):
    """One submission. `handed_in` has a zone, `local_time` has none; `late` is what the platform says, if anything.

    `fault` says why the submission cannot be used; `notes` are those of its card.
    """

    name: str
    known_as: str
    people: tuple[Identity, ...]
    group: str | None
    tasks: tuple[str, ...]
    files: tuple[str, ...]
    handed_in: datetime | None
    local_time: datetime | None
    late: bool | None
    attempt: int | None
    notes: tuple[str, ...]
    fault: str | None


class Listing(Frozen):
    """A class before it is graded. `platform` is None for a folder of submissions.

    `missing` are people who are known to have handed in nothing; None where nothing says who is in the class. `remarks`
    say what the rules of the class leave open about these submissions.
    """

    platform: str | None
    assignment: str | None
    handed_in: tuple[Handed, ...]
    missing: tuple[Identity, ...] | None
    not_understood: tuple[NotUnderstood, ...]
    remarks: tuple[str, ...] = ()


def listing(
    read: ReadClass, known: Sequence[str], missing: Sequence[Identity] | None = None, behind: Behind | None = None
) -> Listing:
    """Return what was handed in; `missing` are those of a class list who are not among them, where there is one.

    `behind` says who is behind each submission by the rules of the class.
    """
    behind = behind or Behind({})
    deliveries = read.deliveries
    said = read.download.export if read.download else None
    named = said.missing if said else ()
    absent = tuple(missing) if missing is not None else named or None
    return Listing(
        platform=said.platform if said else None,
        assignment=said.assignment if said else None,
        handed_in=tuple(handed(s, deliveries.get(s.entry), known, people_of(s, behind)) for s in read.submissions),
        missing=absent,
        not_understood=said.not_understood if said else (),
        remarks=tuple(behind.remarks),
    )


def people_of(submission: Submission, behind: Behind) -> list[Listed]:
    """Return who is behind a submission, as a class list or class.yaml names them; nobody where its own name does."""
    people = behind.of.get(submission.slug, ())
    return [who for who in people if who.line or submission.slug in behind.groups]


def handed(
    submission: Submission, delivery: Delivery | None, known: Sequence[str], people: Sequence[Listed] = ()
) -> Handed:
    """Return a submission as it is listed; `people` are those of the class who are behind it, where that is known."""
    files = [file.path for file in delivery.files] if delivery else [*submission.files]
    return Handed(
        name="; ".join(who.name for who in people) or submission.name,
        known_as=clean(submission.entry),
        people=tuple(who.identity for who in people) or (delivery.owners if delivery else ()),
        group=delivery.group if delivery else None,
        tasks=submission.tasks(known),
        files=tuple(clean(path, 200) for path in files),
        handed_in=delivery.handed_in if delivery else None,
        local_time=delivery.local_time if delivery else None,
        late=delivery.late if delivery else None,
        attempt=delivery.attempt if delivery else None,
        notes=submission.notes,
        fault=submission.fault.message if submission.fault else None,
    )
