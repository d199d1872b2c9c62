"""However a verb ends, its exit code says how: by signals as by Ctrl-C, and where nobody takes its output."""

import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from harness.cli.ending import Endings, output_failed, run
from harness.cli.options import reported
from harness.terminal.live_screen import screen


@reported
def interrupted(times: int, number: int) -> None:
    """Wait as a verb does, put away what there is, and go on."""
    try:
        for _ in range(times):
            os.kill(os.getpid(), number)
    finally:
        for _ in range(4):  # while it puts things away
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_as_ctrl_c_and_more_of_them_break_nothing_off(
    capfd: pytest.CaptureFixture[str], number: int, code: int
) -> None:
    def program() -> None:
        try:
            interrupted(1, number)
        except typer.Exit as end:
            sys.exit(end.exit_code)

    before = signal.getsignal(number)
    try:
        if before is signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.SIG_DFL)
        assert run(program) == code
    finally:
        signal.signal(number, before)
    assert "interrupted; what was measured is kept, the same command goes on from there." in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_signals_that_the_caller_ignores_stay_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Endings() as endings:
            os.kill(os.getpid(), signal.SIGHUP)
        assert endings.number == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, 2), (errno.EPIPE, 141), (errno.EIO, 141), (errno.ENOENT, None)]
)
def test_an_output_that_nobody_takes_has_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, code: int | None
) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())  # not to close the real one
    assert output_failed(OSError(number, os.strerror(number))) == code
    assert output_failed(OSError(number, os.strerror(number), str(tmp_path))) is None, "a file is another matter"


PRINTS = """
import sys
from pathlib import Path
from harness.cli.ending import run
from harness.terminal.lines import print_line
from harness.terminal.live_screen import screen
sys.exit(run(lambda: [print_line(screen(), "dee ó'Neill … ✓") for _ in range(int(sys.argv[1]))]))
"""


def printed(lines: int, **changes: object) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", PRINTS, str(lines)]
    return subprocess.run(command, stderr=subprocess.PIPE, timeout=300, check=False, **changes)  # type: ignore[call-overload,no-any-return]


@pytest.mark.slow
def test_words_that_a_terminal_cannot_show_are_no_end() -> None:
    done = printed(1, stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, b"dee ?'Neill ? ?", b"")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_disk_under_the_output_is_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = printed(1, stdout=full)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("harness: Could not print all of it (No space left on device)")
    assert b"Traceback" not in done.stderr


def test_a_reader_that_went_away_is_told_to_the_verb() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    console = screen()
    console.file = Gone()
    with pytest.raises(BrokenPipeError):
        console.print("x")
