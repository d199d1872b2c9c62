"""The bytes that cross the wall.

Inwards, from the trusted side: one JSON request, and one file descriptor per input. Outwards, from the student's
side: either `E` and a short message, or `R` and for every declared output, in order, an eight-byte length and
that many bytes. Arrays have one possible length, so reading them needs no parser. In a dialogue a question is a number
of rows in eight bytes and those rows, an answer is `A` and as many rows; the end of the questions is answered by `R`.
"""

import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from harness.sandbox.job import Job
from harness.sandbox.spool import Blob, Spool
from harness.task import ArrayOutput, BytesOutput, Dialogue, Output

LENGTH = struct.Struct("<Q")
MAX_MESSAGE = 8_192  # bytes of an error message, JSON included
LOG_BYTES = 65_536


class WireError(Exception):
    """What came out is not what was declared; the message is one sentence for the student."""


def describe_output(output: Output) -> dict[str, Any]:
    if isinstance(output, ArrayOutput):
        return {"name": output.name, "dtype": output.dtype, "shape": list(output.shape)}
    return {"name": output.name, "max_bytes": output.max_bytes}


def describe_dialogue(dialogue: Dialogue | None) -> dict[str, Any] | None:
    if dialogue is None:
        return None
    return {"question": describe_output(dialogue.question), "answer": describe_output(dialogue.answer)}


def write_request(job: Job) -> IO[bytes]:
    """Return an unlinked file holding everything about the job but its inputs."""
    step = job.step
    request = {
        "run": step.run,
        "code": step.code,
        "entry": job.entry,
        "files": {name: source.decode("latin-1") for name, source in job.files.items()},
        "settings": dict(step.settings),
        "inputs": [{"name": n, "array": isinstance(job.inputs[n], Path)} for n in step.inputs],
        "outputs": [] if step.dialogue else [describe_output(o) for o in step.outputs],
        "dialogue": describe_dialogue(step.dialogue),
        "cpu_s": step.limits.cpu_s,
        "memory_mb": step.limits.memory_mb,
        "seed": job.seed,
        "cpus": list(job.cpus),
    }
    return as_file(json.dumps(request).encode())


