"""Fork servers that load the backend from the first moment of a command on, beside all that comes before training."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.errors import HarnessError
from harness.sandbox import cgroup
from harness.sandbox.launch import Launcher
from harness.workflow import machine
from harness.workflow.context import Machine
from harness.workflow.protection import Protection


@dataclass(frozen=True)
class Asked:
    """What is known of a run from its command line: into which folder, and how steps are run."""

    out: Path
    backend: str
    device: str
    jobs: int
    min_isolation: str = ""
    trust: bool = False


@dataclass(frozen=True)
class Begun:
    """A launcher that has begun on a machine, for whoever is to train there."""

    machine: Machine
    launcher: Launcher

    def on(self, chosen: Machine) -> Launcher | None:
        """Return the launcher, if it is for a machine as it was chosen in the end."""
        return self.launcher if chosen == self.machine else None


@contextmanager
def begun(asked: Asked) -> Iterator[Begun | None]:
    """Yield a launcher that has begun, and close it in the end; None where it is not sure to be of use.

    It is not where the folder has records, where a step's memory is limited as its task says, on a GPU, of whose memory
    each step has a share, and for options that cannot be met: whoever comes to them says so.
    """
    found = None
    if not (asked.out / "records").exists() and asked.jobs >= 0 and not cgroup.delegated():
        with suppress(HarnessError, OSError):
            found = begin(asked)
    try:
        yield found
    finally:
        if found is not None:
            found.launcher.close()


def begin(asked: Asked) -> Begun | None:
    """Return a launcher for as many steps as there will be at once, which has begun; None on a GPU."""
    chosen = machine.choose(asked.backend, asked.device, Protection(asked.min_isolation, asked.trust))
    if chosen.device != "cpu":
        return None
    steps = asked.jobs or machine.cores()
    launcher = machine.launcher(chosen, 0, steps)
    launcher.begin(steps)
    return Begun(chosen, launcher)
