"""The bytes that cross the wall: only what was declared is read, and anything else is one sentence."""

import json
import os
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sandbox.students import check_step

from harness.sandbox import receiving, sending, wire
from harness.sandbox.job import Job
from harness.sandbox.judge import clean_text
from harness.sandbox.spool import Spool
from harness.task import ArrayOutput, BytesOutput, Output

TABLE = ArrayOutput("table", (2, 3))
COUNT = ArrayOutput("count", (), "int64")
NONE = ArrayOutput("none", (0, 4), "float64")
BLOB = BytesOutput("blob", 10)
ALL = (TABLE, COUNT, BLOB, NONE)
VALUES: dict[str, Any] = {
    "table": np.arange(6, dtype=np.float32).reshape(2, 3),
    "count": 7,
    "blob": b"seven",
    "none": np.empty((0, 4)),
}


def sent(outputs: tuple[Output, ...], values: Mapping[str, Any]) -> bytes:
    with tempfile.TemporaryFile() as file:
        wire.write_result(file.fileno(), [sending.describe_output(o) for o in outputs], values)
        file.seek(0)
        return file.read()


def sent_error(kind: str, message: str) -> bytes:
    with tempfile.TemporaryFile() as file:
        wire.write_error(file.fileno(), kind, message)
        file.seek(0)
        return file.read()


def test_what_goes_out_comes_in_bit_for_bit() -> None:
    arrays, blobs = receiving.read_result(Spool(sent(ALL, VALUES)), ALL)
    assert {name: blob.read() for name, blob in blobs.items()} == {"blob": b"seven"}
    assert set(arrays) == {"table", "count", "none"}
    for name, array in arrays.items():
        assert array.tobytes() == np.asarray(VALUES[name]).tobytes()
    assert (arrays["table"].dtype, arrays["table"].shape) == (np.float32, (2, 3))
    assert (arrays["count"].dtype, arrays["count"].shape) == (np.int64, ())
    assert arrays["none"].shape == (0, 4)


def test_the_layout_is_fixed() -> None:
    """Sender and reader may be of different age when a fork server outlives an upgrade."""
    assert sent((COUNT, BLOB), VALUES) == (
        b"R" + struct.pack("<Q", 8) + struct.pack("<q", 7) + struct.pack("<Q", 5) + b"seven"
    )


def test_no_outputs_are_one_letter() -> None:
    assert sent((), {}) == b"R"
    assert receiving.read_result(Spool(b"R"), ()) == ({}, {})


@pytest.mark.parametrize(
    "value",
    [
        VALUES["table"].astype(np.float64),
        VALUES["table"].astype(np.int64),
        np.asfortranarray(VALUES["table"]),
        VALUES["table"].tolist(),
        np.arange(12, dtype=np.float32).reshape(2, 6)[:, :3] * 0 + VALUES["table"],
    ],
)
def test_other_forms_of_the_same_numbers_arrive_alike(value: Any) -> None:
    arrays, _ = receiving.read_result(Spool(sent((TABLE,), {"table": value})), (TABLE,))
    assert np.array_equal(arrays["table"], VALUES["table"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"table": None}, ["'table'", "received none"]),
        ({"table": VALUES["table"].T}, ["(2, 3)", "(3, 2)"]),
        ({"table": VALUES["table"][None]}, ["(2, 3)", "(1, 2, 3)"]),
        ({"count": [1]}, ["()", "(1,)"]),
        ({"blob": b"x" * 11}, ["at most", "blob", "smaller model"]),
    ],
)
def test_a_wrong_output_is_refused_before_anything_is_sent(change: dict[str, Any], words: list[str]) -> None:
    with tempfile.TemporaryFile() as file:
        with pytest.raises(wire.WireError) as error:
            wire.write_result(file.fileno(), [sending.describe_output(o) for o in ALL], {**VALUES, **change})
        assert file.tell() == 0
    assert all(word in str(error.value) for word in words), error.value


GOOD = sent(ALL, VALUES)


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_a_result_cut_short_anywhere_is_refused(length: int) -> None:
    with pytest.raises(wire.WireError):
        receiving.read_result(Spool(GOOD[:length]), ALL)


LONG = struct.pack("<Q", 11) + b"x" * 11
BAD = {
    "another letter": b"E" + GOOD[1:],
    "one byte more": GOOD + b"\0",
    "a second result": GOOD + GOOD,
    "a length too small": b"R" + struct.pack("<Q", 23) + GOOD[9:],
    "a length too large": b"R" + struct.pack("<Q", 25) + GOOD[9:],
    "the largest length": b"R" + struct.pack("<Q", 2**64 - 1) + GOOD[9:],
    "bytes over the maximum": sent((TABLE, COUNT), VALUES) + LONG + sent((NONE,), VALUES)[1:],
    "other order": sent((COUNT, TABLE, BLOB, NONE), VALUES),
}


@pytest.mark.parametrize("case", BAD)
def test_a_result_of_another_form_is_refused(case: str) -> None:
    with pytest.raises(wire.WireError, match=r"^Expected "):
        receiving.read_result(Spool(BAD[case]), ALL)


def test_bytes_up_to_their_maximum_are_taken() -> None:
    for data in (b"", b"x" * 10):
        (blob,) = receiving.read_result(Spool(sent((BLOB,), {"blob": data})), (BLOB,))[1].values()
        assert blob.read() == data


def test_capacity_is_the_largest_result_or_message() -> None:
    large = ArrayOutput("large", (1000, 10), "float64")
    assert receiving.capacity((large, BLOB)) == 1 + 8 + 80_000 + 8 + 10
    assert receiving.capacity(()) == wire.MAX_MESSAGE + 1
    assert len(sent((large,), {"large": np.zeros((1000, 10))})) == receiving.capacity((large,))


