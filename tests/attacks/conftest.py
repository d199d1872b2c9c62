"""A battlefield per level that this machine offers: fork servers behind its walls, and honest steps in between."""

from collections.abc import Callable, Iterator

import pytest
from attacks.battery import LEVELS, Arena, Arenas

from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool


@pytest.fixture(scope="session")
def arenas(servers_at: Callable[[Level], ServerPool]) -> Iterator[Arenas]:
    """Arenas by level, made when first asked for."""
    found = Arenas(servers_at)
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


@pytest.fixture(scope="session")
def bare_arenas(bare_at: Callable[[Level], ServerPool]) -> Iterator[Arenas]:
    """Arenas whose servers load no backend: for what ends its process, and has nothing to do with models."""
    found = Arenas(bare_at, backend=False)
    try:
        yield found
    finally:
        found.close()


@pytest.fixture(scope="session", params=LEVELS)
def bare_arena(request: pytest.FixtureRequest, bare_arenas: Arenas) -> Arena:
    return bare_arenas.at(request.param)


@pytest.fixture(scope="session")
def bare_strong(bare_arenas: Arenas) -> Arena:
    return bare_arenas.strongest()


@pytest.fixture(scope="session")
def bare_weak(bare_arenas: Arenas) -> Arena:
    return bare_arenas.at(LEVELS[0])
