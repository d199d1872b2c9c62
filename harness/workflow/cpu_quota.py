"""How many cores a container or a scheduler grants this process, whatever it sees of the machine's."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
MINE = Path("/proc/self/cgroup")


def granted(groups: Path = GROUPS, mine: Path = MINE) -> float | None:
    """Return the least number of cores that any group this process is in may use together; None without a quota.

    Sources: cgroups(7); the kernel's documentation of `cpu.max` (version 2) and of `cpu.cfs_quota_us` (version 1).
    """
    quotas = [quota for folder in folders(groups, mine) if (quota := quota_of(folder)) is not None]
    return min(quotas, default=None)


def folders(groups: Path, mine: Path) -> Iterator[Path]:
    """Yield the folders of this process's group and of those that it is part of, for both versions.

    A container often sees its own group alone, as the topmost, under a path that is told as the host has it.
    """
    for line in lines_of(mine):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and "cpu" not in controllers.split(","):
            continue
        inside = Path(path.lstrip("/"))
        places = [groups, groups / "unified"] if not controllers else [groups / controllers, groups / "cpu"]
        for place in places:
            yield from (place / part for part in (inside, *inside.parents))
    yield from (groups, groups / "cpu")


def quota_of(folder: Path) -> float | None:
    """Return the cores that a group's own quota is worth; None where it has none."""
    with suppress(ValueError, ZeroDivisionError):
        first = [lines_of(folder / name)[:1] for name in ("cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us")]
        quota, period = first[0][0].split() if first[0] else (*first[1], *first[2])
        if int(quota) > 0:  # where there is none, version 2 says "max" and version 1 -1
            return int(quota) / int(period)
    return None


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file of the system; none where it cannot be read."""
    with suppress(OSError, UnicodeDecodeError):
        return file.read_text().splitlines()
    return []
