"""The source of a class as it was graded: kept with the records, and checked when it is taken out again."""

from collections.abc import Mapping
from pathlib import Path

from harness.errors import ResultsError
from harness.intake.submission import Submission
from harness.records.kept_sources import keep_source, kept_source
from harness.records.store import Records
from harness.workflow.plan import StudentEntry, TaskEntry


def keep_sources(records: Records, sources: Mapping[tuple[str, str], Mapping[str, bytes]]) -> None:
    """Store what is graded, by (task, fingerprint), so that a bundle can hold it; what is there already stays."""
    for (_, fingerprint), files in sources.items():
        if fingerprint:
            keep_source(records.folder, fingerprint, files)


def sources_of(entry: StudentEntry, records: Records, out: Path) -> dict[str, bytes]:
    """Return the student's files as graded, those of all tasks together, each checked against its fingerprint."""
    files: dict[str, bytes] = {}
    for task in entry.tasks:
        if task.source:
            files |= source_of(task, records, out)
    return files


def source_of(task: TaskEntry, records: Records, out: Path) -> dict[str, bytes]:
    """Return the files that count for one task. Raises ResultsError if they are not kept, or not those graded."""
    files = kept_source(records.folder, task.source)
    if files is None:
        raise ResultsError(
            f"Expected the source of {task.task} in the records of {out}, which hold none, as when an older harness"
            " graded it; run the same `harness grade` into it again, which keeps it and trains nothing anew."
        )
    if Submission("", "", files).source_hash(task.task, ()) != task.source:
        raise ResultsError(
            f"Expected the source of {task.task} in the records of {out} as it was graded, received a changed one;"
            f" delete {task.source}.zip there and run `harness grade` again."
        )
    return files
