"""What the kernel holds a child to. Called in the child, before any student code."""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
ADDRESSES = 1 << 30  # reserved by allocators and stacks of threads beyond what is used
MAX_FILE_BYTES = 64 * 1024 * 1024  # one scratch file
NO_CORE = 1  # 0 forbids the file only: a program that the machine has for crashes would still be handed all memory
MORE_THREADS = 4_096  # than there are: what can be started in the moment before the parent looks


def prctl(option: int, value: int) -> None:
    """Call prctl(2) on Linux; elsewhere do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def adopt_orphans() -> None:
    """Make this process the parent of daemons its children leave behind, so that it can end them."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def pin(cpus: Sequence[int]) -> None:
    if cpus and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cpus)


def apply(cpu_s: float, memory_mb: int) -> None:
    """Set resource limits: CPU seconds, memory on top of what is in use, file size, threads, no core dumps.

    Private memory is held by RLIMIT_DATA; shared anonymous memory only by RLIMIT_AS, which counts addresses. An
    accelerator's driver reserves far more addresses than there is memory, so that one is for the CPU only.
    """
    seconds = max(1, round(cpu_s))
    lower(resource.RLIMIT_CPU, seconds, seconds + 1)
    lower(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)
    lower(resource.RLIMIT_CORE, NO_CORE)
    lower(resource.RLIMIT_NOFILE, 256)
    if sys.platform == "linux":
        lower(resource.RLIMIT_NPROC, threads_of_machine() + MORE_THREADS)
        lower(resource.RLIMIT_DATA, in_use("VmData") + memory_mb * 1_000_000)
        if os.environ.get("CUDA_VISIBLE_DEVICES") == "-1":
            lower(resource.RLIMIT_AS, in_use("VmSize") + memory_mb * 1_000_000 + ADDRESSES)
        prefer_to_end()


def lower(which: int, soft: int, hard: int | None = None) -> None:
    ceiling = resource.getrlimit(which)[1]
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def in_use(what: str) -> int:
    """Return the bytes this process already has of `VmData` or `VmSize` (Linux)."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith(f"{what}:"))
    return int(line.split()[1]) * 1024


def threads_of_machine() -> int:
    """Return how many threads there are; the kernel's limit counts those of a user, whatever else runs for that one."""
    with open("/proc/loadavg") as file:
        return int(file.read().split()[3].partition("/")[2])


def prefer_to_end() -> None:
    """Let the kernel, short of memory, end this process before the server that forked it."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
