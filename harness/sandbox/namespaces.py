"""The barrier without bubblewrap: a network, process table and shared memory of its own, by unshare(2).

An ordinary user needs a user namespace for it. Ids are not mapped in there, because some systems (Ubuntu 24.04) allow
the namespace but refuse the mapping. Root needs none, and gets a file system tree of its own as well, with a scratch
of limited size and the interpreter in sight even where it lives in a folder that only root may enter.
"""

import ctypes
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from harness.sandbox.identity import NOBODY, closed_to_others

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x0002_0000, 0x0400_0000, 0x0800_0000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
SCRATCH_FILES = 20_000  # inodes, of kernel memory each


def enter(scratch: Path, scratch_bytes: int, read: Sequence[str]) -> None:
    """Move this process into namespaces of its own, as the first process of its process table.

    Returns in a child; the caller's process stays behind to wait for it. Raises OSError if the kernel refuses.
    """
    flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    root = os.geteuid() == 0
    unshare(flags | (CLONE_NEWNS if root else CLONE_NEWUSER))
    if root:
        own_tree(scratch, scratch_bytes, read)
    pid = os.fork()
    if pid:
        stay_behind(pid)


def stay_behind(pid: int) -> NoReturn:
    """Wait for the child and end as it did; when this process is killed, the child is too."""
    os.closerange(3, 65_536)  # or nobody would notice that the child let go of them
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def end_all() -> None:
    """Kill every process of this process table but its first and this one."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(-1, signal.SIGKILL)


def own_tree(scratch: Path, scratch_bytes: int, read: Sequence[str]) -> None:
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    for closed in closed_to_others(read):
        reveal(closed, [os.path.realpath(p) for p in read if os.path.realpath(p).startswith(closed + os.sep)])
    options = f"size={scratch_bytes},nr_inodes={SCRATCH_FILES},mode=0700,uid={NOBODY},gid={NOBODY}"
    mount("tmpfs", str(scratch), "tmpfs", MS_NOSUID | MS_NODEV, options)


def reveal(closed: str, paths: Sequence[str]) -> None:
    """Cover a folder that only its owner may enter by an open one that holds nothing but `paths`."""
    held = {path: os.open(path, os.O_PATH) for path in paths}
    mount("tmpfs", closed, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0755")
    for path, fd in held.items():
        source, target = Path(f"/proc/self/fd/{fd}"), Path(path)
        (target if source.is_dir() else target.parent).mkdir(parents=True, exist_ok=True)
        if not source.is_dir():
            target.touch()
        mount(str(source), path, "", MS_BIND | MS_REC)
        os.close(fd)


def unshare(flags: int) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        number = ctypes.get_errno()
        raise OSError(number, f"Expected namespaces of its own, but the kernel said: {os.strerror(number)}.")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode() or None, flags, options.encode() or None)
    call = ctypes.CDLL(None, use_errno=True).mount
    call.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
    if call(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"Expected to mount {target}, but the kernel said: {os.strerror(number)}.")
