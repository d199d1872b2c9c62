"""The barrier without bubblewrap: a network, process table and shared memory of its own, by unshare(2).

An ordinary user needs a user namespace for it. Ids are not mapped in there, because some systems (Ubuntu 24.04) allow
the namespace but refuse the mapping. Root needs none, and gets a file system tree of its own as well, with a scratch
of limited size and the interpreter in sight even where it lives in a folder that only root may enter. Everything but
scratch is mounted unwritable, where the kernel lets an ordinary user do that.
"""

import ctypes
import os
import signal
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from harness.sandbox import facts
from harness.sandbox.identity import NOBODY, closed_to_others
from harness.sandbox.syscalls import call

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x0002_0000, 0x0400_0000, 0x0800_0000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP = 0x1000_0000, 0x2000_0000, 0x4000_0000, 0x0200_0000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, AT_FDCWD, AT_RECURSIVE = 1, 2, -100, 0x8000
SCRATCH_FILES = 20_000  # inodes, of kernel memory each


def enter(scratch: Path, scratch_bytes: int, read: Sequence[str]) -> None:
    """Move this process into namespaces of its own, as the first process of its process table.

    `scratch` holds what `facts.prepare` wrote. Returns in a child; the caller's process stays behind to wait for it.
    Raises OSError if the kernel refuses.
    """
    flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS
    root = os.geteuid() == 0
    unshare(flags if root else flags | CLONE_NEWUSER)
    pid = os.fork()
    if pid:
        stay_behind(pid)
    if root:
        own_tree(scratch, scratch_bytes, read)
    else:
        with suppress(OSError):  # Ubuntu 24.04 gives the namespace, but nothing may be mounted in it
            same_tree(scratch)


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
    """Show root what it may read, unwritable, with a /proc and a scratch of its own."""
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    for closed in closed_to_others(read):
        reveal(closed, [os.path.realpath(p) for p in read if os.path.realpath(p).startswith(closed + os.sep)])
    unwritable("/")
    own_proc(scratch)
    options = f"size={scratch_bytes},nr_inodes={SCRATCH_FILES},mode=0700,uid={NOBODY},gid={NOBODY}"
    mount("tmpfs", str(scratch), "tmpfs", MS_NOSUID | MS_NODEV, options)


def same_tree(scratch: Path) -> None:
    """Make everything unwritable for an ordinary user but scratch, which stays the folder it is."""
    mount(str(scratch), str(scratch), "", MS_BIND)
    unwritable("/")
    writable(str(scratch))
    own_proc(scratch)


def own_proc(scratch: Path) -> None:
    """Lay a /proc of this process table over the machine's, and the copies that stand in `scratch` over that."""
    try:
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    except OSError:  # a container that covers parts of its own
        writable("/proc")  # for one's own order among those that end when memory is short
    for name in facts.COPIED:
        mount(str(facts.copy_in(scratch, name)), f"/proc/{name}", "", MS_BIND)
        unwritable(f"/proc/{name}")


def unwritable(path: str) -> None:
    """Forbid writing to a mount and those below it; reading a file there leaves no time of access in it either."""
    mount_attributes(path, AT_RECURSIVE, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0)


def writable(path: str) -> None:
    mount_attributes(path, 0, 0, MOUNT_ATTR_RDONLY)


def mount_attributes(path: str, flags: int, added: int, taken: int) -> None:
    """Change what holds for a mount. Raises OSError. Source: mount_setattr(2), since Linux 5.12."""
    name = ctypes.create_string_buffer(os.fsencode(path))
    change = ctypes.create_string_buffer(struct.pack("=QQQQ", added, taken, 0, 0), 32)
    call("mount_setattr", AT_FDCWD, ctypes.addressof(name), flags, ctypes.addressof(change), 32)


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


def setns(fd: int, flags: int) -> None:
    """Move this process into namespaces of the process that `fd` stands for; into its process table its children only.

    Raises OSError if the kernel refuses. Source: setns(2), since Linux 5.8.
    """
    if ctypes.CDLL(None, use_errno=True).setns(fd, flags):
        number = ctypes.get_errno()
        raise OSError(number, f"Expected to join namespaces, but the kernel said: {os.strerror(number)}.")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode() or None, flags, options.encode() or None)
    call = ctypes.CDLL(None, use_errno=True).mount
    call.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
    if call(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"Expected to mount {target}, but the kernel said: {os.strerror(number)}.")
