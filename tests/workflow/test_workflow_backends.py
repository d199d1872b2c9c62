"""Other backends than TensorFlow: the tiny class is graded alike, and what is missing is said in one sentence."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest
import toy
from workflow.classes import criterion, fault_of, graded, options, task_of

from harness.data.key import REHEARSAL
from harness.errors import UsageError
from harness.grading.results import ClassResult
from harness.records.models import Status
from harness.sandbox import detect, environment, selftest
from harness.sandbox.levels import Level
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.training import backend
from harness.workflow import machine
from harness.workflow.context import prepare
from harness.workflow.machine import Machine
from harness.workflow.protection import Protection

OTHERS = ("jax", "torch")
KEY = REHEARSAL.under(2)  # under which a sound submission is well above its targets with these backends, too


@pytest.fixture(scope="module", params=OTHERS)
def tiny_class(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ClassResult:
    if sys.platform != "linux" or find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    submissions = toy.write_class(folder / "class", {"Lovelace": toy.GOOD, "Floyd": toy.RAISING})
    return graded(submissions, options(folder, backend=request.param, seeds=[1], key=KEY))


def test_a_sound_submission_passes_behind_the_strongest_barrier(tiny_class: ClassResult) -> None:
    assert task_of(tiny_class, "Lovelace").fault is None
    for name in ("plain", "beats-naive"):
        assert criterion(tiny_class, "Lovelace", name).status == Status.PASSED
    (made,) = {m.provenance.backend for m in task_of(tiny_class, "Lovelace").measurements if m.source != "given"}
    assert made in OTHERS


def test_a_mistake_stays_the_students(tiny_class: ClassResult) -> None:
    fault = fault_of(tiny_class, "Floyd")
    assert (fault.owner, fault.kind) == ("student", "exception")
    assert "units must not be 8" in fault.message


def test_what_is_not_installed_is_refused_with_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = Protection(trusted=True)
    monkeypatch.setattr(machine, "find_spec", lambda name: name == "jax" or None)
    assert machine.installed() == ["jax"]
    with pytest.raises(UsageError, match=r"tensorflow to be installed.*--backend jax"):
        machine.choose("tensorflow", "cpu", trusted)
    assert machine.choose("", "cpu", trusted).backend == "jax"
    monkeypatch.setattr(machine, "find_spec", lambda name: name in ("tensorflow", "torch") or None)
    assert machine.choose("", "cpu", trusted).backend == "tensorflow"
    monkeypatch.setattr(machine, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="install one of tensorflow, jax, torch with pip"):
        machine.choose("", "cpu", trusted)


def test_a_gpu_that_no_barrier_lets_in_is_for_trusted_submissions(monkeypatch: pytest.MonkeyPatch) -> None:
    without = detect.Found(make(Level.NONE, view("cpu")), {Level.LANDLOCK: "the GPU's driver does not start"})
    found = {"gpu": without, "cpu": detect.strongest("cpu")}
    monkeypatch.setattr(machine, "has_gpu", lambda: True)
    monkeypatch.setattr(machine, "find_spec", lambda name: True)
    monkeypatch.setattr(detect, "strongest", found.__getitem__)
    assert machine.choose("jax", "auto", Protection(trusted=True)).device == "gpu"
    if found["cpu"].walls.level != Level.NONE:
        assert machine.choose("jax", "auto", Protection()).device == "cpu"
    with pytest.raises(UsageError, match="driver does not start"):
        machine.choose("jax", "gpu", Protection())


def test_a_driver_that_does_not_start_is_a_weakness() -> None:
    held = {"secret": False, "outside": False, "socket": False, "process": False, "scratch": True, "library": True}
    told = {**held, "user": 1, "pid": 2, "interfaces": 1}
    assert selftest.weakness(Level.BUBBLEWRAP, told, root=False) == ""
    assert "driver" in selftest.weakness(Level.BUBBLEWRAP, {**told, "device": False}, root=False)


def test_steps_share_what_was_compiled_only_without_a_barrier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "compiled")
    home = Path("home")
    assert "JAX_COMPILATION_CACHE_DIR" not in environment.clean(home, "jax", "cpu")
    assert environment.shared() == {"JAX_COMPILATION_CACHE_DIR": "compiled"}


def test_a_backend_that_takes_longer_has_longer(tmp_path: Path) -> None:
    """What a submission may take beside the reference would hang on the backend otherwise."""
    given = {}
    for name in machine.BACKENDS:
        here = Machine(name, "cpu", "some", make(Level.NONE, view("cpu")), "none")
        step = prepare(toy.TASK, "quick", None, here, tmp_path / name).contract_step()
        given[name] = step.limits.cpu_s
    assert given["tensorflow"] < given["torch"] and given["tensorflow"] < given["jax"]


def test_a_step_on_a_gpu_takes_its_share_of_memory_and_computes_the_same_every_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    env = environment.clean(Path("home"), "jax", "gpu", share=0.25)
    assert env["XLA_CLIENT_MEM_FRACTION"] == env[backend.SHARE] == "0.250"
    assert env["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert "--xla_gpu_deterministic_ops=true" in env["XLA_FLAGS"]
    monkeypatch.setenv("XLA_FLAGS", "--mine")
    assert environment.clean(Path("home"), "jax", "gpu")["XLA_FLAGS"] == "--mine"
    assert "--mine" not in environment.clean(Path("home"), "jax", "cpu")["XLA_FLAGS"]


def test_xla_is_told_only_what_the_installed_one_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends a process for a flag that it does not know."""
    (tmp_path / "libjax_common.so").write_bytes(
        b"code\0" + environment.QUICKLY[0].partition("=")[0].encode() + b"\0code"
    )
    monkeypatch.setattr(environment, "find_spec", lambda name: ModuleSpec(name, None, origin=str(tmp_path / "it.py")))
    environment.compiling_quickly.cache_clear()
    assert environment.clean(Path("home"), "jax", "cpu")["XLA_FLAGS"] == f"--{environment.QUICKLY[0]}"
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    environment.compiling_quickly.cache_clear()
    assert environment.clean(Path("home"), "jax", "cpu")["XLA_FLAGS"] == ""
    assert "XLA_FLAGS" not in environment.clean(Path("home"), "tensorflow", "cpu")
    environment.compiling_quickly.cache_clear()


def test_a_seed_leaves_another_backends_library_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    with backend.alone(), pytest.raises(ImportError):
        __import__("tensorflow")
    assert "tensorflow" not in sys.modules
