"""What a step sees, that it can be stopped, and that the harness survives the loss of its fork server."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import numpy as np
import pytest
from opened import needs_descriptors, nothing_left_open
from sandbox.bare import bare_servers
from sandbox.noting import Noting, gone, kill, processes_of, processes_that_name, runs
from sandbox.students import RunStudent, student, train_step

from harness.errors import SandboxError
from harness.sandbox import environment
from harness.sandbox.detect import strongest
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.fresh import FreshProcesses
from harness.sandbox.launch import ForkServerGone, Process
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import Interrupted
from harness.sandbox.view import view
from harness.sandbox.walls import Walls, make

LEVELS = [level for level in Level if level.filtered]


@pytest.fixture
def walls(bare_at: Callable[[Level], ServerPool], level: Level) -> Walls:
    """Return the walls of a level; asked for before `open_folder`, which servers kept for all must not use."""
    return bare_at(level).walls


@pytest.fixture
def training(tmp_path: Path) -> dict[str, Path]:
    """Return the inputs of `train_step`: 32 examples of four numbers, three classes."""
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {"x_train": rng.random((32, 4), dtype=np.float32), "y_train": rng.integers(0, 3, 32)}
    paths = {name: tmp_path / f"{name}.npy" for name in arrays}
    for name, path in paths.items():
        np.save(path, arrays[name])
    return paths


def test_nothing_of_the_callers_environment_is_visible(run_student: RunStudent) -> None:
    body = "say(dict(os.environ)); say(open('/proc/self/environ').read()); print(sys.argv, os.getcwd())"
    assert os.environ["HARNESS_TEST_SECRET"] == "hunter2"
    log = run_student(student(body)).log
    assert "PATH" in log
    assert "hunter2" not in log and "HARNESS_TEST_SECRET" not in log


def test_home_and_temporary_files_are_the_scratch_folder(run_student: RunStudent) -> None:
    body = "import tempfile\nsay(len({os.getcwd(), os.path.expanduser('~'), tempfile.gettempdir()}))"
    assert run_student(student(body)).log.strip() == "1"


def test_the_clean_environment_has_no_variable_of_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "PYTHONSTARTUP", "LD_PRELOAD", "HTTP_PROXY"):
        monkeypatch.setenv(name, "hunter2")
    assert "hunter2" not in json.dumps(environment.clean(Path("/x"), "tensorflow", "cpu"))


def test_a_step_holds_no_descriptor_of_the_servers(run_student: RunStudent) -> None:
    body = "say([os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd') if n not in '012'"
    log = run_student(student(body + " and os.path.lexists(f'/proc/self/fd/{n}')])")).log
    assert "pipe:" in log  # the result
    assert "socket:" not in log and "eventpoll" not in log


def test_inputs_changed_by_a_student_stay_as_they_were_for_others(
    run_student: RunStudent, training: dict[str, Path]
) -> None:
    before = hashlib.sha256(training["x_train"].read_bytes()).hexdigest()
    body = "inputs = sys._getframe(2).f_locals['inputs']\ninputs['x_train'][:] = 7\nsay('changed')"
    outcome = run_student(student(body), train_step(), inputs=training)
    assert outcome.fault is None, outcome.fault
    assert "changed" in outcome.log
    assert hashlib.sha256(training["x_train"].read_bytes()).hexdigest() == before


def test_stopping_ends_a_running_job_and_its_process(run_bare: RunStudent, bare_server: ServerPool) -> None:
    stop = Event()
    noting = Noting(bare_server, lambda pid: Timer(0.1, stop.set).start())
    with pytest.raises(Interrupted):
        run_bare("time.sleep(600)", stop=stop, launcher=noting)
    assert noting.steps and gone(noting.steps)


def test_a_job_started_after_the_stop_is_interrupted_too(run_bare: RunStudent) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Interrupted):
        run_bare("time.sleep(600)", stop=stop)


def server_pid(run_bare: RunStudent, pool: ServerPool) -> int:
    noting = Noting(pool)
    assert run_bare(launcher=noting).fault is None
    return noting.servers[0]


def test_a_server_killed_between_jobs_is_replaced(run_bare: RunStudent, bare_server: ServerPool) -> None:
    before = server_pid(run_bare, bare_server)
    kill(before)
    assert gone([before])
    with suppress(SandboxError):  # the harness learns of it here at the latest
        run_bare()
    assert server_pid(run_bare, bare_server) != before


@pytest.mark.slow
def test_a_server_with_its_backend_loaded_is_replaced_too(run_student: RunStudent, fork_server: ServerPool) -> None:
    with pytest.raises(ForkServerGone):
        run_student(student("time.sleep(600)"), launcher=Noting(fork_server, kill))
    assert run_student(student()).fault is None


@pytest.mark.parametrize("level", [Level.NONE, *LEVELS])
def test_a_server_killed_during_a_job_is_a_sandbox_error_not_the_students(
    run_bare: RunStudent, bare_at: Callable[[Level], ServerPool], level: Level
) -> None:
    noting = Noting(bare_at(level), kill)
    with pytest.raises(ForkServerGone):
        run_bare("time.sleep(600)", launcher=noting)
    assert gone(noting.steps), "a step goes down with its server"
    noting.to_server = lambda pid: None
    with ThreadPoolExecutor(2) as threads:  # each must have a server of its own again
        outcomes = list(threads.map(lambda _: run_bare("time.sleep(0.5)", launcher=noting), range(2)))
    assert [outcome.fault for outcome in outcomes] == [None, None]


def test_a_server_is_kept_after_an_orderly_end_only(run_bare: RunStudent, bare_server: ServerPool) -> None:
    first = server_pid(run_bare, bare_server)
    assert run_bare("raise ValueError").fault is not None
    assert server_pid(run_bare, bare_server) == first, "an exception is an orderly end"
    assert run_bare("os.abort()").fault is not None
    assert not runs(first)
    assert server_pid(run_bare, bare_server) != first


@pytest.mark.parametrize("level", [Level.NONE, *LEVELS])
def test_closed_servers_leave_no_process_and_no_folder(walls: Walls, open_folder: Path) -> None:
    server = ForkServer("tensorflow", "cpu", walls, preload=False)
    pool = ServerPool(lambda: server)
    pool.check()
    processes = processes_of(server)
    assert list(open_folder.iterdir())
    pool.close()
    assert gone(processes)
    assert not list(open_folder.iterdir())


@pytest.mark.parametrize("level", [Level.NONE, *LEVELS])
def test_a_server_outlives_the_thread_that_began_it(walls: Walls) -> None:
    """What is to die with its parent dies with a thread of it, and workers come and go."""
    server = ForkServer("tensorflow", "cpu", walls, preload=False)
    worker = Thread(target=server.check)
    worker.start()
    worker.join()
    processes = processes_of(server)
    time.sleep(0.3)
    assert all(runs(pid) for pid in processes)
    server.close()
    assert gone(processes)


@pytest.mark.parametrize("level", [Level.NONE, *LEVELS])
def test_a_server_closed_while_it_starts_leaves_no_process_and_no_folder(walls: Walls, open_folder: Path) -> None:
    """That is what a wrong --data-dir or rubric comes to: the server is begun before they are read."""
    server = ForkServer("tensorflow", "cpu", walls)
    server.begin()
    time.sleep(0.5)  # it loads its backend
    processes = processes_of(server)
    assert list(open_folder.iterdir())
    server.close()
    assert gone(processes)
    assert not list(open_folder.iterdir())


@pytest.mark.parametrize("level", [Level.NONE, *LEVELS])
def test_a_server_closed_at_any_moment_of_its_start_leaves_no_process(walls: Walls, open_folder: Path) -> None:
    """A barrier that is being built has processes that do not die with their parent yet, and some wait for it."""
    for seconds in (0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.03, 0.06) * 2:
        server = ForkServer("tensorflow", "cpu", walls)
        server.begin()
        time.sleep(seconds)
        server.close()
    assert gone(processes_that_name(open_folder), 20)


class Refusing:
    """A launcher whose server is gone."""

    name = "refusing"
    walls = make(Level.NONE, view("cpu"))

    def begin(self, steps: int = 1) -> None: ...

    def check(self) -> None: ...

    def start(self, fds: Sequence[int]) -> Process:
        raise ForkServerGone("Expected a running fork server, but it is gone.")

    def close(self) -> None: ...


@needs_descriptors
def test_a_job_that_cannot_be_started_leaks_no_descriptor(run_bare: RunStudent) -> None:
    for _ in range(5):
        with nothing_left_open(), pytest.raises(ForkServerGone):
            run_bare(launcher=Refusing())


@needs_descriptors
def test_a_finished_job_and_the_server_it_took_along_leak_no_descriptor(
    run_bare: RunStudent, bare_server: ServerPool
) -> None:
    run_bare()
    with nothing_left_open(), bare_servers(bare_server.walls) as servers:
        for body in ("pass", "os.abort()", "raise ValueError"):
            run_bare(body, launcher=servers)
        run_bare(launcher=servers)  # by the new server, after an abnormal end


def test_jobs_at_once_do_not_mix_their_results(run_bare: RunStudent) -> None:
    def number(n: int) -> float:
        return float(run_bare(f"time.sleep(0.1)\nreturn {n}").arrays["facts"][0])

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(number, range(1, 13))) == list(range(1, 13))


@pytest.mark.parametrize("level", LEVELS)
def test_a_training_gives_the_same_bytes_behind_any_barrier_as_without(
    run_student: RunStudent,
    servers_at: Callable[[Level], ServerPool],
    unwalled: ServerPool,
    training: dict[str, Path],
    level: Level,
) -> None:
    free, walled = (
        run_student(student(), train_step(), inputs=training, launcher=pool) for pool in (unwalled, servers_at(level))
    )
    assert free.fault is None and walled.fault is None
    assert free.blobs["weights"].read() == walled.blobs["weights"].read()
    assert free.arrays["curve"].tobytes() == walled.arrays["curve"].tobytes()


@pytest.mark.parametrize("level", LEVELS)
def test_behind_any_barrier_a_step_is_nobody_with_a_scratch_of_its_own(
    run_student: RunStudent, servers_at: Callable[[Level], ServerPool], level: Level
) -> None:
    noting = Noting(servers_at(level))
    body = """
