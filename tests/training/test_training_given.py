"""Builders are given arrays of the task and models that the harness makes, in the sandbox, whole and unhidden."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import toy
from sandbox.students import FACTS, RunStudent, check_step, train_step

from harness.errors import DataError, HarnessError
from harness.sandbox.levels import Level
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.task import Call, FurtherData, GivenModel, Sizes, Step, maps
from harness.workflow.context import TaskContext, load_profile, prepare
from harness.workflow.machine import Machine

BACKBONE = """
import keras

def backbone(inputs, settings):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(settings["units"], use_bias=False)])
    model.set_weights([inputs["matrix"]])
    model.trainable = False
    return model
"""
SOURCE = """
import keras
import numpy as np

def build(num_classes, vocabulary, backbone):
    assert vocabulary.shape == (7,), vocabulary.shape
    assert np.array_equal(backbone.get_weights()[0], np.arange(12.0).reshape(4, 3)), backbone.get_weights()
    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(num_classes, activation="softmax")(backbone(inputs))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
MATRIX = np.arange(12, dtype=np.float32).reshape(4, 3)
GIVEN = Call(
    "build",
    {"num_classes": 2},
    (maps((4,), (2,), compiled=True),),
    arrays={"vocabulary": "words"},
    models={"backbone": GivenModel("loop:backbone", ("matrix",), {"units": 3}, BACKBONE)},
)


def described(call: Call) -> dict[str, Any]:
    return {**asdict(call), "functions": []}


@pytest.fixture
def arrays(tmp_path: Path) -> Mapping[str, Path]:
    rng = np.random.default_rng(0)
    values = {"matrix": MATRIX, "words": np.arange(7), "x_train": rng.random((40, 4), np.float32)}
    values["y_train"] = rng.integers(0, 2, 40)
    for name, array in values.items():
        np.save(tmp_path / f"{name}.npy", array)
    return {name: tmp_path / f"{name}.npy" for name in values}


def test_a_builder_is_given_an_array_and_a_model_with_its_weights(
    run_student: RunStudent, arrays: Mapping[str, Path]
) -> None:
    step = check_step(described(GIVEN), inputs=GIVEN.inputs)
    outcome = run_student(SOURCE, step, inputs={name: arrays[name] for name in GIVEN.inputs})
    assert outcome.fault is None, outcome.fault
    assert FACTS.named(outcome.arrays["facts"])["parameters"] == 12 + 3 * 2 + 2, "those of the backbone count"


def test_it_trains_with_what_it_is_given(run_student: RunStudent, arrays: Mapping[str, Path]) -> None:
    step = train_step(described(GIVEN), inputs=("x_train", "y_train", *GIVEN.inputs), columns=("loss",))
    outcome = run_student(SOURCE, step, inputs={name: arrays[name] for name in step.inputs})
    assert outcome.fault is None, outcome.fault
    assert outcome.blobs["weights"].read().startswith(MATRIX.tobytes()), "a frozen backbone stays as it was given"


def test_a_builder_that_does_not_take_what_it_is_given_is_told_the_names(run_student: RunStudent) -> None:
    fault = run_student("def build(num_classes): ...", check_step(described(GIVEN), inputs=())).fault
    assert fault is not None
    assert "Expected build(num_classes, vocabulary, backbone), received build(num_classes)" in fault.message


MACHINE = Machine("tensorflow", "cpu", "some processor", make(Level.NONE, view("cpu")), "a process")


def context(tmp_path: Path, array: str) -> TaskContext:
    """Return the toy task whose builder is given an array of the task."""

    def call(*_: Any) -> Call:
        return replace(toy.call(toy.QUICK, toy.VARIANTS[0]), arrays={"examples": array})

    return prepare(replace(toy.TASK, call=call), "quick", None, MACHINE, tmp_path)


def test_every_step_that_builds_gets_what_the_builder_is_given(tmp_path: Path) -> None:
    given = context(tmp_path, "x_val")
    steps: list[Step] = [given.contract_step(), *given.steps(toy.VARIANTS[0])]
    assert all("x_val" in step.inputs for step in steps)


def test_a_builder_is_never_given_hidden_answers(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"asks for .*y_test.*, which are hidden answers"):
        context(tmp_path, "y_test").steps(toy.VARIANTS[0])


def test_a_profile_may_name_further_data_sets_and_they_count() -> None:
    alone = load_profile(toy.QUICK, None)
    small = Sizes(train=100, val=20, test=50)
    both = load_profile(replace(toy.QUICK, further={"moved_to": FurtherData("digits", small)}), None)
    assert both.further["moved_to"].sizes == {"train": 100, "val": 20, "test": 50}
    assert both.sizes == alone.sizes
    assert both.sha256 != alone.sha256, "what is measured depends on them"


def test_a_further_data_set_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match=r"There is no data set 'digts'.*Did you mean 'digits'"):
        load_profile(replace(toy.QUICK, further={"moved_to": FurtherData("digts")}), None)
