"""The files that student code may reach: Landlock, by which a process gives up rights for good, without being root.

Rules only add rights, and a rule on a folder holds for everything beneath it; `without` therefore grants a folder
piece by piece around what must stay closed. Landlock judges files as they are opened: descriptors that are open
already keep their rights, and `stat` is never refused.

Sources: Documentation/userspace-api/landlock.rst; landlock(7); linux/landlock.h.
"""

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Collection, Iterable
from enum import IntFlag
from pathlib import Path

from harness.sandbox.syscalls import call, forbid_new_privileges

CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1


class Right(IntFlag):
    """What can be done with files, in the order of the kernel's bits (LANDLOCK_ACCESS_FS_*)."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13  # rename or link from one folder to another
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15
    RESOLVE_UNIX = 1 << 16  # connect to a socket by its path


# From which ABI on the kernel knows a right, beyond the thirteen of the first.
SINCE = {Right.REFER: 2, Right.TRUNCATE: 3, Right.IOCTL_DEV: 5, Right.RESOLVE_UNIX: 9}

OF_FILES = Right.EXECUTE | Right.WRITE_FILE | Right.READ_FILE | Right.TRUNCATE | Right.IOCTL_DEV | Right.RESOLVE_UNIX
READ = Right.EXECUTE | Right.READ_FILE | Right.READ_DIR
LIST = Right.READ_DIR
# No devices, sockets, pipes or symbolic links are made in scratch, and no program is started from there.
WRITE = (
    Right.READ_FILE | Right.READ_DIR | Right.WRITE_FILE | Right.TRUNCATE | Right.REFER
    | Right.MAKE_REG | Right.MAKE_DIR | Right.REMOVE_FILE | Right.REMOVE_DIR
)  # fmt: skip
DEVICE = Right.READ_FILE | Right.WRITE_FILE | Right.IOCTL_DEV


def abi() -> int:
    """Return the version of the kernel's Landlock, from 1; 0 where there is none or it is switched off."""
    try:
        return call("landlock_create_ruleset", 0, 0, CREATE_RULESET_VERSION)
    except OSError:
        return 0


def restrict(read: Iterable[Path], listing: Iterable[Path], write: Iterable[Path], devices: Iterable[Path]) -> None:
    """Give up every right to files but these, all TCP and UDP ports, and signals and sockets to the outside; for good.

    `read`: files and folders to read and execute. `listing`: folders whose names, and the names beneath them, may be
    listed. `write`: scratch folders. `devices`: device files to read, write and control. Symbolic links are followed;
    paths that do not exist, or that this user cannot reach, are skipped. Before ABI 3 truncation is not judged, before
    ABI 4 TCP, 6 signals, 10 UDP: `seccomp.install` keeps those. Raises OSError where the kernel refuses, or where this
    process has more than one thread, since the others would stay free.
    """
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise OSError(errno.EBUSY, f"Expected one thread in the process that Landlock is to restrict, found {threads}.")
    version = abi()
    if not version:
        raise OSError(errno.EOPNOTSUPP, "Expected a kernel with Landlock, but it has none or it is switched off.")
    try:
        ruleset = create_ruleset(version)
        try:
            for paths, rights in ((read, READ), (listing, LIST), (write, WRITE), (devices, DEVICE)):
                for path in paths:
                    allow(ruleset, path, rights & handled(version))
            forbid_new_privileges()
            call("landlock_restrict_self", ruleset, 0)
        finally:
            os.close(ruleset)
    except OSError as error:
        message = f"Expected Landlock (ABI {version}) to restrict this process, received: {error.strerror}."
        raise OSError(error.errno, message, error.filename) from error


def handled(version: int) -> Right:
    """Return all rights to files that an ABI version can withhold."""
    return Right(sum(right for right in Right if SINCE.get(right, 1) <= version))


def create_ruleset(version: int) -> int:
    """Return a descriptor of an empty ruleset that withholds all files, ports and scopes this version knows of.

    struct landlock_ruleset_attr: files; from ABI 4 network: bind and connect of TCP, from 10 of UDP; from ABI 6
    scopes: abstract unix sockets, signals.
    """
    network = (0b0011 if version >= 4 else 0) | (0b1100 if version >= 10 else 0)
    scopes = 0b11 if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", handled(version), network, scopes))
    return call("landlock_create_ruleset", ctypes.addressof(attributes), size, 0)


def allow(ruleset: int, path: Path, rights: Right) -> None:
    """Add a rule for a path and all beneath it; a file gets those of the rights that files can have."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= OF_FILES
        if rights:
            rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor))
            call("landlock_add_rule", ruleset, RULE_PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(descriptor)


def without(folder: Path, excluded: Collection[Path]) -> tuple[list[Path], list[Path]]:
    """Return (read, listing) for `restrict`: the whole of a folder but for the excluded paths beneath it.

    Folders above an excluded path are only listed, and their other entries granted one by one. Symbolic links there
    are left out, since a rule on a link is one on its target: whoever needs the target names it. Two things Landlock
    cannot express: the names (not the contents) beneath a listed folder show, those of excluded folders too; and a
    file that has a second name elsewhere, as a hard link or a bind mount, can be read by that name.
    """
    folder, closed = folder.resolve(), {path.resolve() for path in excluded}
    above = {parent for path in closed for parent in path.parents}
    if closed & {folder, *folder.parents}:
        return [], []
    if folder not in above:
        return [folder], []
    read: list[Path] = []
    listing: list[Path] = []
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        listing.append(here)
        for path in entries(here):
            if path not in closed:
                (waiting if path in above else read).append(path)
    return read, listing


def entries(folder: Path) -> list[Path]:
    """Return what is in a folder but for symbolic links; nothing where it cannot be listed."""
    try:
        with os.scandir(folder) as found:
            return [folder / name for name in sorted(entry.name for entry in found if not entry.is_symlink())]
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
