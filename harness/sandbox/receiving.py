"""What the trusted side takes from a step: bytes that may be anything, read as what was declared or not at all."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.sandbox.spool import Blob, Spool
from harness.sandbox.wire import LENGTH, MAX_MESSAGE, WireError
from harness.task import ArrayOutput, BytesOutput, Output


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
