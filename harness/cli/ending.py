"""How the program ends: on signals as on Ctrl-C, with an exit code that says which, and where no output is taken."""

import errno
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType

from harness.files import NO_PLACE, NO_ROOM, NOT_ALLOWED

INTERRUPTED = 130  # the exit code of what Ctrl-C ended, as a shell gives it: 128 and the number of the signal
ENDING = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))
UNREAD = (errno.EPIPE, errno.EIO)  # whoever read the output is gone
REFUSED = (NO_PLACE | NO_ROOM | NOT_ALLOWED) - {errno.ENOENT, errno.EEXIST}  # which may be the harness's own doing
TOO_MANY = {errno.EMFILE, errno.ENFILE}
LONGEST_SHOWN = 200  # characters of a path


class Endings:
    """While inside, the first signal that asks for an end raises KeyboardInterrupt, and further ones change nothing.

    So that what is being put away is put away, however often somebody asks. Signals that the caller ignores, as `nohup`
    does, stay ignored.
    """

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Endings":
        if threading.current_thread() is threading.main_thread():
            for number in ENDING:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._end)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what `signal` returned

    def _end(self, number: int, _: FrameType | None) -> None:
        if number == getattr(signal, "SIGHUP", None):
            leave_terminal()
        if self.number:
            with suppress(OSError):
                os.write(2, b"harness: ending already; what was measured is being put away.\n")
            return
        self.number = number
        raise KeyboardInterrupt

    def code(self, code: int) -> int:
        """Return the exit code of the program, which says which signal ended it."""
        return 128 + self.number if code == INTERRUPTED and self.number else code


def leave_terminal() -> None:
    """Let what is still printed go nowhere: the terminal is closed, and writing to it would fail."""
    null = os.open(os.devnull, os.O_WRONLY)
    for fd in (1, 2):
        if os.isatty(fd):
            os.dup2(null, fd)
    os.close(null)


def any_words() -> None:
    """Let a terminal that cannot show a character show a question mark instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


def output_failed(error: OSError) -> int | None:
    """Return the exit code where nobody takes the output, after saying so; None for any other error."""
    if error.filename is not None or error.errno not in {*UNREAD, *NO_ROOM}:
        return None
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still in the buffer goes nowhere
    if error.errno in UNREAD:
        return 128 + getattr(signal, "SIGPIPE", 13)
    with suppress(OSError):
        sys.stderr.write(f"harness: Could not print all of it ({error.strerror}); what is in files is whole.\n")
    return 2


def path_failed(error: OSError) -> str | None:
    """Return in a sentence what is wrong where the system refuses a path, or any more files; None for other errors."""
    if error.errno in TOO_MANY:
        return f"Could not open one more file ({error.strerror}); give fewer --jobs, or raise the limit (`ulimit -n`)."
    if error.filename is None or error.errno not in REFUSED:
        return None
    named = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(error.filename)
    return f"Could not use {shorten(named)!r} ({error.strerror}); check the path and try again."


def shorten(name: str) -> str:
    """Return a path that is too long for a file system cut to what a person reads."""
    return name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"


def run(program: Callable[[], object]) -> int:
    """Run a program that ends with SystemExit and return the exit code, also where its output cannot be written."""
    any_words()
    with Endings() as endings:
        code = 0
        try:
            program()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except OSError as error:
            if (failed := output_failed(error)) is None:
                raise
            code = failed
        try:
            sys.stdout.flush()
        except OSError as error:
            code = output_failed(error) or code
        gc.freeze()  # or the interpreter would look through all there is before it ends
        return endings.code(code)
