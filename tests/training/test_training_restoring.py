"""A model trained by a loss of the student's, and that loss asked alone, in the sandbox as for a student."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sandbox.students import LIMITS, RunStudent, check_step

from harness.recipes.restoring import Restoring, asking_loss
from harness.recipes.steps import training_step
from harness.task import Argument, Builder, Profile, Step, maps

SHAPE, N, EPOCHS = (4, 4, 1), 12, 6
PROFILE = Profile("quick", "photographs", EPOCHS, 4, LIMITS)
RNG = np.random.default_rng(0)
TRUE, SAID = (RNG.random((N, *SHAPE), dtype=np.float32) for _ in range(2))
LOSS = Builder("own_loss", "", tuple(Argument(name, "", "") for name in ("y_true", "y_pred", "weight")), "")
SOURCE = """
import keras
from keras import layers, ops

def build_denoiser(input_shape):
    noisy = keras.Input(input_shape)
    return keras.Model(noisy, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(noisy))

def own_loss(y_true, y_pred, weight):
    return {body}
"""
SOUND = "weight * ops.mean(ops.square(y_pred - y_true), axis=(1, 2, 3))"


def called() -> dict[str, Any]:
    arguments, returns = {"input_shape": SHAPE}, [asdict(maps(SHAPE, SHAPE))]
    return {"builder": "build_denoiser", "arguments": arguments, "returns": returns, "functions": [asdict(LOSS)]}


def calling(step: Step) -> Step:
    return replace(step, settings={**step.settings, "call": called()})


def training(loss: str, **arguments: float) -> Step:
    return calling(training_step(Restoring(0.05, loss, arguments), PROFILE))


def asking() -> Step:
    return calling(asking_loss(Restoring(0.05, "own_loss", {"weight": 3.0}), (N, *SHAPE), LIMITS))


@pytest.fixture
def given(tmp_path: Path) -> Any:
    arrays = {"noisy_train": SAID, "x_train": TRUE, "asked_true": TRUE, "asked_said": SAID}
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    return lambda *names: {name: tmp_path / f"{name}.npy" for name in names}


def test_a_loss_of_the_students_trains_as_the_same_one_of_keras_does(run_student: RunStudent, given: Any) -> None:
    curves = {}
    for name, step in (("own", training("own_loss", weight=1.0)), ("keras", training("mse"))):
        outcome = run_student(SOURCE.format(body=SOUND), step, inputs=given("noisy_train", "x_train"))
        assert outcome.fault is None, (outcome.fault, outcome.log)
        curves[name] = outcome.arrays["curve"][:, 0]
    assert curves["own"] == pytest.approx(curves["keras"], rel=1e-4)
    assert curves["own"][-1] < curves["own"][0]


def test_a_loss_is_asked_by_value_and_gradient(run_student: RunStudent, given: Any) -> None:
    outcome = run_student(SOURCE.format(body=SOUND), asking(), inputs=given("asked_true", "asked_said"))
    assert outcome.fault is None, (outcome.fault, outcome.log)
    assert outcome.arrays["values"] == pytest.approx(3 * ((SAID - TRUE) ** 2).mean(axis=(1, 2, 3)), rel=1e-5)
    assert outcome.arrays["gradients"] == pytest.approx(6 * (SAID - TRUE) / np.prod(SHAPE), rel=1e-4, abs=1e-6)


def test_what_is_no_number_is_handed_back_and_no_fault(run_student: RunStudent, given: Any) -> None:
    body = "ops.log(ops.mean(y_pred - y_pred, axis=(1, 2, 3))) + weight * ops.mean(y_true)"
    outcome = run_student(SOURCE.format(body=body), asking(), inputs=given("asked_true", "asked_said"))
    assert outcome.fault is None, (outcome.fault, outcome.log)
    assert not np.isfinite(outcome.arrays["values"]).any()


def test_a_loss_without_a_gradient_has_one_of_zeros(run_student: RunStudent, given: Any) -> None:
    body = "weight * ops.mean(y_true, axis=(1, 2, 3))"
    outcome = run_student(SOURCE.format(body=body), asking(), inputs=given("asked_true", "asked_said"))
    assert outcome.fault is None, (outcome.fault, outcome.log)
    assert not outcome.arrays["gradients"].any()


@pytest.mark.parametrize(
    ("body", "received"),
    [("ops.mean(weight * (y_pred - y_true))", "()"), ("weight * (y_pred - y_true)", "(12, 4, 4, 1)")],
)
def test_values_of_another_shape_are_told(run_student: RunStudent, given: Any, body: str, received: str) -> None:
    fault = run_student(SOURCE.format(body=body), asking(), inputs=given("asked_true", "asked_said")).fault
    assert fault is not None and fault.kind == "contract"
    assert "one number an image, (12,)" in fault.message and received in fault.message


def test_what_a_loss_raises_is_the_students(run_student: RunStudent, given: Any) -> None:
    body = "ops.reshape(y_pred, (7, 11))"
    fault = run_student(SOURCE.format(body=body), asking(), inputs=given("asked_true", "asked_said")).fault
    assert fault is not None and fault.owner == "student" and fault.kind == "exception"
    assert "own_loss" in fault.message


def test_a_submission_without_the_loss_is_refused(run_student: RunStudent) -> None:
    source = SOURCE.format(body=SOUND).replace("def own_loss", "def other_loss")
    fault = run_student(source, check_step(called())).fault
    assert fault is not None and "own_loss(y_true, y_pred, weight)" in fault.message


RATES = """
import json
from harness.training.restoring import rate

found = rate({"epochs": 5, "batch_size": 4, "learning_rate": 0.1}, 40)
print(json.dumps([float(found(step)) for step in (0, 5, 10, 30, 50)]), flush=True)
"""


def test_the_rate_rises_over_a_fifth_of_all_steps_and_falls_to_nothing(run_student: RunStudent) -> None:
    outcome = run_student(SOURCE.format(body=SOUND) + RATES, check_step(called()))
    rates = json.loads(next(line for line in outcome.log.splitlines() if line.startswith("[")))
    assert rates == pytest.approx([0, 0.05, 0.1, 0.05, 0], abs=1e-6)
