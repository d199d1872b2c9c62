"""Runs the marking desk: opens the class, finds a port, says where it is, and ends cleanly."""

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from waitress.server import create_server

from harness.errors import UsageError
from harness.records.marking_file import FILE, cannot_write
from harness.report.themes.theme import PLAIN, Theme
from harness.serve import limits
from harness.serve.app import create_app
from harness.serve.desk import Desk
from harness.serve.forms import one_line
from harness.serve.gate import WILDCARDS, Gate, is_loopback
from harness.serve.opening import opened_in_browser
from harness.serve.reporter import Reporter
from harness.serve.room import Room, must_ask
from harness.serve.tokens import Tokens
from harness.task import Task
from harness.workflow.graded_class import GradedClass, opened
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

    Raises ResultsError if there is no class, UsageError for one of another course or an address that cannot be
    listened on.
    """
    with opened(out, theme=options.theme, tasks=options.tasks) as graded, ExitStack() as stack:
        if not graded.writable:
            raise cannot_write(out / FILE, "it is for reading only", allowed=False)

        def told(token: str) -> None:
            say(f"One browser came in. For another one: {addresses(options.host, server.effective_port, token)[-1]}")

        gate = Gate(options.host, Tokens(told))
        reporter = Reporter(desk_of(graded))
        grader = one_line(options.grader)
        asks = must_ask(options.host, grader)
        room = Room(reporter.desk, gate, reporter, grader or one_line(login()), asks, options.published)
        server = listen(room, options, say)
        reporter.start()
        try:
            ways = addresses(options.host, server.effective_port, gate.tokens.valid)
            tell(out, options.host, ways, say)
            if options.open_browser and has_browser():
                stack.enter_context(opened_in_browser(ways[0], out))
            with ended_by_sigterm():
                server.run()
        finally:
            server.close()
            reporter.finish()
            say(f"Stopped; {reporter.trouble or 'cards, grades and the class page hold every mark.'}")


def desk_of(graded: GradedClass) -> Desk:
    """Return the desk for a class. Raises UsageError for one of another course, ResultsError for one not to be read."""
    desk = Desk(graded)
    if sight := desk.look():
        graded.check_course(sight.result)
    return desk


def listen(room: Room, options: Options, say: Say) -> Any:
    """Return a server that listens; on another port where the one asked for is taken."""
    v6 = ":" in options.host
    settings = {"host": options.host, "threads": THREADS, "ident": None, "ipv4": not v6, "ipv6": v6, **limits.SETTINGS}
    app = create_app(room)
    try:
        return limited(create_server(app, port=options.port, **settings), room.gate)
    except ValueError as error:  # what waitress makes of a name that means no address
        raise no_address(options.host, "no such address") from error
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise no_address(options.host, error.strerror) from error
        say(f"Port {options.port} cannot be used ({error.strerror}); another one is.")
    return limited(create_server(app, port=0, **settings), room.gate)


def limited(server: Any, gate: Gate) -> Any:
    """Return the server with connections that end by themselves."""
    server.channel_class = limits.channel(gate)
    return server


def no_address(host: str, why: str | None) -> UsageError:
    return UsageError(
        f"Expected --host to be an address of this machine, received {host!r} ({why}); 127.0.0.1 is always one."
    )


def addresses(host: str, port: int, token: str) -> list[str]:
    """Return the address for a browser on this machine, and the one for others where they may come in by another."""
    hosts = [shown_host(host), *([socket.gethostname()] if host in WILDCARDS else [])]
    return [f"http://{name}:{port}/?token={token}" for name in hosts]


def tell(out: Path, host: str, ways: Sequence[str], say: Say) -> None:
    say(f"Marking {out} at {ways[0]}")
    for way in ways[1:]:
        say(f"From other machines: {way}")
    say("The address lets one browser in; then another one is printed.")
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
    """While inside, SIGTERM ends the server as Ctrl-C does, where nobody handles it."""

    def end(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield  # whoever handles it already may know that it comes twice
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
