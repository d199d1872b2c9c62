"""What a run works with: one launcher and one folder per result folder, put away afterwards."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.data.folders import data_dir
from harness.records.files import writing
from harness.records.store import Records, sole_run
from harness.sandbox.launch import Launcher
from harness.task import Task
from harness.workflow import machine
from harness.workflow.context import DRIVER_MB, Machine, TaskContext, prepare
from harness.workflow.options import Options, key_of


@dataclass(frozen=True)
class Workshop:
    """What a run works with: prepared tasks, a launcher of steps, a folder to work in, the machine, and the records."""

    contexts: Mapping[str, TaskContext]
    launcher: Launcher
    work: Path
    machine: Machine
    records: Records


@contextmanager
def workshop(chosen: Machine, tasks: Mapping[str, Task], options: Options, records: Records) -> Iterator[Workshop]:
    """Yield what a run into `options.out` works with; raises ResultsError if another run is writing there."""
    folder = data_dir(options.data_dir)
    with sole_run(options.out):
        work = fresh_folder(options.out / "work")
        memory_mb = max(task.profile(options.profile).limits.memory_mb for task in tasks.values())
        memory_mb += DRIVER_MB if chosen.device == "gpu" else 0
        steps = steps_at_once(chosen, options)
        launcher = machine.launcher(chosen, memory_mb, steps)
        if records.document("plan") is None:  # a first run trains for sure: load the backend while data is read
            launcher.begin(steps)
        try:
            contexts = {
                n: prepare(t, options.profile, folder, chosen, work, options.course_data, key_of(options))
                for n, t in tasks.items()
            }
            yield Workshop(contexts, launcher, work, chosen, records)
        finally:
            launcher.close()
            shutil.rmtree(work, ignore_errors=True)


def steps_at_once(chosen: Machine, options: Options) -> int:
    """Return how many steps run at once: as asked, else one where they would share a GPU and one a core elsewhere."""
    return options.jobs or (1 if chosen.device == "gpu" else machine.cores())


def fresh_folder(path: Path) -> Path:
    """Return an empty folder, rid of what an interrupted run left there; another where that is not ours to remove."""
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        path = path.with_name(f"{path.name}-{os.getpid()}")
        shutil.rmtree(path, ignore_errors=True)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    return path
