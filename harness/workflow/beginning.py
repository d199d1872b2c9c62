"""Fork servers whose backend loads from the first moment of a command on, beside all that comes before training."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from harness.errors import HarnessError
from harness.sandbox import cgroup, detect, pool
from harness.sandbox.launch import Launcher
from harness.workflow import machine
from harness.workflow.machine import Machine


@dataclass(frozen=True)
class Asked:
    """What the command line says of how steps are run, where some are sure to be."""

    backend: str
    device: str
    jobs: int


@dataclass(frozen=True)
class Begun:
    """A launcher that has begun for steps on the CPU, for whoever is to train there."""

    backend: str
    launcher: Launcher

    def on(self, chosen: Machine) -> Launcher | None:
        """Return the launcher, if the machine that was chosen in the end runs steps as it does."""
        same = chosen.device == "cpu" and (chosen.backend, chosen.walls) == (self.backend, self.launcher.walls)
        return self.launcher if same else None


@contextmanager
def begun(asked: Asked | None) -> Iterator[Begun | None]:
    """Yield a launcher that has begun, and close it in the end; None where it is not sure to be of use.

    It is not where nothing may have to run, where a step's memory is limited as its task says, on a GPU, of whose
    memory each step has a share, and for options that cannot be met: whoever comes to them says so.
    """
    found = None
    if asked is not None and asked.jobs >= 0 and not cgroup.delegated():
        with suppress(HarnessError, OSError):
            found = begin(asked)
    try:
        yield found
    finally:
        if found is not None:
            found.launcher.close()


def begin(asked: Asked) -> Begun | None:
    """Return a launcher for as many steps as there will be at once, which has begun; None on a GPU.

    Its walls are tried out only afterwards, by whoever chooses the machine: nothing of a student's is there yet.
    """
    backend, device = machine.chosen_backend(asked.backend), machine.accelerator(asked.device)
    walls = detect.likely(device) if device == "cpu" else None
    if walls is None:
        return None
    launcher = pool.on_cpu(backend, walls)
    launcher.begin(asked.jobs or machine.cores())
    return Begun(backend, launcher)
