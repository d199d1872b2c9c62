"""Runs the marking desk: opens the class, finds a port, says where it is, and ends cleanly."""

import errno
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from waitress.server import create_server

from harness.errors import UsageError
from harness.records.marking_file import FILE, cannot_write
from harness.report.themes.theme import PLAIN, Theme
from harness.serve.app import create_app
from harness.serve.desk import Desk
from harness.serve.forms import one_line
from harness.serve.gate import WILDCARDS, Gate, is_loopback
from harness.serve.reporter import Reporter
from harness.serve.room import Room, must_ask
from harness.task import Task
from harness.workflow.graded_class import opened
from harness.workflow.options import registry
from harness.workflow.publish import login

PORT = 8000
THREADS = 8
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How to serve. `port` 0 takes any free one; without a `grader` it is the login name, or asked on other hosts."""

    host: str = "127.0.0.1"
    port: int = PORT
    grader: str = ""
    open_browser: bool = True
    published: Path | None = None
    theme: Theme = PLAIN
    tasks: Mapping[str, Task] = field(default_factory=registry)


def serve(out: Path, options: Options, say: Say) -> None:
    """Serve the class graded into `out` until Ctrl-C or SIGTERM; then what was entered is in its reports.

    Raises ResultsError if there is no class, UsageError for an address that cannot be listened on.
    """
    gate = Gate(options.host)
    with opened(out, theme=options.theme, tasks=options.tasks) as graded:
        if not graded.writable:
            raise cannot_write(out / FILE, "it is for reading only", allowed=False)
        reporter = Reporter(Desk(graded))
        grader = one_line(options.grader)
        asks = must_ask(options.host, grader)
        room = Room(reporter.desk, gate, reporter, grader or one_line(login()), asks, options.published)
        server = listen(room, options, say)
        reporter.start()
        try:
            way = f":{server.effective_port}/?token={gate.token}"
            address = f"http://{shown_host(options.host)}{way}"
            tell(out, options.host, address, way, say)
            if options.open_browser and has_browser():
                threading.Timer(0.2, webbrowser.open, [address]).start()
            with ended_by_sigterm():
                server.run()
        finally:
            server.close()
            reporter.finish()
            say(f"Stopped; {reporter.trouble or 'cards, grades and the class page hold every mark.'}")


def listen(room: Room, options: Options, say: Say) -> Any:
    """Return a server that listens; on another port where the one asked for is taken."""
    v6 = ":" in options.host
    settings = {"host": options.host, "threads": THREADS, "ident": None, "ipv4": not v6, "ipv6": v6}
    app = create_app(room)
    try:
        return create_server(app, port=options.port, **settings)
    except ValueError as error:  # what waitress makes of a name that means no address
        raise no_address(options.host, "no such address") from error
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise no_address(options.host, error.strerror) from error
        say(f"Port {options.port} cannot be used ({error.strerror}); another one is.")
    return create_server(app, port=0, **settings)


def no_address(host: str, why: str | None) -> UsageError:
    return UsageError(
        f"Expected --host to be an address of this machine, received {host!r} ({why}); 127.0.0.1 is always one."
    )


def tell(out: Path, host: str, address: str, way: str, say: Say) -> None:
    say(f"Marking {out} at {address}")
    if host in WILDCARDS:
        say(f"From other machines: http://{socket.gethostname()}{way}")
    if not is_loopback(host):
        say("Others in this network can reach it. Nothing is encrypted: use it in a network that you trust.")
    say("Ctrl-C ends it. Every mark is on the disk before it is shown as saved.")


def shown_host(host: str) -> str:
    """Return the host for an address that a browser opens here."""
    if host in WILDCARDS:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def has_browser() -> bool:
    """Say whether there is a screen to open a browser on; one in the terminal would take that over."""
    if sys.platform in ("darwin", "win32") or os.environ.get("BROWSER"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """While inside, SIGTERM ends the server as Ctrl-C does."""

    def end(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
