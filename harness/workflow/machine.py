"""What this machine can do: cores, accelerator, backend, and how steps are started."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.sandbox import cgroup, detect, environment, landlock
from harness.sandbox.fresh import FreshProcesses
from harness.sandbox.launch import ForkServer, Launcher
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.walls import Walls
from harness.workflow.context import Machine
from harness.workflow.protection import Protection
from harness.workflow.speed import speed

BACKENDS = ("tensorflow", "jax", "torch")
DEVICES = ("auto", "cpu", "gpu")
NVIDIA = Path("/proc/driver/nvidia/gpus")
GPU_SHARE = 0.85  # of a GPU's memory, for all steps together; the driver and each step's context need some too


def cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Return how many cores this process may use, by its affinity and by what a container grants (cgroups(7))."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        granted, period = map(int, quota.read_text().split())  # "max" is no number: no quota
        return max(1, min(here, round(granted / period)))
    return here


def has_gpu(devices: Path = Path("/dev")) -> bool:
    """Say whether a device of NVIDIA, whatever its number, or of ROCm is visible; nothing is initialised by looking."""
    hidden = any(os.environ.get(name) in ("", "-1") for name in environment.VISIBLE)
    return not hidden and any(any(devices.glob(name)) for name in ("nvidia[0-9]*", "kfd"))


def cpu_model() -> str:
    """Return the processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = (line for line in info.read_text().splitlines() if line.startswith("model name"))
        if line := next(lines, ""):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def gpu_model(drivers: Path = NVIDIA) -> str:
    """Return the name of the first NVIDIA device, from its driver's files or else from nvidia-smi."""
    for info in sorted(drivers.glob("*/information")):
        lines = (line.partition(":") for line in info.read_text().splitlines())
        if name := next((value.strip() for key, _, value in lines if key == "Model"), ""):
            return name
    with suppress(OSError, subprocess.SubprocessError):
        asked = [shutil.which("nvidia-smi") or "nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True)
        return next(iter(done.stdout.splitlines()), "").strip() or "unknown GPU"
    return "unknown GPU"


def choose(backend: str, device: str, protection: Protection) -> Machine:
    """Return the machine to train on; `auto` leaves a GPU alone that only submissions without a barrier could use.

    Raises UsageError for a backend or device that is not there, and for a barrier weaker than asked for.
    """
    if backend not in BACKENDS:
        raise UsageError(f"There is no backend {backend!r}.{did_you_mean(backend, BACKENDS)}")
    if backend not in installed():
        others = " or ".join(f"--backend {name}" for name in installed()) or "pip install tensorflow, jax or torch"
        raise UsageError(
            f"Expected the backend {backend} to be installed, but it is not; install it, or try: {others}."
        )
    kind = accelerator(device)
    if kind == "gpu" and device == "auto" and not protection.trusted and unwalled(kind):
        kind = "cpu"
    model = f"{cpu_model()}, one core a step" if kind == "cpu" else f"{gpu_model()}, {cpu_model()}"
    walls = protection.walls(kind)
    return Machine(backend, kind, model, walls, isolation=describe_walls(walls), speed=speed())


def installed() -> list[str]:
    """Return the backends that are here, the default one first; none is imported."""
    return [name for name in BACKENDS if find_spec(name)]


def accelerator(device: str) -> str:
    """Return `cpu` or `gpu` for what was asked for. Raises UsageError if it is not there."""
    if device not in DEVICES:
        raise UsageError(f"There is no device {device!r}.{did_you_mean(device, DEVICES)}")
    if device == "gpu" and not has_gpu():
        raise UsageError("Expected a GPU for --device gpu, found none; use --device cpu.")
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
    """Return the fastest safe way to start steps that take up to `memory_mb` each, so many of them at once."""
    if sys.platform != "linux":
        return FreshProcesses(machine.backend, machine.device, machine.walls)
    forkable = machine.device == "cpu" or machine.backend == "jax"  # which leaves the device alone until it is used
    limit, share = memory_mb if cgroup.delegated() else None, GPU_SHARE / steps
    return ServerPool(
        lambda: ForkServer(
            machine.backend, machine.device, machine.walls, preload=forkable, memory_mb=limit, share=share
        )
    )
