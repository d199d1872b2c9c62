"""Student code that shares its process with ours and so may send whatever it likes: only declared numbers count."""

# ruff: noqa: E501  (lines of students' files)

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attacks.battery import Arena, attacker, fault_of
from sandbox.students import FACTS, LIMITS, WEIGHTS, call, train_step

from harness.task import ArrayOutput, Step

RESULT = b"R" + struct.pack("<Qddd", 24, 15, 0, 0)
FORGE = """
for fd in range({first}, 256):
    for data in {data!r}:
        try:
            os.write(fd, data)
        except OSError:
            pass
os._exit(0)
"""
REFUSED = {
    "junk": b"junk",
    "result and more": RESULT + b"x",
    "result twice": RESULT * 2,
    "error and result": b'E{"kind": "import", "message": "x"}' + RESULT,
    "half": RESULT[:-1],
    "nothing": b"",
    "NaN": b"R" + struct.pack("<Qddd", 24, float("nan"), 0, 0),
    "infinite": b"R" + struct.pack("<Qddd", 24, float("-inf"), 0, 0),
    "length zero": b"R" + struct.pack("<Q", 0),
    "length of all": b"R" + struct.pack("<Q", (1 << 64) - 1) + bytes(24),
    "no letter": RESULT[1:],
    "marks": b'{"earned": 100, "status": "passed"}\n',
    "pickle": b"R\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.",
    "npy": b"R" + struct.pack("<Q", 24) + b"\x93NUMPY\x01\x00v\x00",
}


@pytest.mark.parametrize("case", REFUSED)
def test_forged_bytes_on_every_descriptor_are_no_result(strong: Arena, case: str) -> None:
    outcome = strong.run(attacker(FORGE.format(first=3, data=[REFUSED[case]])))
    assert fault_of(outcome).kind in ("output", "crash", "import"), outcome.fault


def test_the_class_goes_on_after_all_of_them(strong: Arena) -> None:
    strong.goes_on()


def test_result_lines_in_the_output_are_only_text(strong: Arena) -> None:
    """Whatever is printed, in any form, goes to the log."""
    forged = [b'{"accuracy": 1.0, "earned": 100}\n', RESULT, b"==== 1 passed ====\n", b"::set-output name=mark::100\n"]
    outcome = strong.run(attacker(FORGE.format(first=1, data=forged).replace("256", "3")))
    assert fault_of(outcome).kind == "crash"
    assert "passed" in outcome.log
    outcome = strong.run(attacker("for fd in (1, 2):\n    os.write(fd, b'{\"accuracy\": 1.0}\\n')"))
    assert outcome.arrays["facts"].tolist() == [15, 0, 0]


def test_a_forged_result_of_the_right_form_is_only_what_it_claims(strong: Arena) -> None:
    """Nobody can tell it from an honest one: it holds numbers that the student vouches for, and no marks."""
    outcome = strong.run(attacker(FORGE.format(first=3, data=[RESULT])))
    assert outcome.fault is None
    assert outcome.arrays["facts"].tolist() == [15, 0, 0]


def instead(values: str) -> str:
    """Return deeds that hand over other outputs than the step's."""
    patch = "import harness.sandbox.wire as wire\nreal = wire.write_result\n"
    return patch + f"wire.write_result = lambda fd, outputs, values: real(fd, outputs, {values})\n"


PATCHES = {
    "too long": "np.zeros(4)",
    "too short": "np.zeros(2)",
    "empty": "np.zeros(0)",
    "other axes": "np.zeros((1, 3))",
    "80 MB": "np.zeros(10_000_000)",
    "text": "'15'",
    "objects": "np.array([object(), object()])",
    "NaN": "np.array([np.nan, 0, 0])",
    "infinite": "np.array([np.inf, 0, 0])",
    "too large a number": "np.array([1e400, 0, 0])",
    "records": "np.zeros(3, [('a', 'f8'), ('b', 'f8')])",
    "a class of its own": "type('A', (np.ndarray,), {'tobytes': lambda self, *a: bytes(10**6)})((4,))",
    "array by promise": "type('A', (), {'__array__': lambda self, *a, **k: np.zeros(5)})()",
    "nothing": "None",
    "lying list": "type('A', (list,), {'__len__': lambda self: 3})([1, 2, 3, 4])",
    "number of its own": "[type('A', (float,), {'__float__': lambda s: float('nan')})(1), 0, 0]",
    "dictionary": "{'facts': 1}",
}  # fmt: skip


@pytest.mark.parametrize("case", PATCHES)
def test_an_output_that_is_not_as_declared_is_refused(strong: Arena, case: str) -> None:
    fault = fault_of(strong.run(attacker(instead(f"{{'facts': {PATCHES[case]}}}"))))
    assert fault.kind in ("output", "exception", "crash", "import") or fault.limit == "memory", fault