@pytest.mark.parametrize("message", ["", "plain", 'quo"te \\ \n\t\0', "\u202e\ud800 caf\u00e9", "x" * 500])
def test_an_error_message_arrives(message: str) -> None:
    assert receiving.read_error(sent_error("exception", message)) == ("exception", message)


@pytest.mark.parametrize("letter", ["x", "\u4e2d", "\U0001f600"])
def test_a_huge_error_message_is_cut_and_still_arrives(letter: str) -> None:
    data = sent_error("exception", letter * 100_000)
    assert len(data) <= receiving.capacity(())
    read = receiving.read_error(data)
    assert read is not None
    assert read[0] == "exception" and read[1].startswith(letter * 400)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"E",
        b"R" + b'{"kind": "a", "message": "b"}',
        b"E\xff\xfe",
        b"E[1, 2]",
        b"E3",
        b"Enull",
        b'E{"kind": "exception"}',
        b"E" + b"[" * 8_000,
        b"E" + b'{"a":' * 1_600,
        b'E{"kind": "a", "message": ' + b"[" * 3_000 + b"]" * 3_000 + b"}",
        b"E" + b"9" * 8_000,
        b'E{"kind": "exception", "message": "' + b"x" * wire.MAX_MESSAGE + b'"}',
    ],
)
def test_bytes_that_are_no_error_message_are_none(data: bytes) -> None:
    assert receiving.read_error(data) is None


def test_an_error_of_other_types_is_read_as_text() -> None:
    assert receiving.read_error(b'E{"kind": 3, "message": {"a": NaN}}') == ("3", "{'a': nan}")


IN_RANGE = ArrayOutput("p", (3,), low=0, high=1, hint="End with a softmax.")


@pytest.mark.parametrize("values", [[0, 0.5, 1], [0, 0, 0]])
def test_values_at_the_bounds_are_within(values: list[float]) -> None:
    receiving.check_values(IN_RANGE, np.array(values, np.float32))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([0, 1, np.nan], ["finite", "33% NaN or infinity", "softmax"]),
        ([0, 1, np.inf], ["finite", "softmax"]),
        ([-np.inf, -np.inf, -np.inf], ["100%"]),
        ([0, 1, 1.1], ["within [0, 1]", "from 0 to 1.1", "softmax"]),
        ([-0.1, 1, 1], ["within [0, 1]", "from -0.1 to 1"]),
    ],
)
def test_values_out_of_range_are_told_with_the_hint(values: list[float], words: list[str]) -> None:
    with pytest.raises(wire.WireError) as error:
        receiving.check_values(IN_RANGE, np.array(values, np.float32))
    assert all(word in str(error.value) for word in words), error.value


def test_an_empty_array_has_no_value_out_of_range() -> None:
    receiving.check_values(ArrayOutput("p", (0,), low=0, high=1), np.empty(0, np.float32))


def test_a_curve_may_hold_nan() -> None:
    receiving.check_values(ArrayOutput("curve", (2,), finite=False), np.array([np.nan, np.inf], np.float32))


@pytest.mark.parametrize(("bounds", "value"), [({"low": 0.0}, -1), ({"high": 1.0}, 2)])
def test_one_bound_is_enough(bounds: dict[str, Any], value: float) -> None:
    with pytest.raises(wire.WireError):
        receiving.check_values(ArrayOutput("loss", (1,), **bounds), np.array([value], np.float32))


def test_a_value_out_of_range_beside_an_allowed_nan_is_told() -> None:
    with pytest.raises(wire.WireError):
        receiving.check_values(ArrayOutput("p", (2,), low=0, high=1, finite=False), np.array([np.nan, 5], np.float32))


def test_a_request_arrives_with_every_byte_of_the_source() -> None:
    source = bytes(range(256))
    job = Job(check_step(), "work.py", {"work.py": source, "a/b.py": b""}, {}, seed=3, cpus=(0,))
    with sending.write_request(job) as file:
        request = wire.read_request(os.dup(file.fileno()))
    assert request["files"]["work.py"].encode("latin-1") == source
    assert (request["seed"], request["cpus"], request["entry"]) == (3, [0], "work.py")
    assert request["outputs"] == [{"name": "facts", "dtype": "float64", "shape": [3]}]
    assert json.dumps(request["settings"]) == json.dumps(dict(job.step.settings))


@pytest.mark.parametrize("shape", [(3, 4), (5,), (0, 4), (2, 3, 4, 1)])
def test_an_array_is_mapped_and_a_change_stays_in_the_process(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).random(shape).astype(np.float32)
    path = tmp_path / "a.npy"
    np.save(path, array)
    before = path.read_bytes()
    read = wire.read_array(os.open(path, os.O_RDONLY))
    assert read.dtype == np.float32 and np.array_equal(read, array)
    read[...] = 9
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain caf\u00e9 \u4e2d", "plain caf\u00e9 \u4e2d"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\u202eb\u2066c\u200bd\ufeffe", "abcde"),
        ("a\0b\x7fc\r\n\td\x85e", "abcde"),
        ("\ud800\ue000", ""),
        ("x" * 600, "x" * 539 + "\u2026"),
    ],
)
def test_text_from_the_sandbox_is_cleaned(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_lines_of_a_log_stay_lines() -> None:
    assert clean_text("a\n\tb\r\x1bc" + "x" * 500, keep_lines=True) == "a\n\tbc" + "x" * 500
