"""Small submissions and steps for tests that run student code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from harness.recipes.loops import Supervised
from harness.sandbox.job import Outcome
from harness.task import (
    ArrayOutput,
    BytesOutput,
    Dialogue,
    Limits,
    Output,
    Step,
    Talk,
    curve_of,
    facts_of_training,
    maps,
)

RunStudent = Callable[..., Outcome]  # what the fixture `run_student` gives

# Generous, so that only what has no end reaches them; a test of one limit asks for less of that one.
LIMITS = Limits(wall_s=300, cpu_s=200, memory_mb=1_500)
FACTS = facts_of_training()
WEIGHTS = BytesOutput("weights", 1_000_000)

SOURCE = """\
import os, sys, time
import keras
import numpy as np
from keras import layers
def say(*words): print(*words, flush=True)
def build(input_shape, units):
    {body}
    model = keras.Sequential([keras.Input(input_shape), layers.Dense(units, activation="softmax")])
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""


def student(body: str = "pass") -> str:
    """Return a submission whose builder runs `body`, one or more lines, before it builds a model.

    It may `say` what goes to the log at once.
    """
    return SOURCE.format(body=body.strip().replace("\n", "\n    "))


def call(units: int = 3, inputs: int = 4) -> dict[str, Any]:
    """Return the call of that builder: one compiled model from `inputs` numbers to `units` probabilities."""
    spec = asdict(maps((inputs,), (units,), compiled=True))
    return {"builder": "build", "arguments": {"input_shape": [inputs], "units": units}, "returns": [spec]}


def limits(wall_s: float = LIMITS.wall_s, cpu_s: float = LIMITS.cpu_s, memory_mb: int = LIMITS.memory_mb) -> Limits:
    return Limits(wall_s, cpu_s, memory_mb)


def check_step(using: Mapping[str, Any] | None = None, **changes: Any) -> Step:
    """Return the contract check of one builder: the shortest step there is."""
    using = using or call()
    values: dict[str, Any] = {
        "name": "contract",
        "run": "harness.training.contract:check",
        "inputs": (),
        "outputs": (FACTS,),
        "limits": LIMITS,
        "settings": {"calls": [using], "build": [using]},
    }
    return Step(**{**values, **changes})


def train_step(
    using: Mapping[str, Any] | None = None,
    inputs: tuple[str, ...] = ("x_train", "y_train"),
    epochs: int = 2,
    batch_size: int = 8,
    columns: tuple[str, ...] = ("loss", "accuracy", "val_loss"),
) -> Step:
    """Return a supervised training step with the outputs weights, curve and facts."""
    outputs: tuple[Output, ...] = (
        WEIGHTS,
        curve_of(epochs, columns),
        FACTS,
    )
    loop = Supervised(x_val=("x_val",) * ("x_val" in inputs), y_val=("y_val",) * ("y_val" in inputs))
    own = {"call": using or call(), "epochs": epochs, "batch_size": batch_size, "columns": columns}
    return Step("train", loop.run, inputs, outputs, LIMITS, asdict(loop) | own, trains=True)


# ------------------------------------------------------------------------------------------------ without a backend

BARE = """\
import os, sys, time
import numpy as np
def say(*words): print(*words, flush=True)
def work():
    {body}
"""
CALLING = """\
import numpy as np
def call(student, inputs, settings, seed):
    return {"facts": np.array([student.work() or 0.0, 0.0, 0.0])}
"""


def bare(body: str = "pass") -> str:
    """Return a submission of one function; the number it returns, if any, is the first of the facts."""
    return BARE.format(body=body.strip().replace("\n", "\n    "))


def bare_step(**changes: Any) -> Step:
    """Return a step that calls that function: enough for how a process begins, is held and ends."""
    values: dict[str, Any] = {"name": "call", "run": "calling:call", "code": CALLING, "limits": LIMITS}
    return Step(**{**values, "inputs": (), "outputs": (FACTS,), **changes})


