"""Limits end what does not end by itself, and nothing of a job is left behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
from sandbox.noting import Noting, gone
from sandbox.students import RunStudent, limits
from sandbox.students import bare as student
from sandbox.students import bare_step as check_step

from harness.sandbox import look, supervise, watch
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.job import Outcome
from harness.sandbox.launch import Launcher
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.task import Step

ServersAt = Callable[[Level], ServerPool]
DAY_S = 86_400.0


@pytest.fixture
def run_student(run_student: RunStudent, bare_server: ServerPool) -> RunStudent:
    """Run steps without a backend, on which no limit hangs: each that is reached costs a server."""

    def run(source: str, step: Step | None = None, *, launcher: Launcher = bare_server) -> Outcome:
        return run_student(source, step or check_step(), launcher=launcher)

    return run


@pytest.fixture
def unwalled(bare_at: ServersAt) -> ServerPool:
    return bare_at(Level.NONE)


def assert_limit(outcome: Outcome, limit: str) -> None:
    """Assert that a step which does not end by itself was ended by one limit; the others leave it minutes."""
    assert outcome.fault is not None and outcome.usage is not None
    assert (outcome.fault.owner, outcome.fault.kind, outcome.fault.limit) == ("student", "limit", limit)


def test_an_endless_loop_is_ended_by_the_cpu_limit(run_student: RunStudent) -> None:
    outcome = run_student(student("while True: pass"), check_step(limits=limits(cpu_s=1)))
    assert_limit(outcome, "cpu")
    assert outcome.fault is not None and "1 s of CPU" in outcome.fault.message
    assert outcome.usage is not None and 0.5 < outcome.usage.cpu_s < 2.5


@pytest.mark.slow
def test_ignoring_the_signal_does_not_hide_the_cpu_limit(run_student: RunStudent) -> None:
    body = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    assert_limit(run_student(student(body), check_step(limits=limits(cpu_s=1))), "cpu")


def test_sleeping_forever_is_ended_by_the_wall_limit(run_student: RunStudent) -> None:
    outcome = run_student(student("while True: time.sleep(600)"), check_step(limits=limits(wall_s=1)))
    assert_limit(outcome, "wall")
    assert outcome.fault is not None and "after 1 s" in outcome.fault.message


@pytest.mark.parametrize(("delayed_s", "limit"), [(0.0, "wall"), (DAY_S, None)])
def test_time_for_which_a_step_waits_for_a_core_is_not_its_own(
    run_student: RunStudent, monkeypatch: pytest.MonkeyPatch, delayed_s: float, limit: str | None
) -> None:
    monkeypatch.setattr(watch.look, "delayed_s", lambda pid: delayed_s)
    body = "end = time.process_time() + 1\nwhile time.process_time() < end: pass"
    outcome = run_student(student(body), check_step(limits=limits(wall_s=0.5)))
    assert (outcome.fault.limit if outcome.fault else None) == limit


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a thread waited for")
def test_a_process_that_shares_its_core_waits_for_it() -> None:
    """Two busy processes on one core: each has it for a part of the time, and waits for the rest."""
    core = min(os.sched_getaffinity(0))
    busy = f"import os\nos.sched_setaffinity(0, [{core}])\nprint(flush=True)\nwhile True: pass"
    with ExitStack() as stack:
        several = [stack.enter_context(subprocess.Popen([sys.executable, "-c", busy], stdout=-1)) for _ in range(2)]
        for process in several:
            stack.callback(process.kill)
            process.stdout.readline()  # type: ignore[union-attr]
        for _ in range(1_200):  # a minute at least; reached only where nothing is told
            if min(look.delayed_s(p.pid) for p in several) > 0.2:
                return
            time.sleep(0.05)
        pytest.fail("neither waited for the core that both want")


def test_waiting_for_a_server_does_not_count_as_time_of_the_step(
    run_student: RunStudent, bare_server: ServerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that has to load its backend first, after another submission's crash, takes seconds; here a day."""
    waited = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + waited[0])
    for module in (supervise, watch):
        monkeypatch.setattr(module, "time", clock)
    slow = Noting(bare_server, lambda pid: waited.append(waited.pop() + DAY_S))
    outcome = run_student(student(), launcher=slow)
    assert waited == [DAY_S]
    assert outcome.fault is None
    assert outcome.usage is not None and 0 < outcome.usage.wall_s < DAY_S