def as_file(data: bytes | Blob) -> IO[bytes]:
    """Return an unlinked, rewound temporary file holding `data`. Raises SandboxError where there is no room for it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it once the job has its own copy)
    (data if isinstance(data, Blob) else Blob.of(data)).copy(file)
    file.seek(0)
    return file


def read_request(fd: int) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(read_bytes(fd))
    return request


def read_bytes(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as file:
        return file.read()


def read_array(fd: int) -> NDArray[Any]:
    """Map an `.npy` file copy-on-write, so that jobs share its pages and none can change it for another."""
    with os.fdopen(fd, "rb") as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
        if 0 in shape:
            return np.empty(shape, dtype)
        return np.memmap(file, dtype=dtype, mode="c", offset=file.tell(), shape=shape)


def write_all(fd: int, data: bytes | memoryview) -> None:
    view = memoryview(data).cast("B")
    while view:
        view = view[os.write(fd, view) :]


def write_result(fd: int, outputs: Iterable[Mapping[str, Any]], values: Mapping[str, Any]) -> None:
    """Send every declared output; called inside the sandbox. Raises WireError for a wrong shape or size."""
    payloads = [encode(output, values.get(output["name"])) for output in outputs]
    write_all(fd, b"R")
    for payload in payloads:
        write_all(fd, LENGTH.pack(len(payload)))
        write_all(fd, payload)


def answer_questions(
    question_fd: int, result_fd: int, dialogue: Mapping[str, Any], answer: Callable[[NDArray[Any]], Any]
) -> None:
    """Answer every question until there are no more; called inside the sandbox. Raises WireError for a wrong shape."""
    question, expected = dialogue["question"], dialogue["answer"]
    width = int(np.prod(question["shape"], dtype=np.int64)) * np.dtype(question["dtype"]).itemsize
    with os.fdopen(question_fd, "rb") as questions:
        while head := questions.read(LENGTH.size):
            (rows,) = LENGTH.unpack(head)
            body = np.frombuffer(questions.read(rows * width), question["dtype"]).reshape(rows, *question["shape"])
            shape = [rows, *expected["shape"]]
            write_all(result_fd, b"A" + encode({**expected, "shape": shape}, answer(body)))
    write_result(result_fd, [], {})


def encode(output: Mapping[str, Any], value: Any) -> bytes:
    name = output["name"]
    if value is None:
        raise WireError(f"Expected an output {name!r}, received none.")
    if "max_bytes" in output:
        if len(value) > output["max_bytes"]:
            raise WireError(
                f"Expected at most {output['max_bytes'] / 1e6:.0f} MB of {name}, received {len(value) / 1e6:.0f} MB;"
                " build a smaller model."
            )
        return bytes(value)
    array = np.asarray(value)
    if list(array.shape) != output["shape"]:
        expected = tuple(output["shape"])
        raise WireError(f"Expected {name} of shape {expected}, received {array.shape}.")
    return np.ascontiguousarray(array, dtype=output["dtype"]).tobytes()


def write_error(fd: int, kind: str, message: str) -> None:
    body = json.dumps({"kind": kind, "message": message[:600]}).encode()  # a character takes up to 12 bytes
    write_all(fd, b"E" + body)


def capacity(outputs: Iterable[Output]) -> int:
    """Return the most bytes a step may send; one byte more ends it."""
    sizes = (o.nbytes if isinstance(o, ArrayOutput) else o.max_bytes for o in outputs)
    return max(1 + sum(LENGTH.size + size for size in sizes), MAX_MESSAGE + 1)


def read_error(data: bytes) -> tuple[str, str] | None:
    """Return (kind, message) of an error report, None if these bytes are none. Both are untrusted."""
    if data[:1] != b"E" or len(data) > MAX_MESSAGE + 1:
        return None
    try:
        body = json.loads(data[1:])
        return str(body["kind"]), str(body["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read_result(data: Spool, outputs: Iterable[Output]) -> tuple[dict[str, NDArray[Any]], dict[str, Blob]]:
    """Take the declared outputs out of `data`; raises WireError when a length does not fit.

    Values are checked by `check_values`, not here.
    """
    if data.read(0, 1) != b"R":
        raise WireError("Expected a result, received none: the process ended before it handed anything back.")
    at, arrays, blobs = 1, {}, {}
    for output in outputs:
        body = part(data, at, output)
        at = body.at + body.size
        if isinstance(output, BytesOutput):
            blobs[output.name] = body
        else:
            arrays[output.name] = np.empty(output.shape, output.dtype)
            data.fill(arrays[output.name], body.at)
    if at < data.size:
        raise WireError("Expected only the declared outputs, received more bytes after them.")
    return arrays, blobs


def part(data: Spool, at: int, output: Output) -> Blob:
    """Return where an output lies whose length stands at `at`."""
    head = data.read(at, LENGTH.size)
    if len(head) < LENGTH.size:
        raise WireError(f"Expected the output {output.name!r}, received too few bytes.")
    (length,) = LENGTH.unpack(head)
    fits = length == output.nbytes if isinstance(output, ArrayOutput) else length <= output.max_bytes
    if not fits or data.size < at + LENGTH.size + length:
        raise WireError(f"Expected {output.name!r} in its declared size, received another number of bytes.")
    return Blob(data, at + LENGTH.size, length)


def bound(value: float) -> str:
    """Word a bound without the hair's breadth that rounding is allowed."""
    return f"{round(value, 3) + 0.0:g}"


def check_values(output: ArrayOutput, array: NDArray[Any]) -> None:
    """Raise WireError in one sentence if `array` holds NaN, infinity or a value outside the declared range."""
    hint = f" {output.hint}" if output.hint else ""
    if output.finite and not np.isfinite(array).all():
        share = 1 - np.isfinite(array).mean()
        raise WireError(f"Expected finite numbers in {output.name}, received {share:.0%} NaN or infinity.{hint}")
    low = -np.inf if output.low is None else output.low
    high = np.inf if output.high is None else output.high
    if (array < low).any() or (array > high).any():
        raise WireError(
            f"Expected {output.name} within [{bound(low)}, {bound(high)}], received values from"
            f" {np.nanmin(array):.3g} to {np.nanmax(array):.3g}.{hint}"
        )
