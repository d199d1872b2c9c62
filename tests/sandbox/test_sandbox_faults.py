"""What a mistake, a crash or an attack looks like from outside: a fault with an owner and one sentence."""

import struct
import time
from collections.abc import Callable

import pytest
from sandbox.students import RunStudent, bare_step, call, check_step, student

from harness.records.models import Fault
from harness.sandbox.job import Outcome
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.task import ArrayOutput


def fault_of(outcome: Outcome) -> Fault:
    """Return the fault, checked for what holds for every fault that reaches a student."""
    fault = outcome.fault
    assert fault is not None, outcome
    assert fault.owner == "student"
    assert not outcome.arrays and not outcome.blobs
    assert "\n" not in fault.message and len(fault.message) < 600
    assert "Traceback" not in fault.message and "/tmp" not in fault.message
    return fault


def test_a_good_submission_hands_back_what_was_declared(run_student: RunStudent) -> None:
    began = time.monotonic()
    outcome = run_student(student())
    elapsed = time.monotonic() - began
    assert outcome.fault is None
    assert outcome.arrays["facts"].tolist() == [4 * 3 + 3, 0, 0]
    assert outcome.usage is not None
    assert 0 < outcome.usage.wall_s <= elapsed
    assert 0 < outcome.usage.cpu_s < elapsed * 1.5, "a step has one core"
    assert 50 < outcome.usage.peak_memory_mb < 1_500


