"""A Dask scheduler and its workers on this machine, each a process of its own that can be killed.

Workers are forked from this process, which has imported all that they need and has no threads yet: one is there in
tenths of a second.
"""

import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from scaling import one_worker


@dataclass
class WorkerProcesses:
    """A scheduler and workers of one slot as processes; `how` they run units is told to `one_worker`."""

    folder: Path
    how: Sequence[str] = ()
    count: int = 1
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[BaseProcess] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "scheduler.json"

    def begin(self) -> None:
        """Start the scheduler, and workers once it can be reached."""
        dask = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        with (self.folder / "scheduler.log").open("wb") as log:
            self.scheduler = subprocess.Popen([*dask, "--scheduler-file", str(self.file)], stdout=log, stderr=log)
        while not self.file.exists():
            time.sleep(0.1)
        for _ in range(self.count):
            self.start()

    def start(self) -> None:
        """Start one more worker."""
        process = get_context("fork").Process(target=one_worker.main, args=(self.file, self.folder, *self.how))
        process.start()
        self.workers.append(process)

    def lose(self, rng: random.Random) -> None:
        """End a worker without a word, and start another."""
        end(self.workers.pop(rng.randrange(len(self.workers))))
        self.start()

    def __enter__(self) -> Self:
        try:
            self.begin()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all of them."""
        for worker in self.workers:
            end(worker)
        if self.scheduler:
            self.scheduler.kill()
            self.scheduler.wait()


def end(worker: BaseProcess) -> None:
    worker.kill()
    worker.join()
