"""A barrier of bubblewrap, entered by a process from outside: it must be held to as much as any other."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sandbox.noting import gone, processes_that_name

from harness.errors import SandboxError
from harness.sandbox import bubblewrap, detect, environment, joining, loading, walls
from harness.sandbox.joining import Holder, Start
from harness.sandbox.levels import Level
from harness.sandbox.view import view
from harness.sandbox.walls import Walls

INSIDE = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from harness.sandbox import walls
walls.enter(walls.Walls.parse(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
names = ("mnt", "pid", "net", "ipc", "uts", "cgroup")
print(json.dumps({
    "user": os.geteuid(), "pid": os.getpid(), "session": os.getsid(0), "folder": os.getcwd(),
    "capabilities": [int(lines[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")],
    "no new privileges": int(lines["NoNewPrivs"]),
    "namespaces": {name: os.stat(f"/proc/self/ns/{name}").st_ino for name in names},
    "processes": sorted(int(n) for n in os.listdir("/proc") if n.isdigit()),
    "written": [p for p in ("/usr/lib/x", "/etc/x", "/x") if not os.access(os.path.dirname(p), os.W_OK)],
}), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def joined() -> Walls:
    """The walls of bubblewrap as they are joined."""
    if sys.platform != "linux":
        pytest.skip("bubblewrap is for Linux")
    try:
        found = detect.hold(Level.BUBBLEWRAP, "cpu")
    except SandboxError as error:
        pytest.skip(str(error))
    if not found.joined:
        pytest.skip("bubblewrap cannot be joined here")
    return found


@pytest.fixture
def folder(joined: Walls, tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    walls.prepare_scratch(joined, tmp_path)
    return tmp_path


@pytest.fixture
def start() -> Iterator[Start]:
    with loading.printed() as printed:
        yield partial(joining.start_waiting, printed)


@pytest.fixture
def holder(joined: Walls, folder: Path, start: Start) -> Iterator[Holder]:
    held = walls.held(joined, folder, start)
    assert held is not None
    yield held
    held.close()


def entered(joined: Walls, told: int) -> "subprocess.CompletedProcess[str]":
    """Run a process that enters the barrier and says what it is in there."""
    root = str(Path(environment.__file__).parents[2])
    command = [sys.executable, "-I", "-c", INSIDE, root, joined.dump(), bubblewrap.SCRATCH, str(told)]
    return subprocess.run(command, pass_fds=[told], env={}, capture_output=True, text=True, check=False, timeout=60)


def test_whoever_enters_has_what_bubblewrap_made_and_no_right_more(joined: Walls, holder: Holder) -> None:
    outside = {name: Path(f"/proc/self/ns/{name}").stat().st_ino for name in joining.ALWAYS}
    done = entered(joined, holder.told)
    found = json.loads(done.stdout)
    assert found["user"] == 65_534
    assert found["capabilities"] == [0, 0, 0, 0, 0] and found["no new privileges"] == 1
    assert all(found["namespaces"][name] != inode for name, inode in outside.items())
    assert found["processes"] == [1, found["pid"]], "it and the holder are all there is"
    assert found["session"] == found["pid"] and found["folder"] == "/"
    assert len(found["written"]) == 3


def test_nobody_enters_where_the_holder_has_ended(joined: Walls, holder: Holder) -> None:
    """Its number may be another process's by then, and what would be entered that one's place."""
    deadline = time.monotonic() + 20
    while not inside(holder) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holder._process.stdin is not None
    holder._process.stdin.close()
    holder._process.wait()
    done = entered(joined, holder.told)
    assert (done.returncode, done.stdout) == (1, "")


def inside(holder: Holder) -> bool:
    """Say whether bubblewrap has built the barrier: a process below it waits there."""
    listed = Path(f"/proc/{holder._process.pid}/task/{holder._process.pid}/children").read_text().split()
    return any(b"os.read" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in listed)


def test_nobody_enters_where_bubblewrap_could_not_build(joined: Walls, tmp_path: Path, start: Start) -> None:
    command = [bubblewrap.find(), "--ro-bind", str(tmp_path / "missing"), "/x", "--", *joining.waiting()]
    broken = Holder(command, start)
    try:
        done = entered(joined, broken.told)
    finally:
        broken.close()
    assert (done.returncode, done.stdout) == (1, "")


def test_a_barrier_that_nobody_hears_of_leaves_no_process(joined: Walls, folder: Path, start: Start) -> None:
    """Bubblewrap ends at once where it cannot tell where it is, and what it has started waits for it."""
    for _ in range(8):
        held = walls.held(joined, folder, start)
        assert held is not None
        held.handed_over()
        time.sleep(0.05)
        held.close()
    assert gone(processes_that_name(folder), 20)


def test_closing_the_holder_ends_all_that_entered(joined: Walls, holder: Holder) -> None:
    root = str(Path(environment.__file__).parents[2])
    code = INSIDE.replace("os._exit(0)", "import time; time.sleep(600)")
    command = [sys.executable, "-I", "-c", code, root, joined.dump(), bubblewrap.SCRATCH, str(holder.told)]
    with subprocess.Popen(command, pass_fds=[holder.told], env={}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        holder.close()
        assert process.wait(20) != 0


def test_where_it_cannot_be_joined_bubblewrap_is_built_around_the_process(
    joined: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = detect.try_out

    def refused(tried: Walls) -> dict[str, object]:
        if tried.joined:
            raise SandboxError("Expected bubblewrap to start, but: Operation not permitted")
        return real(tried)

    monkeypatch.setattr(detect, "try_out", refused)
    found = detect.hold(Level.BUBBLEWRAP, "cpu")
    assert (found.level, found.joined) == (Level.BUBBLEWRAP, False)


def test_only_bubblewrap_is_joined() -> None:
    made = {level: walls.make(level, view("cpu"), joined=True).joined for level in Level}
    assert [level for level, is_joined in made.items() if is_joined] == [Level.BUBBLEWRAP]
