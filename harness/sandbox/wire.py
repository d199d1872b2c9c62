"""The bytes that cross the wall, as the student's side reads and sends them.

`sending` and `receiving` are the trusted side's. Nothing here needs a library beside NumPy, for which a run would wait.

Inwards, from the trusted side: one JSON request, and one file descriptor per input. Outwards, from the student's
side: either `E` and a short message, or `R` and for every declared output, in order, an eight-byte length and
that many bytes. Arrays have one possible length, so reading them needs no parser. In a dialogue a question is a number
of rows in eight bytes and those rows, an answer is `A` and as many rows; the end of the questions is answered by `R`.
"""

import json
import os
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

LENGTH = struct.Struct("<Q")
MAX_MESSAGE = 8_192  # bytes of an error message, JSON included
LOG_BYTES = 65_536


class WireError(Exception):
    """What came out is not what was declared; the message is one sentence for the student."""


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
