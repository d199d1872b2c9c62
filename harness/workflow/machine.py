"""What this machine can do: cores, accelerator, backend, and how steps are started."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import cycle
from math import ceil
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.sandbox import cgroup, detect, landlock, pool
from harness.sandbox.fork_server import Card, ForkServer
from harness.sandbox.fresh import FreshProcesses
from harness.sandbox.launch import Launcher
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.walls import Walls
from harness.workflow import cpu_quota, gpus
from harness.workflow.protection import Protection

BACKENDS = ("tensorflow", "jax", "torch")
DEVICES = ("auto", "cpu", "gpu")
GPU_SHARE = 0.85  # of a GPU's memory, for all steps together; the driver and each step's context need some too


@dataclass(frozen=True)
class Machine:
    """What beside source, data and seed decides a number; and `speed`, which decides limits in seconds only."""

    backend: str
    device: str
    machine: str
    walls: Walls
    isolation: str
    speed: float = 1.0


def cores() -> int:
    """Return how many cores this process may use, by its affinity and by what containers and schedulers grant."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota.granted()
    return here if quota is None else max(1, min(here, round(quota)))


def has_gpu() -> bool:
    """Say whether there is a GPU that this process may use."""
    return bool(gpus.cards())


def cpu_model() -> str:
    """Return the processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = (line for line in info.read_text().splitlines() if line.startswith("model name"))
        if line := next(lines, ""):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def choose(backend: str, device: str, protection: Protection) -> Machine:
    """Return the machine to train on; `auto` leaves a GPU alone that only submissions without a barrier could use.

    Without a `backend` it is TensorFlow, or else the first one that is here.

    Raises UsageError for a backend or device that is not there, and for a barrier weaker than asked for.
    """
    from harness.workflow.speed import speed  # with NumPy, which is loaded while servers start

    backend, kind = chosen_backend(backend), accelerator(device)
    if kind == "gpu" and device == "auto" and not protection.trusted and unwalled(kind):
        kind = "cpu"
    model = f"{cpu_model()}, one core a step" if kind == "cpu" else f"{gpus.model()}, {cpu_model()}"
    walls = protection.walls(kind)
    return Machine(backend, kind, model, walls, isolation=describe_walls(walls), speed=speed())


def chosen_backend(asked: str) -> str:
    """Return the backend that was asked for, or the first one that is here. Raises UsageError."""
    if asked and asked not in BACKENDS:
        raise UsageError(f"There is no backend {asked!r}.{did_you_mean(asked, BACKENDS)}")
    here = installed()
    if not here:
        raise UsageError(f"Expected a backend for Keras, found none; install one of {', '.join(BACKENDS)} with pip.")
    if asked and asked not in here:
        others = " or ".join(f"--backend {name}" for name in here)
        raise UsageError(f"Expected the backend {asked} to be installed, but it is not; install it, or try: {others}.")
    return asked or here[0]


def installed() -> list[str]:
    """Return the backends that are here, the default one first; none is imported."""
    return [name for name in BACKENDS if find_spec(name)]


def accelerator(device: str) -> str:
    """Return `cpu` or `gpu` for what was asked for. Raises UsageError if it is not there."""
    if device not in DEVICES:
        raise UsageError(f"There is no device {device!r}.{did_you_mean(device, DEVICES)}")
    if device == "gpu" and not has_gpu():
        raise UsageError(f"Expected a GPU for --device gpu, {gpus.why_none()}; use --device cpu.")
    return "gpu" if device == "gpu" or (device == "auto" and has_gpu()) else "cpu"


def unwalled(device: str) -> bool:
    """Say whether no barrier lets a step use `device`."""
    return detect.strongest(device).walls.level == Level.NONE


def describe_walls(walls: Walls) -> str:
    """Name the level with its parts, as results record it."""
    if walls.level == Level.NONE:
        return "none: trusted submissions"
    filters = f"Landlock {landlock.abi()}, seccomp" if walls.level.filtered else "Seatbelt"
    memory = "control group" if cgroup.delegated() else "limits and watch"
    return f"{walls.level}: {filters}; memory by {memory}"


def stronger(machine: Machine) -> Mapping[str, str]:
    """Return why each level stronger than this machine's does not hold, by level."""
    return {str(level): why for level, why in detect.strongest(machine.device).refused.items()}


def launcher(machine: Machine, memory_mb: int, steps: int = 1) -> Launcher:
    """Return the fastest safe way to start steps that take up to `memory_mb` each, so many of them at once.

    Where there are several cards, servers are dealt out to them in turn.
    """
    if sys.platform != "linux":
        return FreshProcesses(machine.backend, machine.device, machine.walls)
    limit = memory_mb if cgroup.delegated() else None
    if machine.device == "cpu" and limit is None:
        return pool.on_cpu(machine.backend, machine.walls)
    forkable = machine.device == "cpu" or machine.backend == "jax"  # which leaves the device alone until it is used
    several = cards(machine)
    share, turns = GPU_SHARE / ceil(steps / max(1, len(several))), cycle(several or ("",))

    def server() -> ForkServer:
        card = Card(share, next(turns))
        return ForkServer(machine.backend, machine.device, machine.walls, preload=forkable, memory_mb=limit, card=card)

    return ServerPool(server)


def cards(machine: Machine) -> tuple[str, ...]:
    """Return the cards that steps take turns on; empty where there is one, which is theirs without its being named."""
    found = gpus.cards() if machine.device == "gpu" else ()
    return found if len(found) > 1 else ()


def at_once(machine: Machine) -> int:
    """Return how many steps run at once unless somebody says: one a card, or else one a core."""
    return max(1, len(cards(machine))) if machine.device == "gpu" else cores()
