"""Runs one step beside student code, in a process of its own that hands back declared bytes and ends.

Everything here happens on the student's side of the wall: what this process says is never taken as the truth.
"""

import contextlib
import errno
import gc
import importlib.util
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from harness.explain.explained import explained
from harness.explain.seen import Work
from harness.sandbox import limits, loading, wire
from harness.sandbox import walls as barrier
from harness.training import backend, functions
from harness.training.errors import CalledError, ContractError

SOURCE_FOLDER = "submission"


class LoadError(Exception):
    """The student's file could not be imported; the cause is the exception it raised."""


def main() -> NoReturn:
    """Entry point of a fresh process; arguments: walls, descriptors told, request, result, log, inputs."""
    walls = barrier.Walls.parse(sys.argv[2])
    told, request, result, log, *inputs = (int(a) for a in sys.argv[3:])
    barrier.enter(walls, Path.cwd())
    run(walls, told, request, result, log, inputs, preloaded=False)


def run(
    walls: barrier.Walls,
    told: int,
    request_fd: int,
    result_fd: int,
    log_fd: int,
    input_fds: list[int],
    *,
    preloaded: bool,
) -> NoReturn:
    """Do the job and end the process; the exit code means nothing to anyone.

    Once the backend is there and the walls are closed it says so on `told`: what goes wrong before is the harness's.
    """
    try:
        with loading.watched(told):
            if not preloaded:
                backend.load()
            redirect(log_fd)
            request, inputs, questions = prepare(walls, request_fd, input_fds)
        report(result_fd, request, inputs, questions)
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
    finally:
        os._exit(0)


def prepare(walls: barrier.Walls, request_fd: int, input_fds: list[int]) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Read the request and its inputs and close the walls; return both, and where questions come from."""
    request = wire.read_request(request_fd)
    questions = input_fds.pop() if request["dialogue"] else -1
    inputs = {
        i["name"]: wire.read_array(fd) if i["array"] else wire.read_bytes(fd)
        for i, fd in zip(request["inputs"], input_fds, strict=True)
    }
    confine(walls, request)
    return request, inputs, questions


def redirect(log_fd: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log_fd, 1)
    os.dup2(log_fd, 2)
    for fd in (null, log_fd):
        os.close(fd)
    # What Python opened at its start believes that it can seek, and fails where a student sets its encoding.
    for name, fd in (("stdout", 1), ("stderr", 2)):
        opened = open(fd, "w", 1 if fd == 2 else -1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
        vars(sys).update({name: opened, f"__{name}__": opened})


def confine(walls: barrier.Walls, request: Mapping[str, Any]) -> None:
    """Set limits and threads, and close the inner barrier: everything is loaded and nothing of the student ran yet."""
    limits.pin(request["cpus"])
    limits.apply(request["cpu_s"], request["memory_mb"])
    backend.configure(threads=len(request["cpus"]) or None)
    gc.freeze()
    barrier.lock(walls, [Path.cwd()])


def report(result_fd: int, request: Mapping[str, Any], inputs: dict[str, Any], questions: int) -> None:
    """Run the step and send its outputs or answers, or one message saying why there are none."""
    try:
        backend.seed(request["seed"])
        step = functions.find(request["run"], request["code"])
        student = load_student(request["files"], request["entry"]) if request["entry"] else ModuleType("nobody")
        outputs = step(student, inputs, request["settings"], request["seed"])
        if request["dialogue"]:
            wire.answer_questions(questions, result_fd, request["dialogue"], outputs)
        else:
            wire.write_result(result_fd, request["outputs"], outputs)
    except BaseException as error:  # SystemExit and KeyboardInterrupt raised by student code included
        traceback.print_exc()
        with contextlib.suppress(OSError):
            wire.write_error(result_fd, *explain(error, request))


def load_student(files: Mapping[str, str], entry: str) -> ModuleType:
    """Write the source into the scratch folder and import its entry file.

    The folder goes to the end of the path, so that a file of the student's never shadows a library.
    """
    folder = Path(SOURCE_FOLDER).absolute()
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode("latin-1"))
    sys.path.append(str(folder))
    sys.argv[:] = [entry]  # as where the file is run or imported by itself: the harness's own arguments are none of it
    spec = importlib.util.spec_from_file_location(entry.removesuffix(".py"), folder / entry)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        raise LoadError from error
    return module


def explain(error: BaseException, request: Mapping[str, Any]) -> tuple[str, str]:
    """Return (kind, message) for an exception that student code or its model raised in a step."""
    if isinstance(error, ContractError | wire.WireError):
        return "contract" if isinstance(error, ContractError) else "output", str(error)
    kind, about = "import" if isinstance(error, LoadError) else "exception", called(request)
    while isinstance(error, LoadError | CalledError) and error.__cause__ is not None:
        about = str(error) if isinstance(error, CalledError) else ""
        error = error.__cause__
    if out_of_memory(error):
        return "memory", ""
    if out_of_device_memory(error):
        return "memory" if os.environ.get("CUDA_VISIBLE_DEVICES") == "-1" else "device memory", ""
    return kind, explained(error, Work(Path(SOURCE_FOLDER).absolute(), request["files"]), about)


def called(request: Mapping[str, Any]) -> str:
    """Return the builder whose models a step works with, or nothing where it has several."""
    call = request["settings"].get("call")
    return str(call["builder"]) if call else ""


def out_of_memory(error: BaseException) -> bool:
    refused = isinstance(error, OSError) and error.errno == errno.ENOMEM  # a mapping past the limit
    return refused or isinstance(error, MemoryError)


def out_of_device_memory(error: BaseException) -> bool:
    """Say whether a backend could not have memory: TensorFlow and torch have a class for it, JAX begins with a word."""
    named = type(error).__name__ in ("ResourceExhaustedError", "OutOfMemoryError")
    return named or (
        type(error).__name__ in ("JaxRuntimeError", "XlaRuntimeError") and "RESOURCE_EXHAUSTED" in str(error)
    )
