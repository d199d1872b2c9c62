"""The rules of a class: class.yaml found, read, applied to a plan, and remembered in the result folder."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import Field, ValidationError

from harness.errors import ClassError
from harness.files import atomic
from harness.grading.people import Rules
from harness.grading.rubric_file import Document
from harness.grading.rubric_model import Rubric
from harness.intake.gather import is_one_work
from harness.intake.submission import Submission
from harness.platforms.kept import Kept, load
from harness.platforms.model import Delivery, Identity
from harness.records.files import writing
from harness.records.models import Frozen
from harness.records.roster import people_of
from harness.roster.behind import Behind, Handed, Listing, listing_of, who_is_behind
from harness.roster.class_file import NAME, ClassFile, read_class_file
from harness.roster.class_list import Listed, read_class_list
from harness.roster.dates import Understood, understood
from harness.roster.hand_in_times import HandedInAt, read_times
from harness.roster.rules import Came, Graded, Known, rules_of
from harness.task import Task
from harness.workflow.plan import ClassPlan, StudentEntry

FILE = "class.json"
NEARLY = ("class.yml", "Class.yaml")


@dataclass(frozen=True)
class AskedRules:
    """Which class.yaml to mark by, where it is not found by itself, and a CSV file with times of handing in.

    With `file_times` what has no other time was handed in when its newest file was changed.
    """

    file: Path | None = None
    handed_in: Path | None = None
    file_times: bool = False


FOUND_RULES = AskedRules()


class Remembered(Frozen):
    """What a result folder keeps: where class.yaml is, as seen from it, and the times that it was given.

    `file_times` are by what the files came in.
    """

    file: str = ""
    times: list[HandedInAt] = Field(default_factory=list)
    file_times: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class ClassRules:
    """What is known of a class beside what was measured; `document` is None where there is no class.yaml.

    `tasks` are the names of all tasks there are. `fresh`: the times are of a file that is named now, and
    everybody whose they could be is known.
    """

    tasks: tuple[str, ...] = ()
    path: Path | None = None
    says: ClassFile = field(default_factory=ClassFile)
    document: Document | None = None
    class_list: Sequence[Listed] | None = None
    times: Sequence[HandedInAt] = ()
    given_times: Sequence[HandedInAt] = ()
    fresh: bool = False
    file_times: Mapping[str, str] = field(default_factory=dict)

    def check(self, submissions: Sequence[Submission], deliveries: Mapping[str, Delivery]) -> list[Identity] | None:
        """Return who on the class list is not among those who handed in; None where there is no list.

        Raises ClassError for what cannot be understood of these submissions, before anything is made of them.
        """
        rules = self._rules(self._handed(submissions, deliveries), Kept(), {})
        return None if self.class_list is None else [Identity(name=m.name, **m.ids) for m in rules.missing]

    def behind(self, submissions: Sequence[Submission], deliveries: Mapping[str, Delivery]) -> Behind:
        """Return who is behind these submissions by class.yaml, with remarks on all of it; nobody without the file.

        Raises ClassError as `check`.
        """
        if self.document is None:
            return Behind({})
        handed = self._handed(submissions, deliveries)
        listing = listing_of(self.class_list, handed, (), self.says)
        found = who_is_behind(handed, listing, self.says, self.document)
        return replace(found, remarks=[*found.remarks, *self._understood(listing).remarks])

    def _handed(self, submissions: Sequence[Submission], deliveries: Mapping[str, Delivery]) -> list[Handed]:
        return [
            Handed(s.slug, s.name, (s.entry,), _owners(deliveries.get(s.entry)), s.tasks(self.tasks))
            for s in submissions
        ]

    def of(self, plan: ClassPlan, rubrics: Mapping[str, Rubric], tasks: Mapping[str, Task], out: Path) -> Rules:
        """Return the rules as they apply to a class graded into `out`. Raises ClassError as `check`."""
        kept, entries = load(out), dict[str, list[str]]()
        for known in people_of(out):
            entries.setdefault(known.slug, []).append(known.entry)
        handed = [handed_of(s, tuple(entries.get(s.slug, ())), kept) for s in plan.students]
        graded = {t: Graded(rubrics[t].title or tasks[t].title, rubrics[t].total(plan.profile)) for t in plan.tasks}
        return self._rules(handed, kept, graded)

    def _rules(self, handed: Sequence[Handed], kept: Kept, graded: Mapping[str, Graded]) -> Rules:
        listing = listing_of(self.class_list, handed, kept.missing, self.says)
        behind = who_is_behind(handed, listing, self.says, self.document)
        known = Known(handed, behind, listing.people, graded, self._came(handed, kept), self.times, self.fresh)
        return rules_of(known, self._understood(listing), given=self.document is not None)

    def _came(self, handed: Sequence[Handed], kept: Kept) -> dict[tuple[str, str], Came]:
        """Return when each task of a submission came: as the platform says, else as its files do, if that was asked."""
        changed = {(one.slug, task): Came(at) for one in handed if (at := self._changed(one)) for task in one.tasks}
        said = {(d.slug, task): d.delivery for d in kept.deliveries for task in d.tasks}
        told = {key: Came(d.handed_in or d.local_time, d.late) for key, d in said.items()}
        return {**changed, **{key: came for key, came in told.items() if came != Came()}}

    def _changed(self, one: Handed) -> datetime | None:
        """Return when the files of a submission were changed, where that was asked for."""
        times = [datetime.fromisoformat(t) for entry in one.entries if (t := self.file_times.get(entry))]
        return max(times, default=None)

    def _understood(self, listing: Listing) -> Understood:
        return understood(self.says, self.document, listing, self.tasks) if self.document else Understood(self.says)

    def remember(self, out: Path) -> None:
        """Keep in a result folder which class.yaml it was marked by, and the times that it was given."""
        if self.path is None and not self.given_times and not self.file_times:
            return
        where = Path(os.path.relpath(self.path.resolve(), out.resolve())).as_posix() if self.path else ""
        kept = Remembered(file=where, times=list(self.given_times), file_times=dict(self.file_times))
        with writing(out), atomic(out / FILE) as file:
            file.write((kept.model_dump_json(indent=2) + "\n").encode("utf-8"))


def _owners(delivery: Delivery | None) -> tuple[Identity, ...]:
    return delivery.owners if delivery else ()


def handed_of(student: StudentEntry, entries: tuple[str, ...], kept: Kept) -> Handed:
    """Return a submission of a plan as a class sees it."""
    return Handed(
        slug=student.slug,
        name=student.name,
        entries=entries,
        owners=kept.owners_of(student.slug),
        tasks=tuple(entry.task for entry in student.tasks),
        empty=frozenset(entry.task for entry in student.tasks if not entry.source),
        unread=student.fault is not None,
    )


def class_rules(
    asked: AskedRules, out: Path, tasks: Iterable[str], *, course: Path | None, submissions: Path | None = None
) -> ClassRules:
    """Return the rules of a class: of the file asked for, beside the submissions, of last time, or of the course.

    Raises ClassError for a file that is not there or makes no sense, and for one that has gone since.
    """
    names, before = tuple(tasks), remembered(out)
    given = read_times(asked.handed_in, names) if asked.handed_in else before.times
    path = _named(asked.file) if asked.file else _beside(submissions, names) or _last(before, out)
    path = path or (course / NAME if course and (course / NAME).is_file() else None)
    rules = ClassRules(tasks=names, path=path, times=given, given_times=given, file_times=before.file_times)
    rules = rules if path is None else _read(rules, path)
    now, everybody = bool(asked.handed_in) or not given, submissions is None or rules.class_list is not None
    return replace(rules, fresh=now and everybody)


def _read(rules: ClassRules, path: Path) -> ClassRules:
    says, document = read_class_file(path)
    class_list = read_class_list(path.parent / says.list_file, says.list_columns) if says.list_file else None
    times = rules.given_times or (read_times(path.parent / says.handed_in, rules.tasks) if says.handed_in else ())
    return replace(rules, says=says, document=document, class_list=class_list, times=times)


def _beside(submissions: Path | None, tasks: Iterable[str]) -> Path | None:
    """Return the class.yaml of these submissions; raises ClassError for one of nearly that name, which nobody reads."""
    places = places_of(submissions, tasks) if submissions else []
    found = next((place for place in places if place.is_file()), None)
    nearly = [place.with_name(name) for place in places for name in NEARLY]
    wrong = next((place for place in nearly if place.is_file()), None)
    if found is None and wrong is not None:
        raise ClassError(f"Expected the rules of the class in a file {NAME!r}, found '{wrong}'; rename it.")
    return found


def places_of(submissions: Path, tasks: Iterable[str]) -> list[Path]:
    """Return where class.yaml of these submissions may lie: among them and beside, but never in a student's work."""
    path, known = submissions.expanduser().resolve(), tuple(tasks)
    folders = [path, path.parent] if path.is_dir() else [path.parent]
    return [folder / NAME for folder in folders if not is_one_work(folder, known)]


def remembered(out: Path) -> Remembered:
    """Return what a result folder keeps; nothing where it keeps none."""
    path = out / FILE
    if not path.is_file():
        return Remembered()
    try:
        return Remembered.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise ClassError(
            f"Expected in {path} by which class.yaml it is marked, received damage; name it with --class."
        ) from None


def _named(path: Path) -> Path:
    found = path.expanduser()
    found = found / NAME if found.is_dir() else found
    if not found.is_file():
        raise ClassError(f"Expected a {NAME} at '{path}', found none; check the path.")
    return found


def _last(before: Remembered, out: Path) -> Path | None:
    if not before.file:
        return None
    path = (out.resolve() / before.file).resolve()
    if not path.is_file():
        raise ClassError(
            f"Expected the {NAME} by which '{out}' was marked at '{path}', found none; if it has moved, name it with"
            " --class FILE."
        )
    return path