def test_waiting_for_input_ends_at_once(run_student: RunStudent) -> None:
    outcome = run_student(student("input('your name? ')"))
    assert outcome.fault is not None and "EOFError" in outcome.fault.message


MEMORY = {
    "one allocation": "x = bytearray(20 * 10**9)",
    "one array": "x = np.ones((50_000, 50_000))",
    "many": "x = []\nwhile True: x.append(bytearray(5 * 10**6))",
    "shared pages": "import mmap\nm = mmap.mmap(-1, 15 * 10**8)\nwhile True: m.write(b'x' * 10**7)\n",
    "shared addresses": "import mmap\nm = mmap.mmap(-1, 2 * 10**9)",
}


@pytest.mark.parametrize("case", MEMORY)
def test_a_memory_hog_is_ended_by_the_memory_limit(run_student: RunStudent, case: str) -> None:
    outcome = run_student(student(MEMORY[case]), check_step(limits=limits(memory_mb=700)))
    assert_limit(outcome, "memory")
    assert outcome.fault is not None and "0.7 GB" in outcome.fault.message
    assert outcome.usage is not None and outcome.usage.peak_memory_mb < 1_500


def test_memory_of_child_processes_counts(run_student: RunStudent, unwalled: ServerPool) -> None:
    body = (
        "for i in range(3):\n    if os.fork(): continue\n    x = b'x' * 300_000_000\n    time.sleep(600)\n"
        "time.sleep(600)"
    )
    outcome = run_student(student(body), check_step(limits=limits(memory_mb=700)), launcher=unwalled)
    assert_limit(outcome, "memory")


def test_a_scratch_file_has_a_largest_size(run_student: RunStudent) -> None:
    body = "with open('big', 'wb') as f:\n    for i in range(100): f.write(bytes(10**6))"
    outcome = run_student(student(body))
    assert outcome.fault is not None and "OSError" in outcome.fault.message


FULL = {
    "bytes": "for i in range(6): open(f'{i}', 'wb').write(bytes(20_000_000))\n",
    "files": "for i in range(6_000): open(f'{i}', 'wb').close()\n",
    "folders out of sight": "os.makedirs('a/b')\nfor i in range(6_000): os.mkdir(f'a/b/{i}')\n",
}


@pytest.mark.parametrize("case", FULL)
def test_a_step_that_fills_its_scratch_is_ended(run_student: RunStudent, case: str) -> None:
    outcome = run_student(student(FULL[case] + "time.sleep(600)"))
    assert_limit(outcome, "disk")
    assert outcome.fault is not None and "larger files than it may" in outcome.fault.message
    assert run_student(student("say(os.listdir('.'))")).log.strip() == "['submission']"


def test_a_little_written_to_scratch_is_no_fault(run_student: RunStudent) -> None:
    body = "for i in range(200): open(f'{i}', 'wb').write(bytes(100_000))\ntime.sleep(1)"
    assert run_student(student(body)).fault is None


# Leaves a process in a session of its own, and its id in the log. Its parent is gone before the step ends.
DAEMON = """
here, there = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        say('daemon', os.getpid())
        os.write(there, b'!')
        time.sleep(600)
    os._exit(0)
os.wait()
os.read(here, 1)
"""
# The same, but each of two generations outlives the step, so that the second is orphaned by the cleaning up itself.
NESTED = """
here, there = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        say('daemon', os.getpid())
    else:
        say('daemon', os.getpid())
    os.write(there, b'!')
    time.sleep(600)
os.read(here, 1)
os.read(here, 1)
"""


def daemons(log: str) -> list[int]:
    return [int(line.split()[1]) for line in log.splitlines() if line.startswith("daemon ")]


