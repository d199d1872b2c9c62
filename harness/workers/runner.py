"""A worker's side: what it prepares once, and how it makes a record of one unit. Nothing here knows of an engine."""

import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock

from harness.course.course_file import NAME
from harness.course.found import Course, read_course
from harness.errors import CourseError, HarnessError
from harness.records.locks import locked
from harness.sandbox.supervise import Interrupted
from harness.workers.cores import Cores, common_folder
from harness.workers.messages import RunSettings, WorkerReport, version_of
from harness.workflow.execute import Executor, Made
from harness.workflow.grade import known_tasks
from harness.workflow.options import Options, check
from harness.workflow.plan import Unit
from harness.workflow.workers import Cpus
from harness.workflow.workshop import Equipment, equipped, steps_at_once

GONE = WorkerReport(refused="Expected a worker that stays, received one that is leaving.")


class Leaving(HarnessError):
    """This worker is on its way out; the unit is for another."""


class Runner:
    """One worker with at most so many `threads` as slots, that writes below `folder`.

    It prepares itself when it is first asked how it measures.
    """

    def __init__(self, settings: RunSettings, threads: int, folder: Path) -> None:
        self._settings, self._threads, self._folder = settings, threads, folder
        self._once, self._stop, self._stack = Lock(), Event(), ExitStack()
        self._said: WorkerReport | None = None
        self._free = SimpleQueue[Cpus]()
        self._executor: Executor | None = None

    def report(self) -> WorkerReport:
        """Return how this worker measures, or in one sentence why it cannot."""
        with self._once:
            if self._said is None:
                try:
                    self._said = self._prepared()
                except HarnessError as error:
                    self._said = WorkerReport(refused=str(error))
            return self._said

    def make(self, unit: Unit, files: Mapping[str, bytes]) -> Made:
        """Return the record of a unit, made with the `files` of its submission. Raises Leaving."""
        if self._executor is None or self._stop.is_set():
            raise Leaving(GONE.refused)
        own = replace(self._executor, sources={(unit.task, unit.source): files})
        cpus = self._free.get()
        try:
            made = own.make(unit, cpus)
        except Interrupted as error:
            raise Leaving(GONE.refused) from error
        finally:
            self._free.put(cpus)
        if self._stop.is_set():  # its launcher went while a step ran, which is nobody's fault
            raise Leaving(GONE.refused)
        return made

    def close(self) -> None:
        """End what is running, and put away processes and files."""
        self._stop.set()
        with self._once:
            self._said = GONE
            self._stack.close()

    def _prepared(self) -> WorkerReport:
        course = course_at(self._settings.course)
        tasks = known_tasks(self._settings.tasks, course.tasks)
        work = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="harness-", dir=self._folder)))
        options = options_for(self._settings, course, work)
        chosen = check(options, tasks)
        slots = min(self._threads, steps_at_once(chosen, options))
        with one_search_at_a_time(search=options.search):
            here = equipped(chosen, tasks, replace(options, jobs=slots), work, lambda said: None, begin=True)
        self._stack.callback(here.launcher.close)
        self._executor = Executor(here.contexts, {}, here.launcher, self._stop, work)
        self._hand_out(slots, pinned=chosen.device == "cpu")
        return report_of(here, slots)

    def _hand_out(self, slots: int, *, pinned: bool) -> None:
        cores = Cores(slots)
        self._stack.callback(cores.close)
        for cpus in cores.places:
            self._free.put(cpus if pinned else ())


def report_of(here: Equipment, slots: int) -> WorkerReport:
    return WorkerReport(
        provenance={name: context.provenance for name, context in here.contexts.items()},
        versions={name: version_of(c.task, c.profile) for name, c in here.contexts.items()},
        slots=slots,
        readable=tuple(here.readable),
    )


def course_at(folder: Path | None) -> Course:
    """Return the course at a path of this machine. Raises CourseError where there is none."""
    if folder is None:
        return Course()
    if not (folder / NAME).is_file():
        raise CourseError(
            f"Expected the course in {folder} on every worker, found none; put a copy there, or a disk that all share."
        )
    return read_course(folder, named=True)


def options_for(settings: RunSettings, course: Course, work: Path) -> Options:
    """Return how a worker measures; nothing is written into the result folder that they name."""
    return Options(
        out=work,
        profile=settings.profile,
        jobs=settings.jobs,
        data_dir=settings.data_dir,
        backend=settings.backend,
        device=settings.device,
        protection=settings.protection,
        registry=course.tasks,
        rooms=course.rooms,
        course_data=course.data,
        key=settings.key,
        search=settings.search,
    )


def one_search_at_a_time(*, search: bool) -> AbstractContextManager[None]:
    """Let the first worker of a machine look for hidden data and remember it, so that the others need not."""
    folder = common_folder() if search else None
    return locked(folder / "searching") if folder else nullcontext()
