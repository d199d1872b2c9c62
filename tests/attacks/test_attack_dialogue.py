"""Student code that is asked questions: it may answer what it likes, and nothing else becomes of its bytes."""

# ruff: noqa: E501  (lines of students' files)

import struct

import pytest
from attacks.battery import Arena, fault_of, nothing_changes
from sandbox.students import DENSE, answer_step, answerer, asking, total_by_hand

from harness.sandbox.job import Outcome

OUTPUTS = b"R" + struct.pack("<Qdd", 16, 1e6, 1e6)  # what a step without a dialogue would send as `total`


def talk(arena: Arena, body: str = "pass", first: str = "pass") -> Outcome:
    with nothing_changes():
        return arena.run(answerer(body, first), answer_step(), DENSE, asking())


def test_behind_every_barrier_questions_are_answered(arena: Arena) -> None:
    outcome = talk(arena)
    assert outcome.fault is None, outcome.fault
    assert outcome.arrays["total"] == pytest.approx(total_by_hand(), rel=1e-5)


SHORTCUTS = {
    "outputs for an answer": f"send({OUTPUTS!r})\nos._exit(0)",
    "outputs after an answer": f"if len(asked) > 1:\n    send({OUTPUTS!r})\n    os._exit(0)",
    "outputs and more answers": f"send({OUTPUTS!r})",
    "the end before the last question": "if len(asked) > 1:\n    send(b'RR')\n    os._exit(0)",
    "answers and outputs": f"send(b'A' + bytes(24) + b'A' + bytes(8) + b'A' + bytes(24) + {OUTPUTS!r})\ntime.sleep(0.3)",
    "instead of the harness's loop": (
        "import harness.sandbox.wire as wire\n"
        "total = [{'name': 'total', 'dtype': 'float64', 'shape': [2]}]\n"
        "wire.write_result(place('report')['result_fd'], total, {'total': np.full(2, 1e6)})\n"
        "os._exit(0)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SHORTCUTS)
def test_outputs_come_from_the_lead_alone(strong: Arena, case: str) -> None:
    fault = fault_of(talk(strong, SHORTCUTS[case]))
    assert fault.kind in ("output", "crash"), fault


def test_the_way_in_for_questions_is_for_reading(strong: Arena) -> None:
    """Student code can put no question into it, nor make its pipe larger: that is memory that no limit counts."""
    first = """
import fcntl
fd = place('report')['questions']
for name, deed in (("write", lambda: os.write(fd, bytes(8))), ("grow", lambda: fcntl.fcntl(fd, 1031, 1 << 20))):
    try:
        say(name, 'done', deed())
    except OSError as error:
        say(name, 'refused')
"""
    outcome = talk(strong, first=first)
    assert outcome.fault is None, outcome.fault
    assert outcome.log == "write refused\ngrow refused\n"


def test_the_class_goes_on_after_all_of_them(strong: Arena) -> None:
    strong.goes_on()
