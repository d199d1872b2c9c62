"""A battlefield per level that this machine offers: fork servers behind its walls, and honest steps in between."""

from collections.abc import Iterator

import pytest
from attacks.battery import LEVELS, Arena, Arenas


@pytest.fixture(scope="session")
def arenas() -> Iterator[Arenas]:
    """Fork servers by level, started when first asked for.

    The variable stands for the secrets of whoever runs the harness; nothing in the sandbox may see it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARNESS_TEST_SECRET", "hunter2")
        found = Arenas()
        try:
            yield found
        finally:
            found.close()


@pytest.fixture(scope="session", params=LEVELS)
def arena(request: pytest.FixtureRequest, arenas: Arenas) -> Arena:
    """Every level in turn; one that does not hold on this machine is skipped with its reason."""
    return arenas.at(request.param)


@pytest.fixture(scope="session")
def strong(arenas: Arenas) -> Arena:
    """The strongest level here: for what ends its process, which costs a new fork server each time."""
    return arenas.strongest()


@pytest.fixture(scope="session")
def weak(arenas: Arenas) -> Arena:
    """The weakest level with kernel filters, where neither a file system nor a process table is the step's own."""
    return arenas.at(LEVELS[0])
