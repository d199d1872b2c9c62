"""A graded class, opened to be read and marked: results, records and what people entered, side by side."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.records.hand_marks import HandMarks
from harness.records.network import check_local, network_type
from harness.records.publications import Publications
from harness.records.store import Records
from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure
from harness.report.files import read_results
from harness.report.pages import render_card
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.marks import as_shown
from harness.task import Task
from harness.workflow.by_hand import SO_FAR
from harness.workflow.class_key import FILE as KEY
from harness.workflow.options import registry
from harness.workflow.pictures import figures_of
from harness.workflow.pseudonyms import secret_of
from harness.workflow.tasks_graded import tasks_graded

RESULTS = "results.json"


@dataclass(frozen=True)
class GradedClass:
    """What lies in the result folder `out`. Safe for threads; figures are drawn by one at a time."""

    out: Path
    records: Records
    marks: HandMarks
    publications: Publications
    tasks: Mapping[str, Task]
    theme: Theme = PLAIN
    _drawing: Lock = field(default_factory=Lock)

    @property
    def writable(self) -> bool:
        """Say whether what is decided and drawn can be kept."""
        return self.records.writable and self.publications.writable

    @property
    def has_key(self) -> bool:
        """Say whether splits, texts, questions and seeds of the class were drawn with a key of its own."""
        return (self.out / "records" / KEY).is_file()

    def results(self) -> ClassResult:
        """Return the results as they were last written, people's decisions of that time in them.

        Of a class that is being graded they are those so far. Raises ResultsError if there are none to be read.
        """
        return self.newest()[0]

    def newest(self) -> tuple[ClassResult, bool]:
        """Return the results, and whether they are those so far of a run that has not ended in good order."""
        so_far = self.out / SO_FAR
        if not (self.out / RESULTS).is_file():
            return (read_results(so_far), True) if so_far.is_file() else (read_results(self.out / RESULTS), False)
        done = read_results(self.out / RESULTS)
        if so_far.is_file() and so_far.stat().st_mtime_ns > (self.out / RESULTS).stat().st_mtime_ns:
            running = read_results(so_far)
            if running.created > done.created:  # both are ISO 8601 in UTC
                return running, True
        return done, False

    def check_course(self, result: ClassResult) -> None:
        """Raise UsageError where a result is of another course's tasks, before anything is made of it."""
        tasks_graded({task.task: None for student in result.students for task in student.tasks}, self.tasks, self.out)

    def figures(self, _: StudentResult, task: TaskResult) -> list[DrawnFigure]:
        """Return the figures of a student in a task, drawn now where grading has not come to it."""
        needed = tasks_graded([task.task], self.tasks, self.out)
        with self._drawing:
            return figures_of(self.records, needed[task.task], task.measurements)

    def card(self, result: ClassResult, student: StudentResult, *, revealed: bool) -> str:
        """Return the card of a student of this class."""
        seen = [as_shown(task, revealed=revealed) for task in student.tasks]
        figures = {task.task: self.figures(student, task) for task in seen}
        return render_card(student, ClassFacts.of(result), revealed=revealed, figures=figures, theme=self.theme)


@contextmanager
def opened(
    out: Path, *, theme: Theme = PLAIN, tasks: Mapping[str, Task] | None = None, only_read: bool = False
) -> Iterator[GradedClass]:
    """Yield the class graded into `out` and close its files afterwards.

    Raises ResultsError if there is none, and where it lies on no local disk unless it is only read.
    """
    if not only_read:
        check_local(out)
    with ExitStack() as stack:
        records = Records(out, create=False, only_read=only_read and bool(network_type(out)))
        stack.callback(records.close)
        marks = HandMarks(out)
        stack.callback(marks.close)
        publications = Publications(out, secret=secret_of(records))
        stack.callback(publications.close)
        yield GradedClass(out, records, marks, publications, tasks or registry(), theme)
