"""A class as its instructor has it, a folder or a learning platform's download, and what of that is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.errors import ResultsError, UsageError
from harness.intake.exports import Exports
from harness.intake.gather import gather, gathered
from harness.intake.names import some
from harness.intake.reading import Asked
from harness.intake.submission import Submission
from harness.platforms.found import ZIP, Download, find_download
from harness.platforms.kept import FILE, Kept, KeptDelivery, joined, load, save
from harness.platforms.model import Delivery, Identity
from harness.platforms.platform import Told, Wanted
from harness.platforms.reading import entries, entry_name
from harness.platforms.worksheet import with_worksheet
from harness.workflow.machine import cores
from harness.workflow.options import Options
from harness.workflow.place import Tell


@dataclass(frozen=True)
class ReadClass:
    """Submissions, and the download that they came in; None for a folder of submissions, or a single one.

    `from_zip` says that this one was a zip, which might have been a download.
    """

    submissions: Sequence[Submission]
    download: Download | None = None
    from_zip: bool = False

    @property
    def deliveries(self) -> dict[str, Delivery]:
        """What a platform says of each submission, by the name that it is known by."""
        if self.download is None:
            return {}
        return {entry_name(self.download, d): d for d in self.download.export.deliveries}

    def told(self, known: Sequence[str]) -> list[str]:
        """Return in sentences what a download was taken for; nothing for a folder of submissions."""
        if self.download is None:
            alone = "The zip is read as the work of one student; it is not taken for the download of a platform."
            return [alone] if self.from_zip else []
        said, left = self.download.export, self.download.export.not_understood
        of = f" of {said.assignment}" if said.assignment else ""
        n = len(self.submissions)
        counts = tasks_in(self.submissions, known)
        tasks = ", ".join(f"{task} {count:,}" for task, count in counts.items()) or "no file is named after a task"
        sentences = [f"{self.download.platform.title} download{of}: {n:,} handed in ({tasks})."]
        if beside := self.download.beside:
            lie = "lies" if len(beside) == 1 else "lie"
            sentences.append(
                f"{len(beside):,} of them {lie} beside it, as in a folder: {some([p.name for p in beside])}."
            )
        if left:
            what = f"{len(left):,} things in it are" if len(left) > 1 else "1 thing in it is"
            sentences.append(f"{what} nobody's as far as can be told: {some([x.name for x in left])}; --list says why.")
        return sentences


@dataclass(frozen=True)
class HowToRead:
    """The tasks there are and those asked for, what each asks for, and what is said of the download, if it is one."""

    known: tuple[str, ...]
    asked: tuple[str, ...] = ()
    exports: Mapping[str, Exports] = field(default_factory=dict)
    told: Told = field(default_factory=Told)


def read_class(path: Path, how: HowToRead) -> ReadClass:
    """Return what lies at a path; runs nothing. Raises UsageError as `find_download`, `with_worksheet` and `gather`."""
    download = find_download(path, Wanted(how.known, how.asked, how.told.assignment), how.told.platform)
    if how.told.worksheet:
        download = with_its_worksheet(download, how.told.worksheet)
    if download is None:
        found = gather(path, how.known, exports=how.exports, processes=cores())
        return ReadClass(found, from_zip=path.suffix.lower() == ZIP and path.is_file())
    return ReadClass(gathered(entries(download), Asked(how.known, how.exports), cores()), download)


def with_its_worksheet(download: Download | None, worksheet: Path) -> Download:
    if download is None:
        raise UsageError("Expected a worksheet with a download of Moodle, received one with a folder of submissions.")
    return replace(download, export=with_worksheet(download.export, worksheet))


def tasks_in(submissions: Sequence[Submission], known: Sequence[str]) -> dict[str, int]:
    """Return how many handed in for each task that anybody did."""
    found = [s.tasks(known) for s in submissions]
    return {task: n for task in known if (n := sum(task in tasks for tasks in found))}


def keep_deliveries(read: ReadClass, handed_in: Sequence[Submission], options: Options, tell: Tell) -> None:
    """Keep beside the results who handed in what and when; `handed_in` are the submissions under their slugs.

    Of a folder of submissions nothing is kept but that it took the place of what had come before.
    """
    out, tasks = options.out, options.tasks or tuple(options.registry)
    before = kept_before(out, tell)
    if options.replace:
        here = {s.slug for s in handed_in}
        before = before.model_copy(update={"deliveries": tuple(d for d in before.deliveries if d.slug in here)})
    if read.download is None and not before.deliveries:
        return
    platform = read.download.platform.name if read.download else ""
    missing = read.download.export.missing if read.download else before.missing
    deliveries = read.deliveries
    now = [
        KeptDelivery(
            slug=s.slug,
            platform=platform if s.entry in deliveries else "",
            tasks=s.tasks(tasks),
            delivery=deliveries.get(s.entry) or by_folder(s, before.owners_of(s.slug)),
        )
        for s in handed_in
    ]
    save(out, joined(before, now, missing))


def by_folder(submission: Submission, owners: tuple[Identity, ...]) -> Delivery:
    """Return what is known of a submission that came in no download: who it is, and not when it came."""
    return Delivery(submission.entry, owners or (Identity(name=submission.name),), None, ())


def kept_before(out: Path, tell: Tell) -> Kept:
    try:
        return load(out)
    except ResultsError:
        tell(
            f"{out / FILE} was damaged and is written anew: grade the downloads of other tasks again, or when they were"
            " handed in stays unknown."
        )
        return Kept()
