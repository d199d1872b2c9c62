"""A Dask scheduler and its workers on this machine, each a process of its own that can be killed."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

BENCHMARKS = Path(__file__).resolve().parents[1]


@dataclass
class WorkerProcesses:
    """A scheduler and workers of one slot as processes; `how` they run units is told to `one_worker`."""

    folder: Path
    how: Sequence[str] = ()
    count: int = 1
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

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
        command = [sys.executable, "-m", "scaling.one_worker", str(self.file), str(self.folder), *self.how]
        with (self.folder / "workers.log").open("ab") as log:
            self.workers.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=BENCHMARKS))

    def kill(self, number: int) -> None:
        """End a worker without a word, and start another."""
        worker = self.workers.pop(number)
        worker.kill()
        worker.wait()
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
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            process.kill()
            process.wait()
