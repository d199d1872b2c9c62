"""Small submissions and steps for tests that run student code."""

from collections.abc import Callable, Mapping
from typing import Any

from harness.sandbox.job import Outcome
from harness.tasks.base import ArrayOutput, BytesOutput, Limits, Output, Step

RunStudent = Callable[..., Outcome]  # what the fixture `run_student` gives

LIMITS = Limits(wall_s=20, cpu_s=15, memory_mb=1_500)
FACTS = ArrayOutput("facts", (2,), "float64")
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
    spec = {"name": "model", "input_shape": [inputs], "output_shape": [units], "compiled": True}
    return {"builder": "build", "arguments": {"input_shape": [inputs], "units": units}, "returns": [spec]}


def limits(wall_s: float = 20, cpu_s: float = 15, memory_mb: int = 1_500) -> Limits:
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
        ArrayOutput("curve", (epochs, len(columns)), "float64", finite=False),
        FACTS,
    )
    settings = {"call": using or call(), "epochs": epochs, "batch_size": batch_size, "columns": columns}
    return Step("train", "harness.training.supervised:train", inputs, outputs, LIMITS, settings)
