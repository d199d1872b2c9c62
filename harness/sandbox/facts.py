"""Fixed copies of what /proc tells about the whole machine: the truth there changes with what other steps do.

A step that takes memory and gives it back, or keeps a core busy and lets it rest, could be read by another one as a
message. Programs that ask how much memory there is, or how many cores, go on working. Source: proc(5).
"""

import os
import re
from pathlib import Path

PROC = Path("/proc")
COPIED = ("cpuinfo", "meminfo", "stat")
NEEDED = ("cpuinfo",)  # by every backend, so that it is shown even where it cannot be a copy
SPEED = re.compile(r"^(cpu MHz\s*:).*$", re.MULTILINE)
MEMORY = ("MemTotal", "MemFree", "MemAvailable")
NO_MEMORY = ("Buffers", "Cached", "SwapCached", "Active", "Inactive", "SwapTotal", "SwapFree", "Shmem", "Slab")


def prepare(folder: Path) -> None:
    """Write the copies into `folder`, for a barrier that lays them over /proc."""
    for name in COPIED:
        copy_in(folder, name).write_text(text(name))


def copy_in(folder: Path, name: str) -> Path:
    return folder / f"proc-{name}"


def text(name: str) -> str:
    """Return the text of a copy; always the same on one machine."""
    match name:
        case "meminfo":
            total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024
            lines = [(word, total) for word in MEMORY] + [(word, 0) for word in NO_MEMORY]
            return "".join(f"{word + ':':16}{kilobytes:8} kB\n" for word, kilobytes in lines)
        case "stat":
            cores = [f"cpu{n}" for n in range(os.cpu_count() or 1)]
            times = "".join(f"{name} {' '.join('0' * 10)}\n" for name in ("cpu ", *cores))
            return times + "intr 0\nctxt 0\nbtime 0\nprocesses 0\nprocs_running 1\nprocs_blocked 0\nsoftirq 0\n"
    return SPEED.sub(r"\1 0.000", (PROC / name).read_text())


def readable() -> list[Path]:
    """Return which of them a step may read: the copies, and what no backend can do without."""
    return [PROC / name for name in COPIED if name in NEEDED or is_copy(name)]


def is_copy(name: str) -> bool:
    """Say whether a copy stands in /proc: it says the same, which the truth never does; nor has that a size."""
    path = PROC / name
    try:
        return path.stat().st_size > 0 and path.read_text() == text(name)
    except OSError:
        return False
