"""Hands cards out: a folder with one card per student, under names that tell nothing and cannot be guessed."""

import csv
import getpass
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.grading.by_hand import class_by_hand
from harness.grading.people import people
from harness.grading.readiness import obstacles
from harness.grading.results import ClassResult, StudentResult
from harness.records.files import writing
from harness.records.publications import Publication
from harness.report.files import write_if_changed
from harness.report.grades import BOM, cell
from harness.workflow.bundle import without_paths
from harness.workflow.class_key import kept_key
from harness.workflow.graded_class import GradedClass

FOLDER, LIST = "published", "published.csv"
COLUMNS = ("student", "slug", "file")
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # of file managers
CARD = re.compile(r"\.?([0-9a-f]{32})\.html(?:\.[0-9a-f]+\.tmp)?")  # or what an interrupted publication left of one


@dataclass(frozen=True)
class HandedOut:
    """Cards as handed out. `files` is the card of each slug; `listing` tells the instructor the same, in a file.

    `warnings` are what spoke against it, `removed` how many cards of an earlier publication were taken out.
    """

    folder: Path
    listing: Path
    files: Mapping[str, str]
    warnings: Sequence[str]
    publication: Publication
    removed: int = 0


def publish(
    graded: GradedClass,
    folder: Path | None = None,
    *,
    grader: str,
    reveal: bool = False,
    force: bool = False,
    with_key: bool = False,
) -> HandedOut:
    """Write a card per student to `folder`, by default `published` in the result folder.

    Hidden criteria stay out unless `reveal`. `published.csv` in the result folder says which card is whose; a student's
    card has the same name every time. `with_key` lets every appeal bundle from now on hold the key of the class. Raises
    UsageError, before anything is written, if marks are still open, unless `force`, or if `folder` holds anything else,
    or if there is no key to give out, or if the tasks are those of another course.
    """
    to = (folder or graded.out / FOLDER).expanduser()
    last = graded.marks.last()
    decided = graded.marks.newest()
    result = class_by_hand(graded.results(), decided)
    graded.check_course(result)
    warnings = [o.named for o in obstacles(result, decided)]
    if warnings and not force:
        raise UsageError(not_ready(warnings))
    check_folder(to, graded)
    check_key(graded, with_key)
    files = file_names(graded, result)
    students = people(result, missing=False)
    for student in students:
        shown = without_paths(student, graded.out)
        write_if_changed(to / files[student.slug], graded.card(result, shown, revealed=reveal))
    removed = remove_others(to, set(files.values()))
    list_to = graded.out / LIST if graded.writable else to.with_name(f"{to.name}.csv")
    write_if_changed(list_to, BOM + listing(students, files))
    told = graded.publications.add(
        grader=grader, folder=to.resolve(), cards=len(files), revealed=reveal, last_mark=last, with_key=with_key
    )
    return HandedOut(to, list_to, files, warnings, told, removed)


def login() -> str:
    """Return the name of who runs this, as the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def not_ready(warnings: Sequence[str]) -> str:
    return f"Expected a class that is ready to be handed out, but {'; '.join(warnings)}; mend that, or add --force."


def check_folder(folder: Path, graded: GradedClass) -> None:
    """Refuse a folder that would be handed out with more in it than cards of this class.

    Raises UsageError for the result folder itself, one around it, and one with files that are no cards of it.
    """
    inside = graded.out.resolve()
    if folder.resolve() in (inside, *inside.parents):
        raise UsageError(
            f"Expected a folder for nothing but cards, received {folder}, which holds the results; name another."
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"Expected a folder for the cards, received {folder}, which is a file; name another.")
    known = graded.publications.known()
    if not graded.writable:  # then no list is kept of those that were drawn
        known |= {name.removesuffix(".html") for name in file_names(graded, graded.results()).values()}
    for path in sorted(folder.glob("*")):
        found = CARD.fullmatch(path.name)
        if path.name not in LITTER and not (found and found[1] in known and path.is_file()):
            raise UsageError(
                f"Expected an empty folder, or one published from this class before, received {folder}, which holds"
                f" {path.name!r}; empty it or name another."
            )


def check_key(graded: GradedClass, with_key: bool) -> None:
    """Raise UsageError if a key is to be given out that a class does not have, or where that cannot be noted."""
    if with_key and kept_key(graded.out) is None:
        raise UsageError("Expected a class with a key, received one that was graded without; leave --with-key out.")
    if with_key and not graded.writable:
        raise UsageError(
            f"Expected a result folder in which it can be noted that the key is out, received {graded.out}, which"
            " cannot be written; leave --with-key out."
        )


def file_names(graded: GradedClass, result: ClassResult) -> dict[str, str]:
    """Return the name of each student's card by slug."""
    students = people(result, missing=False)
    tokens = graded.publications.tokens((s.slug, s.name) for s in students)
    return {s.slug: f"{token}.html" for s, token in zip(students, tokens, strict=True)}


def remove_others(folder: Path, names: set[str]) -> int:
    """Delete cards of an earlier publication whose students have left the class; return how many."""
    removed = 0
    with writing(folder):
        for path in folder.glob("*"):
            if path.name not in names and CARD.fullmatch(path.name):
                removed += path.suffix == ".html" and not path.name.startswith(".")
                path.unlink(missing_ok=True)
    return removed


def listing(students: Sequence[StudentResult], files: Mapping[str, str]) -> str:
    """Return which card is whose, as CSV; formulas in names are defused."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    writer.writerows([cell(student.name), student.slug, files[student.slug]] for student in students)
    return buffer.getvalue()
