"""What this machine can do: cores, accelerator, backend, and how steps are started."""

import os
import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.sandbox.launch import ForkServer, FreshProcesses, Launcher
from harness.workflow.context import Machine

BACKENDS = ("tensorflow", "jax", "torch")
DEVICES = ("auto", "cpu", "gpu")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def has_gpu() -> bool:
    """Say whether an NVIDIA device is visible; nothing is initialised by looking."""
    return Path("/dev/nvidia0").exists() and os.environ.get("CUDA_VISIBLE_DEVICES") not in ("", "-1")


def cpu_model() -> str:
    """Return the processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = (line for line in info.read_text().splitlines() if line.startswith("model name"))
        if line := next(lines, ""):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def choose(backend: str, device: str) -> Machine:
    """Return the machine to train on. Raises UsageError for a backend or device that is not there."""
    if backend not in BACKENDS:
        raise UsageError(f"There is no backend {backend!r}.{did_you_mean(backend, BACKENDS)}")
    if find_spec(backend) is None:
        raise UsageError(
            f"Expected the backend {backend} to be installed, but it is not; install it or choose another."
        )
    if device not in DEVICES:
        raise UsageError(f"There is no device {device!r}.{did_you_mean(device, DEVICES)}")
    if device == "gpu" and not has_gpu():
        raise UsageError("Expected a GPU for --device gpu, found none; use --device cpu.")
    kind = "gpu" if device == "gpu" or (device == "auto" and has_gpu()) else "cpu"
    model = cpu_model() + (", one core a step" if kind == "cpu" else "")
    return Machine(backend=backend, device=kind, machine=model, isolation=isolation())


def isolation() -> str:
    """Name what stands between student code and the rest, as results record it."""
    return "separate process with limits; no kernel barrier"


def launcher(machine: Machine) -> Launcher:
    """Return the fastest safe way to start steps here."""
    if sys.platform != "linux":
        return FreshProcesses(machine.backend, machine.device)
    forkable = machine.device == "cpu" and machine.backend == "tensorflow"
    return ForkServer(machine.backend, machine.device, preload=forkable)
