"""Which level this machine offers: found by running the self-test behind each barrier, never by reading a setting."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import IO

from harness.errors import SandboxError
from harness.sandbox import bubblewrap, environment, loading, selftest
from harness.sandbox import walls as barrier
from harness.sandbox.joining import start_waiting
from harness.sandbox.levels import Level
from harness.sandbox.view import view

SECONDS = 60.0
ON_LINUX = (Level.BUBBLEWRAP, Level.NAMESPACES, Level.LANDLOCK)
ON_MACOS = (Level.SEATBELT,)


@dataclass(frozen=True)
class Found:
    """The strongest walls that held, and in one sentence each why stronger ones did not."""

    walls: barrier.Walls
    refused: Mapping[Level, str]


@cache
def strongest(device: str) -> Found:
    """Return the strongest walls for steps on `device`; the level is NONE where none held."""
    levels = {"linux": ON_LINUX, "darwin": ON_MACOS}.get(sys.platform, ())
    refused: dict[Level, str] = {}
    for level in levels:
        try:
            return Found(hold(level, device), refused)
        except SandboxError as error:
            refused[level] = str(error)
    return Found(barrier.make(Level.NONE, view(device)), refused)


def likely(device: str) -> barrier.Walls | None:
    """Return the walls that `strongest` finds unless something is wrong here, without trying them; None if none can be.

    For what may begin meanwhile: student code runs behind walls that were tried only.
    """
    if sys.platform != "linux" or not barrier.supported():
        return None
    try:
        bubblewrap.find()
    except SandboxError:
        return barrier.make(Level.NAMESPACES, view(device))
    return barrier.make(Level.BUBBLEWRAP, view(device), joined=True)


def hold(level: Level, device: str) -> barrier.Walls:
    """Return the walls of `level` after the self-test behind them. Raises SandboxError saying what does not hold.

    Those of bubblewrap are built around a server where they cannot be joined, as where it is installed setuid root.
    """
    walls = barrier.make(level, view(device), joined=level == Level.BUBBLEWRAP)
    if level == Level.NONE:
        return walls
    try:
        return tried(walls)
    except SandboxError:
        if not walls.joined:
            raise
    return tried(replace(walls, joined=False))


def tried(walls: barrier.Walls) -> barrier.Walls:
    """Return walls after the self-test behind them. Raises SandboxError saying what does not hold."""
    level = walls.level
    if level.filtered and not barrier.supported():
        raise SandboxError("Expected Landlock and seccomp, which this kernel does not offer (Linux 5.13 and later do).")
    told = try_out(walls)
    if weak := selftest.weakness(level, told, root=walls.user is not None):
        raise SandboxError(f"Expected {level} to hold, but behind it {weak}.")
    return walls


def try_out(walls: barrier.Walls) -> dict[str, object]:
    """Run the self-test behind `walls` and return what it told. Raises SandboxError if it told nothing."""
    with tempfile.TemporaryDirectory(prefix="harness-") as folder, loading.printed() as printed:
        try:
            done = run_selftest(walls, Path(folder), printed)
        except subprocess.TimeoutExpired as error:
            raise SandboxError(f"Expected {walls.level} to be ready within {SECONDS:.0f} s, but it was not.") from error
        except OSError as error:
            raise SandboxError(f"Expected {walls.level} to start, but: {error}.") from error
        try:
            return dict(json.loads(done.stdout))
        except ValueError as error:
            said = loading.last_line(printed) or f"exit code {done.returncode}"
            raise SandboxError(f"Expected {walls.level} to start, but: {said}") from error


def run_selftest(walls: barrier.Walls, folder: Path, printed: IO[bytes]) -> "subprocess.CompletedProcess[bytes]":
    """Run the self-test with scratch in `folder`; what it, or the barrier, prints beside it goes to `printed`."""
    scratch, secret = folder / "scratch", folder / "secret"
    folder.chmod(0o755)
    scratch.mkdir()
    secret.write_text("secret")
    secret.chmod(0o644)  # nothing but the barrier keeps anybody from reading it
    barrier.prepare_scratch(walls, scratch)
    inside = barrier.scratch_inside(walls, scratch)
    holder = barrier.held(walls, scratch, partial(start_waiting, printed))
    told = [holder.told] if holder else []
    try:
        return subprocess.run(
            barrier.command(walls, scratch, "selftest", str(inside), str(secret), *map(str, told)),
            env=environment.clean(inside, "tensorflow", "gpu" if walls.view.accelerator else "cpu"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=printed,
            pass_fds=told,
            timeout=SECONDS,
            check=False,
        )
    finally:
        if holder:
            holder.close()
