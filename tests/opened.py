"""Which descriptors were left open, whatever earlier tests in this process left to the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

DESCRIPTORS = Path("/proc/self/fd")
Descriptor = tuple[int, str]

needs_descriptors = pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="Linux lists descriptors, this system does not")


@contextmanager
def nothing_left_open() -> Iterator[None]:
    """Raise AssertionError if a descriptor is open at the end that was not at the beginning.

    Their numbers are not compared, as some may close meanwhile that are of earlier tests. Garbage is collected before
    and not afterwards: what only the collector closes was left open.
    """
    gc.collect()
    before = opened()
    yield
    left = opened() - before
    assert not left, f"left open: {sorted(left)}"


def opened() -> set[Descriptor]:
    """Return the number of each open descriptor of this process with what it leads to."""
    found = set[Descriptor]()
    for entry in [*DESCRIPTORS.iterdir()]:
        with suppress(FileNotFoundError):  # the one that listed them
            found.add((int(entry.name), str(entry.readlink())))
    return found
