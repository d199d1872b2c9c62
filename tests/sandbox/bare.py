"""A fork server without a backend, for tests of how processes begin, are held and end: it is there at once."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from harness.sandbox import environment
from harness.sandbox.launch import ForkServer
from harness.sandbox.pool import ServerPool
from harness.sandbox.walls import Walls

USUAL = environment.BOOT.format(module="server")
BOOT = """\
import sys; sys.path.insert(0, sys.argv[1])
from harness.training import backend
backend.load = backend.configure = backend.seed = lambda *_, **__: None
from harness.sandbox.server import main; main()
"""


class BareServer(ForkServer):
    """The same server behind the same walls, whose backend is nothing at all."""

    def __init__(self, walls: Walls) -> None:
        super().__init__("none", "cpu", walls)

    def _popen(self, command: list[str], env: dict[str, str], fd: int) -> "subprocess.Popen[bytes]":
        assert USUAL in command
        return super()._popen([BOOT if part == USUAL else part for part in command], env, fd)


@contextmanager
def bare_servers(walls: Walls) -> Iterator[ServerPool]:
    """Yield servers of the test's own, which are closed afterwards: what is left then, they or their steps left."""
    pool = ServerPool(lambda: BareServer(walls))
    try:
        yield pool
    finally:
        pool.close()
