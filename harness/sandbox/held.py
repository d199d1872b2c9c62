"""Files that a process keeps although they have no name any more: they fill a disk and no folder shows them."""

import os
import re
from contextlib import suppress
from pathlib import Path

from harness.sandbox import look

MAPPED = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+\s+(/.*) \(deleted\)$")


def bytes_without_name(pid: int, below: Path) -> int:
    """Return how much of the disk a process holds in removed files that were `below` a folder, open or mapped.

    A file that is both is counted twice; 0 where the process has ended or may not be looked at.
    """
    with suppress(OSError):
        thread = look.living(pid, os.listdir(f"/proc/{pid}/task"))  # files and memory are common to all of them
        return in_descriptors(thread, below) + in_mappings(thread, below)
    return 0


def in_descriptors(thread: Path, below: Path) -> int:
    size = 0
    with suppress(OSError):
        for entry in (thread / "fd").iterdir():
            with suppress(OSError):
                facts = entry.stat()
                if facts.st_nlink == 0 and entry.readlink().is_relative_to(below):
                    size += facts.st_blocks * 512
    return size


def in_mappings(thread: Path, below: Path) -> int:
    size = 0
    with suppress(OSError), (thread / "maps").open(errors="replace") as lines:
        for line in lines:
            found = MAPPED.match(line.rstrip("\n"))
            if found and Path(found[3]).is_relative_to(below):
                size += int(found[2], 16) - int(found[1], 16)
    return size
