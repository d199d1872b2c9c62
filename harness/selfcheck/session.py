"""A student's own work, checked and graded where it lies: the same intake, sandbox, records and rubric as a class."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any

from pydantic import ValidationError

from harness import __version__
from harness.course.found import Course
from harness.data.folders import data_dir
from harness.data.key import PRACTICE
from harness.errors import UsageError, did_you_mean
from harness.grading.results import ClassResult, StudentResult
from harness.grading.rubric_model import Rubric
from harness.intake.gather import is_one_work
from harness.intake.names import clean, slugify
from harness.intake.submission import Submission
from harness.records.locks import locked
from harness.records.store import Records, sole_run
from harness.report.card_page.card import ClassFacts
from harness.report.pages import render_card
from harness.sandbox.launch import Launcher
from harness.selfcheck.bench import Bench
from harness.selfcheck.beside import SUFFIXES, kept_in, results_beside
from harness.selfcheck.checks import Contract, Ending, planned
from harness.selfcheck.contract import run_checks
from harness.task import Task
from harness.workflow import machine, options
from harness.workflow.class_plan import HandedIn, make_plan
from harness.workflow.context import TaskContext, prepare
from harness.workflow.execute import Executor
from harness.workflow.grade import read_submissions, tasks_needed
from harness.workflow.machine import Machine
from harness.workflow.marking import mark_class
from harness.workflow.measure import Show, Watchers, measure_here
from harness.workflow.options import Options, check
from harness.workflow.pictures import drawer
from harness.workflow.plan import TaskEntry
from harness.workflow.protection import Protection
from harness.workflow.standards import load_rubrics, standards_for
from harness.workflow.workers import slots
from harness.workflow.workshop import Workshop, steps_at_once


def quiet(*_: object) -> None:
    """Show nothing."""


class SelfCheck:
    """One submission under one profile. Asked again for the same source, it answers from what is recorded.

    Several processes may ask at once: one of them runs what is missing, the others wait for it. Close it, or use it
    as a context manager; `launcher` may be lent by an earlier one with the same options, and then stays open.
    """

    def __init__(self, path: Path, options: Options, *, launcher: Launcher | None = None) -> None:
        """Read the submission and the rubrics. Raises UsageError for a wrong path, name or option."""
        path = path.expanduser()
        self.options = replace(options, out=options.out / slugify(options.profile))
        self.submission = own_work(path, self.options)
        self.tasks: dict[str, Task] = tasks_of(self.submission, self.options)
        self.rubrics: dict[str, Rubric] = load_rubrics(options.rubrics, self.tasks, options.rooms)
        self.machine: Machine = check(self.options, self.tasks)
        self.handed_in = HandedIn(path.resolve().stem, [self.submission])
        self._stack = ExitStack()
        self._backend_s = 0.0
        early = options.begun.on(self.machine) if options.begun else None
        self._lent = launcher or early
        self._begun = self._lent is not None  # a second beginning would start its servers anew
        self._records = Records(kept_in(self.options.out))
        self._stack.callback(self._records.close)

    def __enter__(self) -> "SelfCheck":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()

    def contract(self) -> list[Contract]:
        """Return the checks before training, task by task."""
        with self._alone():
            if not self._begun and not all(self._maybe_known(name) for name in self.tasks):
                self._begun = True
                self.launcher.begin(steps_at_once(self.machine, self.options))  # it loads while data is read
            return [self._contract(name, context) for name, context in self.contexts.items()]

    def grade(self, show: Show = quiet) -> StudentResult:
        """Train what is not recorded, and mark all of it. Raises KeyboardInterrupt after keeping what there is."""
        with self._alone(), sole_run(self.options.out):
            place = Workshop(self.contexts, self.launcher, self.work, self.machine, self._records)
            measured = measure_here(place, self.handed_in, self.options, Watchers(show), self.rubrics)
            if measured.interrupted:
                raise KeyboardInterrupt
            standards = standards_for(measured.plan, self.tasks, self.rubrics, self.options.rooms)
            result = mark_class(measured, standards, revealed=False)
        return only(result)

    def card(self, student: StudentResult) -> str:
        """Return the card of what was graded, as HTML in which hidden criteria are counted only."""
        draw = drawer(self._records, self.tasks)
        pictures = {task.task: draw(student, task) for task in student.tasks}
        facts = ClassFacts("Self-check", scale=self.options.scale)
        return render_card(student, facts, revealed=False, figures=pictures, theme=self.options.theme)

    @cached_property
    def work(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="harness-check-")))

    @cached_property
    def contexts(self) -> dict[str, TaskContext]:
        folder = data_dir(self.options.data_dir)
        asked, here, work = self.options, self.machine, self.work
        return {
            n: prepare(t, asked.profile, folder, here, work, asked.course_data, PRACTICE) for n, t in self.tasks.items()
        }

    @cached_property
    def launcher(self) -> Launcher:
        if self._lent is not None:
            return self._lent
        launcher = self._made_launcher()
        self._stack.callback(launcher.close)
        return launcher

    def keep_launcher(self) -> Launcher:
        """Return the launcher, which is the caller's to close from now on."""
        self._lent = self._lent or self._made_launcher()
        return self._lent

    def _made_launcher(self) -> Launcher:
        memory_mb = max(task.profile(self.options.profile).limits.memory_mb for task in self.tasks.values())
        return machine.launcher(self.machine, memory_mb)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process checks what lies in this folder."""
        with locked(self.options.out / "records" / "turn"):
            yield

    def _entry(self, name: str) -> TaskEntry:
        plan = make_plan(self.handed_in, self.contexts, self.options, self._records, self.rubrics)
        entries = [e for e in plan.students[0].tasks if e.task == name]
        if not entries:
            fault = plan.students[0].fault
            raise UsageError(fault.message if fault else f"Expected a file {name}.py, found none.")
        return entries[0]

    def _maybe_known(self, name: str) -> bool:
        """Say whether this source was checked before; under what versions and data is not known yet."""
        return self._records.document(self._sighted(name)) is not None

    def _sighted(self, name: str) -> str:
        return f"checked/{name}/{self.submission.source_hash(name, tuple(self.options.registry))}"

    def _contract(self, name: str, context: TaskContext) -> Contract:
        entry = self._entry(name)
        document = f"contract/{__version__}/{entry.contract or entry.source}"
        kept = parsed(self._records.document(document))
        if kept and [c.id for c in kept.checks] == [c.id for c in planned(context.task)]:
            return kept.model_copy(update={"seconds": 0.0, "backend_s": 0.0})
        contract = self._checked(context, entry)
        if not contract.ended(Ending.ERROR):  # a fault of the harness is tried again
            self._records.put_document(document, contract.model_dump_json())
            self._records.put_document(self._sighted(name), "")
        return contract

    def _checked(self, context: TaskContext, entry: TaskEntry) -> Contract:
        began, waited = time.monotonic(), self._wait_for_backend() if entry.fault is None else 0.0
        name = context.task.name
        sources = {(name, entry.source): self.submission.for_task(name, tuple(self.options.registry))}
        executor = Executor(self.contexts, sources, self.launcher, Event(), self.work)
        places = slots(steps_at_once(self.machine, self.options), pinned=self.machine.device == "cpu")
        checks = run_checks(Bench(context, executor, entry, places, self.work / "slices" / name))
        return Contract(
            task=name,
            title=context.task.title,
            checks=checks,
            seconds=time.monotonic() - began,
            backend_s=waited,
        )

    def _wait_for_backend(self) -> float:
        """Return the seconds until the backend was there; the first time only, since it stays loaded."""
        if self._backend_s:
            return 0.0
        began = time.monotonic()
        self.launcher.check()
        self._backend_s = time.monotonic() - began
        return self._backend_s


def parsed(body: str | None) -> Contract | None:
    try:
        return Contract.model_validate_json(body) if body else None
    except ValidationError:
        return None


def only(result: ClassResult) -> StudentResult:
    (student,) = result.students
    return student


def own_work(path: Path, options: Options) -> Submission:
    """Return the one submission at `path`; raises UsageError if there is none, or more than one."""
    if path.is_dir() and not is_one_work(path, options.registry):
        raise UsageError(no_task_in(path, options))
    found = read_submissions(path, options)
    if len(found) != 1:
        raise UsageError(f"Expected one submission, received {clean(path.name)!r} with {len(found)}; name one of them.")
    return found[0]


def no_task_in(path: Path, options: Options) -> str:
    """Say that a folder holds no file named after a task, and which one may be meant."""
    wanted = options.tasks or options.registry
    near = [did_you_mean(p.stem, wanted) for p in sorted(path.iterdir()) if p.suffix in SUFFIXES]
    hint = next((h for h in near if "Did you mean" in h), "")
    names = ", ".join(f"{name}.py" for name in wanted)
    begin = "" if hint else " `harness new TASK` writes one."
    return f"Expected a file named after a task ({names}) in {str(path)!r}, found none.{hint}{begin}"


def tasks_of(submission: Submission, options: Options) -> dict[str, Task]:
    """Return the tasks to check: those asked for, else those with a file of their name."""
    known = tuple(options.registry)
    if not options.tasks and not submission.fault and not submission.tasks(known):
        files = ", ".join(clean(f) for f in sorted(submission.files)[:3]) or "none"
        raise UsageError(
            f"Expected a file named after a task ({', '.join(f'{n}.py' for n in known)}), received {files}; rename it,"
            " or say which task it is with --task."
        )
    if submission.fault:
        raise UsageError(submission.fault.message)
    return tasks_needed([submission], options)


def options_for(path: Path, course: Course | None = None, **chosen: Any) -> Options:
    """Return the options of a self-check of `path`: those of grading, with results kept beside the work.

    Raises CourseError where the course lies in the work that is checked.

    Whoever checks runs their own code, so it runs behind the strongest barrier there is, and without one too.
    """
    protection = Protection(chosen.pop("min_isolation", ""), trusted=True)
    if course:
        course.not_within(path)
        chosen |= {"registry": course.tasks, "rooms": course.rooms, "course_data": course.data}
        chosen |= {"scale": course.says.scale}
        chosen["profile"] = chosen.get("profile") or course.says.profile
    return options.Options(out=results_beside(path.expanduser()), protection=protection, **chosen)