IMPORTS = {
    "missing library": ("import keras\nimport no_such\n", ["work.py line 2", "ModuleNotFoundError", "no_such"]),
    "syntax": ("x = 1\n\ndef f(:\n", ["SyntaxError", "line 3"]),
    "name": ("\n\nprint(undefined)\n", ["work.py line 3", "NameError"]),
    "exit": ("import sys\nsys.exit('bye')\n", ["work.py line 2", "SystemExit: bye"]),
    "interrupt": ("raise KeyboardInterrupt\n", ["work.py line 1", "KeyboardInterrupt"]),
    "recursion": ("def f():\n    f()\nf()\n", ["work.py line 2", "RecursionError"]),
    "many lines": ("raise ValueError('\\n\\n  one\\ntwo')\n", ["ValueError: one"]),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_a_file_that_cannot_be_imported_names_file_and_line(run_student: RunStudent, case: str) -> None:
    source, words = IMPORTS[case]
    fault = fault_of(run_student(source))
    assert fault.kind == "import"
    assert fault.message.startswith("work.py could not be imported: ")
    assert all(word in fault.message for word in words), fault.message


def test_an_error_in_a_second_file_names_that_file(run_student: RunStudent) -> None:
    files = {"work.py": b"import tools.parts\n", "tools/parts.py": b"\n1 / 0\n"}
    fault = fault_of(run_student(files))
    assert fault.kind == "import"
    assert "tools/parts.py line 2: ZeroDivisionError" in fault.message


def test_a_file_named_like_a_library_does_not_shadow_it(run_student: RunStudent) -> None:
    files = {"work.py": student().encode(), "keras.py": b"1 / 0\n", "numpy.py": b"1 / 0\n", "harness.py": b"1 / 0\n"}
    assert run_student(files).fault is None


def test_a_second_file_can_be_imported(run_student: RunStudent) -> None:
    files = {"work.py": b"from parts import build\n", "parts.py": student().encode()}
    assert run_student(files).fault is None


MODEL = "model = keras.Sequential([keras.Input(input_shape), layers.Dense({units}{more})])\n"
COMPILE = "model.compile(loss='mse')\n"
CONTRACT = {
    "other arguments": (student().replace("units)", "width)", 1), ["build(input_shape, units)", "width"]),
    "one too few": (student().replace("input_shape, units)", "input_shape)", 1), ["build(input_shape, units)"]),
    "close name": (student().replace("def build", "def biuld"), ["found none", "Is it 'biuld'? Rename it."]),
    "other name": ("def nothing_like_it(): pass\n", ["build(input_shape, units)", "found none"]),
    "not a function": ("build = 3\n", ["to be a function", "int"]),
    "nothing returned": (student("return None"), ["received None: end the function with `return model`"]),
    "text returned": (student("return 'model'"), ["keras.Model", "str"]),
    "two returned": (student("return 1, 2"), ["1 Keras model", "received 2"]),
    "not compiled": (student(MODEL.format(units="units", more="") + "return model"), ["compiled"]),
    "too wide": (student(MODEL.format(units="5", more="") + COMPILE + "return model"), ["(2, 3)", "(2, 5)"]),
    "not finite": (
        student(MODEL.format(units="units", more=", bias_initializer=lambda *a, **k: np.inf * np.ones(3)") + COMPILE
                + "return model"),
        ["finite numbers before training"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRACT)
def test_a_builder_that_breaks_the_contract_is_told_what_was_expected(run_student: RunStudent, case: str) -> None:
    source, words = CONTRACT[case]
    fault = fault_of(run_student(source))
    assert fault.kind == "contract"
    assert fault.message.startswith("Expected ")
    assert all(word in fault.message for word in words), fault.message


def test_an_exception_names_step_file_line_and_class(run_student: RunStudent) -> None:
    fault = fault_of(run_student(student("raise KeyError('width')")))
    assert fault.kind == "exception"
    assert fault.message == "The step contract stopped with an error: work.py line 7, in build: KeyError: 'width'"


def test_what_an_exception_says_is_cleaned_and_shortened(run_student: RunStudent) -> None:
    fault = fault_of(run_student(student(r"raise ValueError('\x1b[31mred\x1b[0m \u202egnp.exe\x00' + 'x' * 5_000)")))
    assert "ValueError: red gnp.exe" in fault.message
    assert fault.message.endswith("…")


@pytest.mark.parametrize(
    "letter",
    ["x", "\u00e9", "\U0001f600"],
)
def test_a_long_message_in_any_script_is_an_exception_not_a_crash(run_student: RunStudent, letter: str) -> None:
    fault = fault_of(run_student(student(f"raise ValueError('{letter}' * 3_000)")))
    assert fault.kind == "exception"
    assert f"ValueError: {letter * 9}" in fault.message


def test_an_exception_that_cannot_be_printed_is_still_a_fault(run_student: RunStudent) -> None:
    source = "class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError\n\nraise Odd\n"
    assert fault_of(run_student(source)).kind in ("import", "crash")


ENDS = {
    "exit": ("sys.exit(0)", "exception", "SystemExit"),
    "exit at once": ("os._exit(0)", "crash", "an exit of its own"),
    "abort": ("os.abort()", "crash", "signal 6"),
    "kill itself": ("os.kill(os.getpid(), 9)", "crash", "signal 9"),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", "crash", "signal 11"),
}


@pytest.mark.parametrize("case", ENDS)
def test_however_a_process_ends_is_a_fault_and_the_next_job_works(run_bare: RunStudent, case: str) -> None:
    body, kind, words = ENDS[case]
    fault = fault_of(run_bare(body))
    assert fault.kind == kind
    assert words in fault.message
    assert run_bare().fault is None


def test_killing_a_group_ends_at_most_the_step_itself(
    run_bare: RunStudent, bare_at: Callable[[Level], ServerPool]
) -> None:
    free = bare_at(Level.NONE)
    fault = fault_of(run_bare("os.killpg(0, 9)", launcher=free))
    assert fault.kind == "crash" and "signal 9" in fault.message
    assert run_bare(launcher=free).fault is None
    fault_of(run_bare("os.killpg(0, 9)"))  # behind a barrier it may be refused instead
    assert run_bare().fault is None


WRITE_ALL = """
for fd in range(3, 256):
    try:
        os.write(fd, {data})
    except OSError:
        pass
"""


FORGED = {
    "junk": (b"junk" * 1_000, ("crash", "output")),
    "nothing after the letter": (b"R", ("crash", "output")),
    "wrong length": (b"R" + struct.pack("<Q", 25) + bytes(25), ("output",)),
    "length of 2**63": (b"R" + struct.pack("<Q", 1 << 63) + bytes(24), ("output",)),
    "NaN": (b"R" + struct.pack("<Qddd", 24, float("nan"), 0, 0), ("output",)),
    "infinity": (b"R" + struct.pack("<Qddd", 24, 1, 0, float("inf")), ("output",)),
    "bytes after the end": (b"R" + struct.pack("<Qddd", 24, 1, 0, 0) + b"x", ("output",)),
    "deep JSON": (b"E" + b"[" * 8_000, ("crash",)),
    "JSON of another form": (b'E["exception", "x"]', ("crash",)),
    "an error too long": (b'E{"kind": "exception", "message": "' + b"x" * 20_000 + b'"}', ("crash", "output")),
    "somebody else's fault": (b'E{"kind": "harness", "message": "my marks please"}', ("exception",)),
}


@pytest.mark.parametrize("case", FORGED)
def test_bytes_written_past_the_harness_are_the_students_fault(run_bare: RunStudent, case: str) -> None:
    data, kinds = FORGED[case]
    fault = fault_of(run_bare(WRITE_ALL.format(data=data) + "os._exit(0)"))
    assert fault.kind in kinds


def test_junk_in_front_of_an_honest_result_is_no_result(run_bare: RunStudent) -> None:
    fault = fault_of(run_bare(WRITE_ALL.format(data=b"junk")))
    assert fault.kind in ("crash", "output")


def test_a_flood_on_every_descriptor_ends_the_step_at_once(run_bare: RunStudent) -> None:
    outcome = run_bare("while True:" + WRITE_ALL.format(data="b'R' * 100_000").replace("\n", "\n    "))
    assert fault_of(outcome).kind == "output", "and no limit"


def test_an_output_out_of_range_carries_the_tasks_hint(run_student: RunStudent) -> None:
    facts = ArrayOutput("facts", (3,), "float64", low=0, high=5, hint="Build a smaller model.")
    fault = fault_of(run_student(student(), check_step(outputs=(facts,))))
    assert fault.kind == "output"
    assert "within [0, 5]" in fault.message and fault.message.endswith("Build a smaller model.")


def test_the_log_is_capped_and_holds_no_control_characters(run_student: RunStudent) -> None:
    body = r"say('\x1b[2J\x00\x07\u202eabc\r\tend\udcff'.encode('utf-8', 'replace').decode())"
    outcome = run_student(student(body + "\nfor i in range(10_000): say('0123456789abcdef' * 4)"))
    assert outcome.fault is None
    assert outcome.log.startswith("[2Jabc\tend?\n0123456789abcdef")
    assert 60_000 < len(outcome.log.encode()) <= 65_536


def test_a_short_print_reaches_the_log(run_student: RunStudent) -> None:
    assert run_student(student("print('units:', units)")).log == "units: 3\n"


def test_what_scripts_do_with_their_output_and_their_users_name_works_as_at_home(run_student: RunStudent) -> None:
    lines = (
        "import getpass, sys",
        "print(chr(0xdcff))",
        "sys.stdout.reconfigure(encoding='utf-8')",
        "sys.stdout.buffer.write(b'for ')",
        "print(getpass.getuser(), chr(0xe9))",
        "print(units, file=sys.__stderr__)",
    )
    outcome = run_student(student("\n".join(lines)))
    assert outcome.fault is None
    assert sorted(outcome.log.split()) == ["3", "\\udcff", "for", "student", "\u00e9"]


def test_bytes_that_are_no_text_do_not_break_the_log(run_student: RunStudent) -> None:
    outcome = run_student(student(r"os.write(1, bytes(range(256)))"))
    assert outcome.fault is None
    assert "ABC" in outcome.log
    assert all(c in "\n\t" or c.isprintable() for c in outcome.log)


HIDDEN = {
    "exception": "raise ValueError('label is 7')",
    "two colons": "raise ValueError('a: label is 7: b')",
    "a line": "raise ValueError('x line 3: label is 7')",
    "many lines": "raise ValueError('x\\nlabel is 7')",
}


@pytest.mark.parametrize("case", HIDDEN)
def test_a_hidden_step_tells_the_class_of_an_exception_only(run_student: RunStudent, case: str) -> None:
    fault = fault_of(run_student(student(HIDDEN[case]), check_step(hidden=True)))
    assert fault.message.startswith("The step contract stopped with ValueError; ")


LEAKS = {
    "contract": "from harness.training.errors import ContractError\nraise ContractError('label is 7')",
    "output": "from harness.sandbox.wire import WireError\nraise WireError('label is 7')",
    "class name": "raise type('label is 7', (Exception,), {})",
    "forged import": WRITE_ALL.format(data=b'E{"kind": "import", "message": "label is 7"}') + "os._exit(0)",
}


@pytest.mark.parametrize("case", LEAKS)
def test_a_hidden_step_passes_on_no_words_of_the_students(run_bare: RunStudent, case: str) -> None:
    """What a step sees of hidden data could otherwise be read on the card, a few hundred characters at a time."""
    fault = fault_of(run_bare(LEAKS[case], bare_step(hidden=True)))
    assert "label is 7" not in fault.message


def test_another_call_is_another_model(run_student: RunStudent) -> None:
    outcome = run_student(student(), check_step(call(units=10, inputs=6)))
    assert outcome.arrays["facts"][0] == 6 * 10 + 10
