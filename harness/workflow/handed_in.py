"""Keeps what students wrote beside their code with the records, for whoever marks it by hand."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from harness.intake.names import spelled
from harness.intake.reports import read_reports
from harness.intake.submission import Submission
from harness.platforms.found import Download
from harness.platforms.reading import delivered_reports, entry_name
from harness.records.kept_sources import keep_reports, kept_reports
from harness.records.store import Records


def keep_all_reports(at: Path | Download, handed_in: Sequence[Submission], records: Records) -> None:
    """Store the reports of every submission, by slug; what was there of an earlier hand-in goes."""
    reports = of_download(at) if isinstance(at, Download) else of_folder(at)
    for submission in handed_in:
        read = reports.get(submission.entry)
        keep_reports(records.folder, submission.slug, read() if read else {})


Reports = Mapping[str, Callable[[], dict[str, bytes]]]


def of_folder(at: Path) -> Reports:
    places = entries_at(at.expanduser().resolve())
    return {name: partial(read_reports, place) for name, place in places.items()}


def of_download(at: Download) -> Reports:
    beside = {as_entry(place.name): partial(read_reports, place) for place in at.beside}
    return {**beside, **{entry_name(at, d): partial(delivered_reports, d, at.source) for d in at.export.deliveries}}


def entries_at(path: Path) -> Mapping[str, Path]:
    """Return what lies at a path by the names that submissions give their files: itself, and what is in it."""
    inside = list(path.iterdir()) if path.is_dir() else []
    return {as_entry(place.name): place for place in (*inside, path)}


def as_entry(name: str) -> str:
    """Return the name of a file or folder as a submission's `entry` has it."""
    return spelled(name).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def reports_of(slug: str, records: Records) -> dict[str, bytes]:
    """Return what a student wrote beside the code, by path."""
    return kept_reports(records.folder, slug)
