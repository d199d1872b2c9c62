"""What a student handed in, for whoever marks it: the source as it was graded, and reports beside it."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from flask import Response, abort

from harness.errors import ResultsError
from harness.grading.by_hand import source_of
from harness.grading.results import StudentResult
from harness.records.kept_sources import kept_source
from harness.serve.headers import NOTHING
from harness.serve.reading import Reading
from harness.serve.room import Room
from harness.workflow.handed_in import reports_of

LONGEST = 300_000  # characters of one file on the page
TEXTS = {".md", ".markdown", ".txt", ".rst", ".tex"}


@dataclass(frozen=True)
class Shown:
    """One file. `text` is None where it is to be opened by another program; `number` is its place among the reports."""

    name: str
    text: str | None
    number: int = 0
    cut: bool = False


class Work:
    """Views of what was handed in. All of it is the student's: shown as text, or handed over as a file, never run."""

    def __init__(self, room: Room, reading: Reading) -> None:
        self.room, self.reading = room, reading

    def show(self, slug: str) -> Response:
        student, sight = self.reading.find(slug), self.reading.sight()
        return self.room.page(
            "work.html",
            bar=self.room.bar(sight),
            sight=sight,
            student=student,
            tasks=[(task.title, self._sources(source_of(student, task))) for task in student.tasks],
            reports=[_report(i, name, data) for i, (name, data) in enumerate(self._reports(student).items())],
        )

    def report(self, slug: str, number: int) -> Response:
        """Hand a report over as a file: browsers open nothing of it on a page of ours."""
        found = list(self._reports(self.reading.find(slug)).items())
        if number >= len(found):
            abort(404, "Expected a report of this student; choose one on the page of what was handed in.")
        name, data = found[number]
        answer = Response(data, mimetype="application/octet-stream")
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(PurePosixPath(name).name)}"
        answer.headers["Content-Security-Policy"] = NOTHING
        return answer

    def _reports(self, student: StudentResult) -> dict[str, bytes]:
        return reports_of(student.slug, self.room.desk.graded.records)

    def _sources(self, fingerprint: str) -> list[Shown]:
        if not fingerprint:
            return []
        try:
            files = kept_source(self.room.desk.graded.records.folder, fingerprint) or {}
        except (ResultsError, ValueError):
            return []
        return [_shown(name, data) for name, data in sorted(files.items())]


def _shown(name: str, data: bytes, number: int = 0) -> Shown:
    text = data.decode("utf-8", "replace")
    return Shown(name, text[:LONGEST], number, cut=len(text) > LONGEST)


def _report(number: int, name: str, data: bytes) -> Shown:
    return _shown(name, data, number) if PurePosixPath(name).suffix.lower() in TEXTS else Shown(name, None, number)
