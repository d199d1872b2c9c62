"""What a step sees, that it can be stopped, and that the harness survives the loss of its fork server."""

import hashlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Timer
from typing import Any

import numpy as np
import psutil
import pytest
from sandbox.students import RunStudent, call, check_step, student, train_step

from harness.errors import SandboxError
from harness.sandbox import environment
from harness.sandbox.launch import ForkServer, ForkServerGone, FreshProcesses, Process
from harness.sandbox.supervise import Interrupted


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


def test_stopping_ends_a_running_job_soon_and_its_process(run_student: RunStudent, tmp_path: Path) -> None:
    stop, note = Event(), tmp_path / "pid"
    Timer(0.5, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Interrupted):
        run_student(student(f"open({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"), stop=stop)
    assert time.monotonic() - started < 3
    time.sleep(0.2)
    assert not psutil.pid_exists(int(note.read_text()))


def test_a_job_started_after_the_stop_is_interrupted_too(run_student: RunStudent) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Interrupted):
        run_student(student("time.sleep(60)"), stop=stop)


def server_pid(run_student: RunStudent) -> int:
    return int(run_student(student("say(os.getppid())")).log)


@pytest.mark.slow
def test_a_server_killed_between_jobs_is_replaced(run_student: RunStudent) -> None:
    before = server_pid(run_student)
    os.kill(before, signal.SIGKILL)
    time.sleep(0.3)
    assert server_pid(run_student) != before


@pytest.mark.slow
def test_a_server_killed_during_a_job_is_a_sandbox_error_not_the_students(run_student: RunStudent) -> None:
    pid = server_pid(run_student)
    Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(ForkServerGone):
        run_student(student("time.sleep(20)"))


def test_after_the_loss_of_a_server_the_next_job_works(run_student: RunStudent, tmp_path: Path) -> None:
    pid, note = server_pid(run_student), tmp_path / "pid"
    Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises((SandboxError, OSError)):
        run_student(student(f"open({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(20)"))
    assert run_student(student()).fault is None
    assert not psutil.pid_exists(int(note.read_text()))  # it went down with its server


@pytest.mark.slow
def test_a_closed_server_leaves_no_process_and_no_folder(run_student: RunStudent) -> None:
    server = ForkServer("tensorflow", "cpu")
    pid, scratch = run_student(student("say(os.getppid(), os.getcwd())"), launcher=server).log.split()
    assert psutil.pid_exists(int(pid)) and Path(scratch).parent.is_dir()
    server.close()
    assert not psutil.pid_exists(int(pid))
    assert not Path(scratch).parent.exists()


@pytest.mark.slow
def test_a_server_closed_while_it_starts_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """That is what a wrong --data-dir or rubric comes to: the server is begun before they are read."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    server = ForkServer("tensorflow", "cpu")
    server.begin()
    deadline = time.monotonic() + 20
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list(tmp_path.iterdir())
    server.close()
    assert not list(tmp_path.iterdir())


class Refusing:
    """A launcher whose server is gone."""

    name = "refusing"
    facts: dict[str, str] = {}  # noqa: RUF012  (the protocol has it so)

    def begin(self) -> None: ...

    def check(self) -> None: ...

    def start(self, fds: Sequence[int]) -> Process:
        raise ForkServerGone("Expected a running fork server, but it is gone.")

    def close(self) -> None: ...


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_job_that_cannot_be_started_leaks_no_descriptor(run_student: RunStudent) -> None:
    before = open_descriptors()
    for _ in range(5):
        with pytest.raises(ForkServerGone):
            run_student(student(), launcher=Refusing())
    assert open_descriptors() == before


def test_a_finished_job_leaks_no_descriptor(run_student: RunStudent) -> None:
    run_student(student())
    before = open_descriptors()
    for body in ("pass", "os.abort()", "raise ValueError"):
        run_student(student(body))
    assert open_descriptors() == before


def test_jobs_at_once_do_not_mix_their_results(run_student: RunStudent) -> None:
    def parameters(units: int) -> float:
        return float(run_student(student("time.sleep(0.1)"), check_step(call(units))).arrays["facts"][0])

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(parameters, range(1, 13))) == [5 * units for units in range(1, 13)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    run_student: RunStudent, training: dict[str, Path]
) -> None:
    one, two, other = (run_student(student(), train_step(), inputs=training, seed=s) for s in (1, 1, 2))
    assert one.fault is None and two.fault is None and other.fault is None
    assert len(one.blobs["weights"]) == 4 * (4 * 3 + 3)
    assert one.blobs["weights"] == two.blobs["weights"]
    assert one.blobs["weights"] != other.blobs["weights"]
    assert one.arrays["curve"].tobytes() == two.arrays["curve"].tobytes()
    assert one.usage is not None and one.usage.fit_s is not None and one.usage.fit_s > 0


@pytest.mark.slow
def test_a_fresh_process_gives_the_same_bytes_as_the_fork_server(
    run_student: RunStudent, training: dict[str, Path]
) -> None:
    fresh = FreshProcesses("tensorflow", "cpu")
    fresh.check()
    one = run_student(student(), train_step(), inputs=training)
    two = run_student(student(), train_step(), inputs=training, launcher=fresh)
    assert two.fault is None
    assert one.blobs["weights"] == two.blobs["weights"]


@pytest.mark.slow
def test_a_fresh_process_cleans_up_and_hides_the_environment(run_student: RunStudent) -> None:
    body = "say(dict(os.environ))\nsay('cwd', os.getcwd())\nos.abort()"
    outcome = run_student(student(body), launcher=FreshProcesses("tensorflow", "cpu"))
    assert outcome.fault is not None and outcome.fault.kind == "crash"
    assert "hunter2" not in outcome.log
    assert not Path(outcome.log.rpartition("cwd ")[2].strip()).exists()


def test_a_backend_that_is_not_there_is_one_sentence() -> None:
    server = ForkServer("no_such_backend", "cpu")
    try:
        with pytest.raises(SandboxError, match="KERAS_BACKEND=no_such_backend"):
            server.check()
    finally:
        server.close()
