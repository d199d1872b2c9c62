"""What a run works with: one launcher and one folder per result folder, put away afterwards."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from harness.data.folders import data_dir, folders
from harness.records.files import writing
from harness.records.store import Records, sole_run
from harness.sandbox.launch import Launcher
from harness.task import Task
from harness.workflow import machine
from harness.workflow.answers import closed_to_steps, find_answers, stored
from harness.workflow.context import DRIVER_MB, TaskContext, prepare
from harness.workflow.execute import Executor
from harness.workflow.machine import Machine
from harness.workflow.options import Options, key_of
from harness.workflow.pinning import Mixed
from harness.workflow.place import Sources, Tell
from harness.workflow.workers import LocalWorkers, Workers, slots

FOUND = "readable"  # the document with what was found of hidden data among what steps may read


@dataclass(frozen=True)
class Workshop:
    """What a run works with: prepared tasks, a launcher of steps, a folder to work in, the machine, and the records."""

    contexts: Mapping[str, TaskContext]
    launcher: Launcher
    work: Path
    machine: Machine
    records: Records
    mixed: Mixed | None = None

    def workers(self, sources: Sources, options: Options) -> Workers:
        """Return threads of this process, as many as steps may run at once."""
        stop = Event()
        executor = Executor(self.contexts, sources, self.launcher, stop, self.work)
        places = slots(steps_at_once(self.machine, options), pinned=self.machine.device == "cpu")
        return LocalWorkers(executor.make, places, stop)


@contextmanager
def workshop(
    chosen: Machine, tasks: Mapping[str, Task], options: Options, records: Records, tell: Tell = lambda said: None
) -> Iterator[Workshop]:
    """Yield what a run into `options.out` works with; raises ResultsError if another run is writing there.

    `tell` takes sentences about hidden data that steps could read.
    """
    with sole_run(options.out):
        work = fresh_folder(options.out / "work")
        first = records.document("plan") is None  # which trains for sure
        equipment = equipped(chosen, tasks, options, work, tell, begin=first)
        try:
            if options.search:
                records.put_document(FOUND, json.dumps(equipment.readable))
            yield Workshop(equipment.contexts, equipment.launcher, work, equipment.machine, records)
        finally:
            put_away(equipment.launcher, options)
            shutil.rmtree(work, ignore_errors=True)


@dataclass(frozen=True)
class Equipment:
    """Prepared tasks and a launcher of steps on a machine; `readable` says in sentences what hidden data steps find."""

    contexts: Mapping[str, TaskContext]
    launcher: Launcher
    machine: Machine
    readable: Sequence[str] = ()


def equipped(
    chosen: Machine, tasks: Mapping[str, Task], options: Options, work: Path, tell: Tell, *, begin: bool
) -> Equipment:
    """Return what tasks are run with, below `work`; the launcher is the caller's to close. Raises DataError.

    To `begin` is to load the backend while data is read and looked for.
    """
    memory_mb = max(task.profile(options.profile).limits.memory_mb for task in tasks.values())
    memory_mb += DRIVER_MB if chosen.device == "gpu" else 0
    steps = steps_at_once(chosen, options)
    early = options.begun.on(chosen) if options.begun else None
    launcher = early or machine.launcher(chosen, memory_mb, steps)
    if begin and not early:
        launcher.begin(steps)
    try:
        made, readable = contexts_of(tasks, chosen, work, options), list[str]()
        if options.search:  # before any step's process starts, and once it is known that all data are at hand
            before = chosen.walls
            chosen, readable = searched(chosen, made, options, tell)
            if chosen.walls != before:
                launcher = instead(launcher, machine.launcher(chosen, memory_mb, steps), steps if begin else 0)
        return Equipment(made, launcher, chosen, readable)
    except BaseException:
        launcher.close()
        raise


def put_away(launcher: Launcher, options: Options) -> None:
    """End what steps were started by: whoever had it begin early waits for its end."""
    early = options.begun is not None and launcher is options.begun.launcher
    (launcher.dismiss if early else launcher.close)()


def instead(old: Launcher, new: Launcher, begin: int) -> Launcher:
    """Return a launcher that takes the place of another, which has started no step; it begins for so many, if any."""
    old.close()
    if begin:
        new.begin(begin)
    return new


def contexts_of(tasks: Mapping[str, Task], chosen: Machine, work: Path, options: Options) -> dict[str, TaskContext]:
    folder, key = data_dir(options.data_dir), key_of(options)
    return {
        name: prepare(task, options.profile, folder, chosen, work, options.course_data, key)
        for name, task in tasks.items()
    }


def searched(
    chosen: Machine, contexts: Mapping[str, TaskContext], options: Options, tell: Tell
) -> tuple[Machine, list[str]]:
    """Return the machine with walls that hide what holds hidden data, and what was found in sentences."""
    profiles = [context.profile for context in contexts.values()]
    names = [name for p in profiles for name in (p.dataset, *(more.dataset for more in p.further.values()))]
    sets = stored(names, folders(data_dir(options.data_dir), options.course_data))
    answers = find_answers(sets, chosen.walls, chosen.backend, tell)
    for said in answers.sentences():
        tell(said)
    return replace(chosen, walls=closed_to_steps(chosen.walls, answers)), answers.sentences()


def steps_at_once(chosen: Machine, options: Options) -> int:
    """Return how many steps run at once: as asked, else one a GPU, or one a core without."""
    return options.jobs or machine.at_once(chosen)


def fresh_folder(path: Path) -> Path:
    """Return an empty folder, rid of what an interrupted run left there; another where that is not ours to remove."""
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        path = path.with_name(f"{path.name}-{os.getpid()}")
        shutil.rmtree(path, ignore_errors=True)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    return path
