"""A backend that cannot be loaded is the harness's fault, told by the last line of what it printed."""

import json
import os
from collections.abc import Callable

import pytest
from sandbox.students import check_step, student

from harness.errors import SandboxError
from harness.sandbox import loading
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.launch import Ended
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.view import view
from harness.sandbox.walls import make

Told = tuple[int, int]


@pytest.mark.parametrize("preload", [True, False])
def test_a_failed_import_is_no_fault_of_the_student(preload: bool, run_student: Callable[..., object]) -> None:
    walls = make(Level.NONE, view("cpu"))
    pool = ServerPool(lambda: ForkServer("no_such_backend", "cpu", walls, preload=preload))
    try:
        with pytest.raises(SandboxError, match=r"ended with: .*no_such_backend.*KERAS_BACKEND=no_such_backend"):
            run_student(student(), check_step(), launcher=pool)
    finally:
        pool.close()


def test_nobody_says_loaded_but_the_process_before_student_code_runs() -> None:
    told, theirs = os.pipe()
    with loading.watched(theirs):
        assert not loading.heard(os.dup(told))
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(theirs, b"x")
    assert loading.heard(told)
    silent, theirs = os.pipe()
    os.close(theirs)
    assert not loading.heard(silent)


def test_the_last_line_is_short_and_not_blank() -> None:
    with loading.printed() as file:
        assert loading.last_line(file) == ""
        assert "ended without a word" in str(loading.ended("jax", file))
        os.write(file.fileno(), b"Traceback\n  deep\n" * 10_000 + b"ImportError: no   driver\n\n \n")
        assert loading.last_line(file) == "ImportError: no driver"
        os.write(file.fileno(), b"x" * 10_000)
        assert len(loading.last_line(file)) == loading.MAX_LETTERS


def test_an_end_says_whether_the_backend_was_there() -> None:
    assert Ended(**json.loads('{"code": 0, "cpu_s": 1, "peak_memory_mb": 2}')).loaded


def test_a_step_finds_its_own_folder_where_libraries_keep_their_settings(run_student: Callable[..., object]) -> None:
    body = """from pathlib import Path
home = Path(os.environ["KERAS_HOME"])
home.mkdir(exist_ok=True)
(home / "keras.json").write_text("{}")
assert (home / "keras.json").read_text() == "{}" and home.is_relative_to(Path.cwd())
say(os.environ["MPLCONFIGDIR"] == os.getcwd())"""
    outcome = run_student(student(body))
    assert outcome.fault is None, outcome  # type: ignore[attr-defined]
