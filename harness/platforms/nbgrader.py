"""nbgrader: `submitted/STUDENT/ASSIGNMENT/`, with the time of handing in in `timestamp.txt`."""

from harness.errors import SubmissionError
from harness.intake.names import clean
from harness.platforms.model import Delivery, Export, Identity, NotUnderstood
from harness.platforms.moments import Moment, iso
from harness.platforms.platform import Platform, Wanted, mostly, sole_assignment
from harness.platforms.source import Source

SUBMITTED = "submitted"
TIME = "timestamp.txt"
DEEP = 3  # student, assignment, file


def recognises(source: Source) -> bool:
    source = below(source)
    if not mostly(sum(source.tops.values()), len(source.tops)):
        return False
    paths = [path.split("/") for path in source.files]
    stamped = any(len(p) == DEEP and p[-1] == TIME for p in paths)
    return stamped and mostly(sum(len(p) >= DEEP for p in paths), len(paths))


def below(source: Source) -> Source:
    """Return the folder of what was handed in, where the whole course folder is named."""
    return source.within(SUBMITTED) if source.tops.get(SUBMITTED) else source


def read(source: Source, wanted: Wanted) -> Export:
    source = below(source)
    found: dict[tuple[str, str], list[str]] = {}
    odd = []
    for path in source.files:
        student, _, rest = path.partition("/")
        assignment, slash, _ = rest.partition("/")
        if slash:
            found.setdefault((student, assignment), []).append(path)
        else:
            odd.append(NotUnderstood(clean(path), "It lies in no folder STUDENT/ASSIGNMENT."))
    chosen = sole_assignment((assignment for _, assignment in found), wanted, "nbgrader")
    handed = tuple(delivery(source, who, chosen, paths) for (who, what), paths in found.items() if what == chosen)
    absent = sorted({student for student, _ in found} - {d.key for d in handed})
    missing = tuple(identity(student) for student in absent)
    return Export("nbgrader", handed, tuple(odd), missing, assignment=chosen)


def identity(student: str) -> Identity:
    return Identity(name=clean(student), login=student)


def delivery(source: Source, student: str, assignment: str, paths: list[str]) -> Delivery:
    start = f"{student}/{assignment}/"
    stamp = f"{start}{TIME}"
    files = tuple(source.file(p.removeprefix(start), p) for p in paths if p != stamp)
    when = stamped(source, stamp) if stamp in paths else Moment()
    return Delivery(student, (identity(student),), None, files, handed_in=when.at, local_time=when.local)


def stamped(source: Source, path: str) -> Moment:
    try:
        return iso(source.read(path, 100).decode("utf-8", "replace"))
    except (OSError, SubmissionError):
        return Moment()


NBGRADER = Platform("nbgrader", "nbgrader", recognises, read)
