"""Giving up root: student code runs as an id that owns nothing."""

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from harness.sandbox.limits import prctl

NOBODY = 65_534
PR_SET_KEEPCAPS = 8
CAPABILITIES_V3 = 0x20080522  # of <linux/capability.h>
BECOMING = (6, 7)  # CAP_SETGID, CAP_SETUID
ENTERING = (2, 1)  # CAP_DAC_READ_SEARCH; where a container withholds that one, CAP_DAC_OVERRIDE


def become(user: int, *, reading: bool) -> None:
    """Become `user` for good, with no groups and no capability.

    With `reading` one capability stays: to enter folders that only root may, where an interpreter may live. Landlock
    then says which of them; without it this must not be asked for. Raises OSError if the kernel refuses.
    """
    if reading:
        prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    keep_capabilities([n for n in ENTERING if permitted() >> n & 1][:1] if reading else [])


def permitted() -> int:
    """Return the capabilities, below 32, that this process may use, as bits. Source: capget(2)."""
    header, data = (ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)()
    ctypes.CDLL(None, use_errno=True).capget(header, data)
    return int(data[1])


def keep_capabilities(kept: Iterable[int]) -> None:
    """Give up all capabilities but these. Source: capset(2)."""
    bits = sum(1 << n for n in kept)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0)
    data = (ctypes.c_uint32 * 6)(bits, bits, 0, 0, 0, 0)  # effective, permitted, inheritable; low then high words
    if ctypes.CDLL(None, use_errno=True).capset(header, data):
        raise OSError(ctypes.get_errno(), "Expected to give up capabilities, but the kernel refused.")


def closed_to_others(paths: Iterable[str]) -> list[str]:
    """Return the topmost folders above `paths` that only their owner may enter."""
    found = set[str]()
    for path in paths:
        above = reversed(Path(path).resolve().parents)
        closed = next((str(p) for p in above if p.exists() and not p.stat().st_mode & stat.S_IXOTH), None)
        if closed:
            found.add(closed)
    return sorted(found)
