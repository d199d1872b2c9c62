"""Fork servers without a backend, for tests of how processes begin, are held and end: they are there at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from harness.sandbox import environment
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.pool import ServerPool
from harness.sandbox.preloading import Preloaded
from harness.sandbox.walls import Walls

USUAL = environment.BOOT.format(module="zygote")
BOOT = """\
import sys; sys.path.insert(0, sys.argv[1])
from harness.training import backend
backend.load = backend.configure = backend.seed = lambda *_, **__: None
from harness.sandbox.zygote import main; main()
"""


class BarePreloaded(Preloaded):
    """What the same servers are forked from, behind the same walls, with a backend that is nothing at all."""

    def __init__(self, walls: Walls) -> None:
        super().__init__("none", walls)

    def _command(self, control: int) -> list[str]:
        command = super()._command(control)
        assert USUAL in command
        return [BOOT if part == USUAL else part for part in command]


def bare_pool(walls: Walls) -> ServerPool:
    preloaded = BarePreloaded(walls)
    return ServerPool(lambda: ForkServer("none", "cpu", walls, preloaded=preloaded), preloaded)


@contextmanager
def bare_servers(walls: Walls) -> Iterator[ServerPool]:
    """Yield servers of the test's own, which are closed afterwards: what is left then, they or their steps left."""
    pool = bare_pool(walls)
    try:
        yield pool
    finally:
        pool.close()