@pytest.mark.parametrize("end", ["", "os.abort()", "os.kill(os.getpid(), 9)", "time.sleep(600)"])
def test_a_daemon_does_not_outlive_its_step(run_student: RunStudent, unwalled: ServerPool, end: str) -> None:
    for wall_s in (2, 20, 200) if "sleep" in end else (300,):  # to be reached by sleeping, after the daemon is born
        outcome = run_student(student(DAEMON + end), check_step(limits=limits(wall_s=wall_s)), launcher=unwalled)
        if pids := daemons(outcome.log):
            break
    assert len(pids) == 1
    assert gone(pids)
    assert (outcome.fault is None) is (end == "")


def test_a_daemon_of_a_daemon_does_not_outlive_its_step(run_student: RunStudent, unwalled: ServerPool) -> None:
    pids = daemons(run_student(student(NESTED), launcher=unwalled).log)
    assert len(pids) == 2
    assert gone(pids)


@pytest.mark.slow
def test_a_daemon_does_not_outlive_a_step_that_loads_its_own_backend(
    run_student: RunStudent, unwalled: ServerPool
) -> None:
    server = ForkServer("tensorflow", "cpu", unwalled.walls, preload=False)
    try:
        pids = daemons(run_student(student(DAEMON), launcher=server).log)
    finally:
        server.close()
    assert len(pids) == 1
    assert gone(pids)


CHILDREN = """
here, there = os.pipe()
for i in range({count}):
    if os.fork() == 0:
        say('daemon', os.getpid())
        os.write(there, b'!')
        time.sleep(600)
for i in range({count}): os.read(here, 1)
time.sleep({seconds})
"""


def test_children_still_running_end_with_their_step(run_student: RunStudent, unwalled: ServerPool) -> None:
    outcome = run_student(student(CHILDREN.format(count=3, seconds=0)), launcher=unwalled)
    pids = daemons(outcome.log)
    assert outcome.fault is None and len(pids) == 3
    assert gone(pids)


def test_behind_a_barrier_there_are_no_child_processes_at_all(run_student: RunStudent, bare_server: ServerPool) -> None:
    if not bare_server.walls.level.filtered:
        pytest.skip("no kernel filters hold on this machine")
    for body in (DAEMON, CHILDREN.format(count=1, seconds=0), "os.posix_spawn('/bin/true', ['true'], {})"):
        outcome = run_student(student(body))
        assert daemons(outcome.log) == []
        assert outcome.fault is not None and "PermissionError" in outcome.fault.message


ENDS = ["pass", "os.abort()", "os.kill(os.getpid(), 9)"]
MESS = """
open('mine', 'w').write('x')
os.makedirs('a/b/c')
open('a/b/c/file', 'w').close()
say('cwd', os.getcwd())
for folder in ('a/b', '.'):
    try:
        os.chmod(folder, 0)
    except OSError:
        pass  # refused behind a barrier
"""


@pytest.mark.parametrize("level", [Level.NONE, Level.LANDLOCK])  # the others have their scratch where nobody else sees
@pytest.mark.parametrize("end", ENDS)
def test_the_scratch_folder_is_gone_afterwards(
    run_student: RunStudent, bare_at: ServersAt, level: Level, end: str
) -> None:
    outcome = run_student(student(MESS + end), launcher=bare_at(level))
    folder = Path(next(line for line in outcome.log.splitlines() if line.startswith("cwd ")).split()[1])
    deadline = time.monotonic() + 120
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()
    assert folder.parent.is_dir() is (end == "pass"), "after an abnormal end the whole server goes"


def test_two_jobs_do_not_see_each_others_files(run_student: RunStudent) -> None:
    run_student(student("open('left', 'w').write('x')\nopen(os.path.expanduser('~/left'), 'w').write('x')"))
    outcome = run_student(student("say(os.listdir('.'), os.listdir(os.path.expanduser('~')))"))
    assert outcome.log.strip() == "['submission'] ['submission']"
