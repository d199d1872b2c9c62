"""The zygote: loads a backend once; the fork servers of a run are forked from it, each before its barrier closes.

Loading takes seconds of CPU and hundreds of megabytes, which servers share so. Forking is safe while this process has a
single thread; a backend whose import starts threads is found out. The zygote has the rights of whoever runs the harness
and never sees anything of a class: a server goes behind its barrier before it takes its first step.

Protocol on the control socket: the first message is `{"home": folder}` for what libraries write while they are
imported. Then each `{"walls": walls, "scratch": folder}` comes with the descriptors of a server: its control socket,
what it prints to, and where the holder of its barrier tells, if there is one. On the server's socket the zygote says
`{}` with a pidfd, or `{"threads": number}` where it has so many that it does not fork.
"""

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from harness.sandbox import limits, server
from harness.sandbox import walls as barrier
from harness.training import backend

MAX_FDS = 3
MAX_BYTES = 1 << 17  # of walls, which name what is hidden


def main() -> NoReturn:
    """Entry point; argument: the descriptor of the control socket."""
    control = socket.socket(fileno=int(sys.argv[2]))
    os.chdir("/")
    home = control.recv(MAX_BYTES)
    if not home or server.deserted(control):
        os._exit(0)
    server.at_home(Path(json.loads(home)["home"]))
    backend.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end leave nothing behind
    try:
        serve(control)
        wait_for_children()
    finally:
        os._exit(0)


def serve(control: socket.socket) -> None:
    """Fork servers until the other end closes the control socket."""
    while True:
        data, fds, _, _ = socket.recv_fds(control, MAX_BYTES, MAX_FDS)
        if not data:
            return
        try:
            fork(json.loads(data), fds)
        finally:
            for fd in fds:
                os.close(fd)


def fork(asked: dict[str, Any], fds: list[int]) -> None:
    """Fork a server that was asked for, and say so on its socket, which is its own from then on."""
    with socket.socket(fileno=os.dup(fds[0])) as theirs, suppress(OSError):  # nobody waits for it any more
        if (threads := server.own_threads()) > 1:
            theirs.send(json.dumps({"threads": threads}).encode())
            return
        pid = os.fork()
        if pid == 0:
            become_server(asked, fds)
        pidfd = os.pidfd_open(pid)
        socket.send_fds(theirs, [b"{}"], [pidfd])
        os.close(pidfd)


def become_server(asked: dict[str, Any], fds: list[int]) -> NoReturn:
    """Go behind the barrier as a server that has all loaded, and ends with its parent whoever it became in there."""
    try:
        limits.die_with_parent()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(fds[1], 2)
        control, *told = [fds[0], *fds[2:]]
        server.close_all_but({0, 1, 2, control, *told})
        walls, scratch = barrier.Walls.parse(asked["walls"]), Path(asked["scratch"])
        server.at_home(scratch)
        own = socket.socket(fileno=control)
        server.run(walls, own, scratch, told[0] if told else None, load=limits.die_with_parent)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def wait_for_children() -> None:
    """Wait for all servers: each ends of itself when its own control socket is closed."""
    with suppress(ChildProcessError):
        os.wait()  # returns only once none is left, as their ends are ignored
