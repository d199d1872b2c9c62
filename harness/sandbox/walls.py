"""The barrier of a level: the command that starts a process behind it, and what that process does to close it.

The caller's side asks for a `command`. Inside, `enter` runs first, before the backend is loaded; `lock` runs in each
step's process after everything is loaded and read, and right before student code.
"""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from harness.sandbox import (
    bubblewrap,
    environment,
    facts,
    identity,
    joining,
    landlock,
    limits,
    namespaces,
    seatbelt,
    seccomp,
)
from harness.sandbox.levels import Level
from harness.sandbox.view import KERNEL, View

SCRATCH_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True)
class Walls:
    """A level with what it lets through. `user` is the id that root gives itself up for, None for an ordinary user.

    With `joined`, bubblewrap builds the barrier for a process that waits in it, and others enter when they are ready.
    """

    level: Level
    view: View
    user: int | None = None
    reading: bool = False  # keep the capability to enter closed folders; Landlock says which
    joined: bool = False

    @property
    def sized(self) -> bool:
        """Whether scratch is memory of a fixed size, and not a folder on a disk that others use too."""
        return self.level == Level.BUBBLEWRAP or (self.level == Level.NAMESPACES and self.user is not None)

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> "Walls":
        values = json.loads(text)
        seen = values.pop("view")
        view = View(tuple(seen["read"]), tuple(seen["hidden"]), tuple(seen["devices"]), seen["package"])
        return cls(Level(values.pop("level")), view, **values)


def make(level: Level, view: View, *, joined: bool = False) -> Walls:
    """Return the walls of `level` for whoever runs this; `joined` is for bubblewrap alone."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    user = identity.NOBODY if root and level.filtered else None
    closed = identity.closed_to_others([*view.read, tempfile.gettempdir()])
    reading = user is not None and level == Level.LANDLOCK and bool(closed)
    return Walls(level, view, user, reading, joined and level == Level.BUBBLEWRAP)


def command(walls: Walls, folder: Path, module: str, *arguments: str) -> list[str]:
    """Return the command that runs `harness.sandbox.<module>` behind the outer barrier of `walls`.

    `folder` is the one that `prepare_scratch` was given. Raises SandboxError if the barrier's own program is missing.
    """
    inner = environment.command(module, walls.dump(), *arguments)
    if walls.level == Level.BUBBLEWRAP and not walls.joined:
        return bubblewrap.command(walls.view, SCRATCH_BYTES, folder, inner)
    if walls.level == Level.SEATBELT:
        return seatbelt.command(walls.view, folder, inner)
    return inner


def held(walls: Walls, folder: Path, start: joining.Start) -> joining.Holder | None:
    """Return what holds a barrier that is entered later; None for one that whoever enters builds, or has around it.

    `folder` is the one that `prepare_scratch` was given. Raises SandboxError if the barrier's own program is missing.
    """
    if not walls.joined:
        return None
    return joining.Holder(bubblewrap.command(walls.view, SCRATCH_BYTES, folder, joining.waiting()), start)


def scratch_inside(walls: Walls, folder: Path) -> Path:
    """Return where a folder for scratch on the caller's side is found inside."""
    return Path(bubblewrap.SCRATCH) if walls.level == Level.BUBBLEWRAP else folder


def prepare_scratch(walls: Walls, folder: Path) -> None:
    """Hand the folder that holds scratch to the id that will use it, with what is laid over /proc inside.

    On the caller's side.
    """
    if walls.level.own_processes:
        facts.prepare(folder)
    if walls.user is not None and walls.level == Level.LANDLOCK:
        os.chown(folder, walls.user, walls.user)


def enter(walls: Walls, scratch: Path, told: int | None = None) -> None:
    """Put this process behind the outer barrier and give up root; it may go on in a child.

    `told` is the descriptor on which the holder of a barrier tells where it is, if there is one.
    """
    if walls.joined:
        assert told is not None
        joining.enter(told)
    if walls.level == Level.NAMESPACES:
        namespaces.enter(scratch, SCRATCH_BYTES, (*walls.view.read, walls.view.package, str(scratch)))
    if walls.user is not None:
        identity.become(walls.user, reading=walls.reading)
    if walls.level.filtered:
        readable(walls.view)  # before steps are forked
    if walls.level == Level.NAMESPACES or walls.joined:
        limits.die_with_parent()  # of the process that stayed behind; becoming somebody else would have undone it


def lock(walls: Walls, writable: Sequence[Path]) -> None:
    """Close the inner barrier, for good: files by Landlock, system calls by seccomp. One thread at most runs yet."""
    if not walls.level.filtered:
        return
    read, listing = readable(walls.view)
    devices = [Path(device) for device in walls.view.devices]
    landlock.restrict([*map(Path, KERNEL), *facts.readable(), *read], listing, writable, devices)
    seccomp.install(gpu=walls.view.accelerator)


@cache
def readable(view: View) -> tuple[list[Path], list[Path]]:
    """Return what may be read and what only listed; looking through the libraries takes milliseconds, once."""
    hidden = [Path(path) for path in view.within_filters]
    read, listing = list[Path](), list[Path]()
    for path in view.read:
        some, only_listed = landlock.without(Path(path), hidden)
        read += some
        listing += only_listed
    return read, listing


def supported() -> bool:
    """Whether the inner barrier can be tried at all here."""
    return sys.platform == "linux" and landlock.abi() > 0 and seccomp.supported()