say(os.geteuid() == 0, os.getegid() == 0, 0 in os.getgroups())
say(sorted(os.listdir('.')))
say('cwd', os.getcwd())
os.makedirs('deep/er')
open('left', 'w').write('x')
"""
    first, second = (run_student(student(body), launcher=noting) for _ in range(2))
    assert noting.servers[0] == noting.servers[1], "the second step comes from the same server"
    (who, files, folder), (_, again, other) = (outcome.log.splitlines() for outcome in (first, second))
    assert first.fault is None and second.fault is None
    assert who == "False False False"
    assert files == again == "['submission']"
    assert folder != other


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    run_student: RunStudent, training: dict[str, Path]
) -> None:
    one, two, other = (run_student(student(), train_step(), inputs=training, seed=s) for s in (1, 1, 2))
    assert one.fault is None and two.fault is None and other.fault is None
    assert len(one.blobs["weights"].read()) == 4 * (4 * 3 + 3)
    assert one.blobs["weights"].read() == two.blobs["weights"].read()
    assert one.blobs["weights"].read() != other.blobs["weights"].read()
    assert one.arrays["curve"].tobytes() == two.arrays["curve"].tobytes()
    assert one.usage is not None and one.usage.fit_s is not None and one.usage.fit_s > 0


@pytest.mark.slow
def test_a_fresh_process_gives_the_same_bytes_as_the_fork_server(
    run_student: RunStudent, unwalled: ServerPool, training: dict[str, Path]
) -> None:
    fresh = FreshProcesses("tensorflow", "cpu", unwalled.walls)
    fresh.check()
    one = run_student(student(), train_step(), inputs=training)
    two = run_student(student(), train_step(), inputs=training, launcher=fresh)
    assert two.fault is None
    assert one.blobs["weights"].read() == two.blobs["weights"].read()


@pytest.mark.slow
def test_a_fresh_process_cleans_up_and_hides_the_environment(run_student: RunStudent, unwalled: ServerPool) -> None:
    body = "say(dict(os.environ))\nsay('cwd', os.getcwd())\nos.abort()"
    outcome = run_student(student(body), launcher=FreshProcesses("tensorflow", "cpu", unwalled.walls))
    assert outcome.fault is not None and outcome.fault.kind == "crash"
    assert "hunter2" not in outcome.log
    assert not Path(outcome.log.rpartition("cwd ")[2].strip()).exists()


def test_a_backend_that_is_not_there_is_one_sentence() -> None:
    server = ForkServer("no_such_backend", "cpu", strongest("cpu").walls)
    try:
        with pytest.raises(SandboxError, match="KERAS_BACKEND=no_such_backend"):
            server.check()
    finally:
        server.close()


IDLE = """
here, there = os.pipe()
for i in range(8):
    if os.fork() == 0:
        os.write(there, b'!')
        time.sleep(600)
for i in range(8): os.read(here, 1)
time.sleep(1)
"""


def test_idle_child_processes_use_no_memory_worth_a_fault(run_student: RunStudent, unwalled: ServerPool) -> None:
    """A pool of workers is an ordinary thing to have; forked ones share what the backend takes."""
    assert run_student(student(IDLE), launcher=unwalled).fault is None