def test_other_types_arrive_as_the_declared_one(strong: Arena) -> None:
    for values in (
        "np.array(['15', '0', '0'], object)",
        "np.array([15j, 0, 0], complex)",
        "np.array(['2020', '2021', '2022'], 'M8[s]')",
    ):
        outcome = strong.run(attacker(instead(f"{{'facts': {values}}}")))
        assert outcome.fault is None and outcome.arrays["facts"].dtype == np.float64


SENT = {
    "past the check of shapes": "wire.encode = lambda output, value: bytes(80_000_000)",
    "past the length": "wire.LENGTH = __import__('struct').Struct('<H')",
    "in another order": "real = wire.write_result\nwire.write_result = lambda fd, outputs, values: wire.write_all(fd, b'R')",
    "all zero": "wire.write_all = lambda fd, data: os.write(fd, b'\\0' * 33)",
    "without end": "wire.write_all = lambda fd, data: [os.write(fd, bytes(1 << 16)) for _ in iter(int, 1)]",
}


@pytest.mark.preflight
@pytest.mark.parametrize("case", SENT)
def test_what_is_sent_past_our_own_checks_is_checked_again(strong: Arena, case: str) -> None:
    outcome = strong.run(attacker("import harness.sandbox.wire as wire\n" + SENT[case]))
    assert fault_of(outcome).kind in ("output", "crash"), outcome.fault
    strong.goes_on()


@pytest.fixture
def arrays(tmp_path: Path) -> dict[str, Path]:
    rng = np.random.default_rng(0)
    made: dict[str, Any] = {"x_train": rng.random((32, 4), dtype=np.float32), "y_train": rng.integers(0, 3, 32)}
    for name, array in made.items():
        np.save(tmp_path / f"{name}.npy", array)
    return {name: tmp_path / f"{name}.npy" for name in made}


SEES = """
from harness.training import supervised
frame = sys._getframe()
while frame and "inputs" not in frame.f_locals:
    frame = frame.f_back
def build(input_shape, units):
    frame = sys._getframe()
    while not {"inputs", "settings"} <= frame.f_locals.keys():
        frame = frame.f_back
    say("inputs", sorted(frame.f_locals["inputs"]), sorted(frame.f_locals["settings"]))
    import gc
    found = [o.shape for o in gc.get_objects() if isinstance(o, np.ndarray) and len(o.shape) and o.shape[0] in (32, 77)]
    say("arrays", sorted(found))
    say("files", [p for p in open("/proc/self/maps").read().split() if p.endswith(".npy")])
"""


def test_a_training_step_holds_no_array_that_it_was_not_given(strong: Arena, arrays: dict[str, Path]) -> None:
    """Test images and labels lie beside the training data, and are never mapped."""
    for name in ("x_test", "y_test"):
        np.save(arrays["x_train"].with_name(f"{name}.npy"), np.zeros(77))
    builder = SEES + '    model = keras.Sequential([keras.Input(input_shape), layers.Dense(units, "softmax")])\n'
    builder += '    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])\n    return model\n'
    outcome = strong.run(attacker("", builder=builder), train_step(), arrays)
    assert outcome.fault is None, outcome.fault
    assert "inputs ['x_train', 'y_train']" in outcome.log
    assert "(77,)" not in outcome.log and "_test" not in outcome.log


def test_weights_and_curve_of_any_size_stay_within_what_was_declared(strong: Arena, arrays: dict[str, Path]) -> None:
    deeds = """
    from harness.training import supervised
    supervised.get_weights = lambda model: bytes(80_000_000)
    """
    fault = fault_of(strong.run(attacker(deeds), train_step(), arrays))
    assert fault.kind == "output" and "at most 1 MB of weights" in fault.message
    deeds = """
    from harness.training import supervised
    supervised.fit = lambda *a: ({"loss": [0.0] * 10**6, "accuracy": [1.0] * 10**6}, -1e308)
    """
    fault = fault_of(strong.run(attacker(deeds), train_step(), arrays))
    assert fault.kind in ("exception", "output")
    strong.goes_on()


WIDE = Step(
    name="wide",
    run="harness.training.contract:check",
    inputs=(),
    outputs=(ArrayOutput("p", (1000, 10), low=0, high=1), WEIGHTS, FACTS),
    limits=LIMITS,
    settings={"calls": [call()], "build": [call()]},
)
VALUES = {
    "negative": "np.full((1000, 10), -0.5)",
    "above one": "np.full((1000, 10), 1.5)",
    "one NaN": "np.where(np.arange(10_000).reshape(1000, 10) == 77, np.nan, 0.5)",
    "not finite as float32": "np.full((1000, 10), 1e39)",
}


@pytest.mark.parametrize("case", VALUES)
def test_values_outside_their_range_are_refused(strong: Arena, case: str) -> None:
    values = f"{{'p': {VALUES[case]}, 'weights': b'', 'facts': np.zeros(3)}}"
    fault = fault_of(strong.run(attacker(instead(values)), WIDE))
    assert fault.kind == "output" and "Expected" in fault.message and " p" in fault.message