# ------------------------------------------------------------------------------------------------------- dialogues

BYTES = """\
import os, sys, time
import numpy as np
def say(*words): print(*words, flush=True)
def place(function):
    frame = sys._getframe()
    while frame.f_code.co_name != function:
        frame = frame.f_back
    return frame.f_locals
def send(*parts):
    for part in parts:
        os.write(place("report")["result_fd"], part)
"""
CALLING_TO_ANSWER = """\
import numpy as np
def answering(student, inputs, settings, seed):
    answer = student.build(bytes(inputs["weights"]))
    return lambda question: np.asarray(answer(question))
"""
BARE_ANSWERING = (
    BYTES
    + """\
def build(weights):
    {first}
    weights = np.frombuffer(weights, np.float32)
    asked, real = [], lambda question: question @ weights[:8].reshape(4, 2) + weights[8:]
    def answer(question):
        asked.append(len(question))
        {body}
        return real(question)
    return answer
"""
)
ANSWERING = (
    BYTES
    + """\
import keras
from keras import layers
def build():
    {first}
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    asked, real = [], model.predict_on_batch
    def answer(question):
        asked.append(len(question))
        {body}
        return real(question)
    model.predict_on_batch = answer
    return model
"""
)
KERNEL = np.arange(8, dtype=np.float32).reshape(4, 2) / 8
BIAS = np.array([1, -1], np.float32)
DENSE = {"weights": KERNEL.tobytes() + BIAS.tobytes()}
TOTAL = ArrayOutput("total", (2,), "float64")
QUESTION = ArrayOutput("state", (4,))
ANSWER = ArrayOutput("values", (2,), low=-1_000, high=1_000, hint="Scale them.")


def answerer(body: str = "pass", first: str = "pass", source: str = ANSWERING) -> str:
    """Return a submission whose model, `Dense` from 4 to 2, runs `body` before it answers a `question`.

    `asked` lists the rows of the questions so far; it may `send` bytes past the harness; `first` runs before there is
    a model. With BARE_ANSWERING it is the same without a backend, for `bare_answer_step`.
    """
    body, first = (text.strip().replace("\n", "\n" + " " * n) for text, n in ((body, 8), (first, 4)))
    return source.format(body=body, first=first)


def bare_answer_step(most: int = 100, **changes: Any) -> Step:
    """Return `answer_step` for a submission without a backend."""
    return answer_step(most, **{"run": "calling:answering", "code": CALLING_TO_ANSWER, "settings": {}, **changes})


def answer_step(most: int = 100, **changes: Any) -> Step:
    """Return a step that answers questions of up to `most` rows of 4 numbers by rows of 2."""
    spec = asdict(maps((4,), (2,)))
    values: dict[str, Any] = {
        "name": "play",
        "run": "harness.training.answering:answering",
        "inputs": ("weights",),
        "outputs": (TOTAL,),
        "limits": LIMITS,
        "settings": {"call": {"builder": "build", "arguments": {}, "returns": [spec]}},
        "dialogue": Dialogue(lambda *_: asking(), QUESTION, ANSWER, most),
    }
    return Step(**{**values, **changes})


def asking(rows: Sequence[int] = (3, 1, 3)) -> Talk:
    """Ask one question after the other, each made from the answers before; return the sum of all answers."""
    total, last = np.zeros(2), np.ones(2)
    for count in rows:
        answers = yield np.full((count, 4), last.sum() / 10, np.float32)
        last = answers.mean(axis=0, dtype=float)
        total += answers.sum(axis=0, dtype=float)
    return {"total": total}


def total_by_hand(rows: Sequence[int] = (3, 1, 3)) -> list[float]:
    """Return what `asking` gets from `answerer` with the weights `DENSE`."""
    total, last = np.zeros(2), np.ones(2)
    for count in rows:
        last = np.full(4, last.sum() / 10) @ KERNEL.astype(float) + BIAS
        total += count * last
    return [float(value) for value in total]
