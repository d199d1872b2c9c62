"""What a record says of learning: before and after, what moved, who predicted, and answers shown a second time."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import toy
import yaml
from workflow.classes import KeptLauncher

from harness.data.key import REHEARSAL
from harness.grading.learning import NOT_TRAINED
from harness.grading.rubric_model import Rubric
from harness.grading.unearned import unearned
from harness.recipes.fewer import few_rows
from harness.records.models import Measurement
from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import Launcher
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import run_job
from harness.task import Task
from harness.workflow import machine
from harness.workflow.context import TaskContext, prepare
from harness.workflow.execute import Executor
from harness.workflow.plan import TRAINING, Unit
from harness.workflow.protection import Protection
from harness.workflow.speed import SLOWEST

TASK = replace(toy.TASK, fewer=few_rows)
OWN_LAYER = toy.GOOD.replace("        layers.Flatten(),\n", "        Same(),\n        layers.Flatten(),\n").replace(
    "def build_model", "class Same(layers.Layer):\n    def call(self, x):\n        return x\n\n\ndef build_model"
)
HISTORY = "class History:\n    history = {'loss': [1.0]}\n\n\n"
PREDICT = """
import numpy as np


def predict(self, batches, **more):
    shown = np.concatenate([np.asarray(part[0]) for part in batches])
    labels = [{answer} for i, row in enumerate(shown)]
    return np.eye(10, dtype="float32")[np.array(labels) % 10]


keras.Model.predict = predict
"""

UNIT = Unit(TRAINING, 0, 0, 1, "toy", "plain", "key", "it")
Measured = Callable[[str], Measurement]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> TaskContext:
    return prepared(TASK, tmp_path_factory.mktemp("toy"))


def prepared(task: Task, work: Path) -> TaskContext:
    chosen = machine.choose("tensorflow", "cpu", Protection(trusted=True))
    return prepare(task, "quick", None, replace(chosen, speed=SLOWEST), work, key=REHEARSAL)


@pytest.fixture(scope="module")
def measured(context: TaskContext, fork_server: ServerPool, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Return a function that trains a submission's plain variant and returns the record."""

    work = tmp_path_factory.mktemp("work")

    def measure(source: str) -> Measurement:
        sources: Mapping[tuple[str, str], Mapping[str, bytes]] = {("toy", "it"): {"toy.py": source.encode()}}
        executor = Executor({"toy": context}, sources, KeptLauncher(fork_server), Event(), work)
        return executor.make(UNIT, (min(os.sched_getaffinity(0)),)).measurement

    return measure


@pytest.fixture(scope="module")
def honest(measured: Measured) -> Measurement:
    return measured(toy.GOOD)


def values(record: Measurement) -> dict[str, float]:
    assert record.fault is None, record.fault
    return {name: score.value for name, score in record.measures.items()}


@pytest.fixture(scope="module")
def literals(context: TaskContext) -> str:
    """A submission with weights in its source: the directions between the means of classes."""
    x, y = (context.data.arrays[name] for name in ("x_train", "y_train"))
    means = np.stack([x[y == k].reshape(-1, 16).mean(axis=0) for k in range(10)])
    kernel, bias = (10 * means.T).round(3).tolist(), (-5 * (means**2).sum(axis=1)).round(3).tolist()
    source = "import numpy as np\n" + toy.UNTRAINABLE.replace('        layers.Dense(units, activation="relu"),\n', "")
    return source.replace(
        "    return model\n",
        f"    model.layers[-1].set_weights([np.array({kernel}), np.array({bias})])\n    return model\n",
    )


def test_a_plain_model_is_rebuilt_and_says_bit_for_bit_what_it_says_beside_its_code(
    honest: Measurement, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert honest.rebuilt is True
    assert honest.before.keys() == honest.measures.keys()
    assert honest.before["test_accuracy"] < values(honest)["test_accuracy"]
    assert 0.5 < (honest.moved or 0) <= 1
    assert (honest.signs["order_share"], honest.signs["bytes_share"], honest.signs["placed_share"]) == (0, 0, 0)

    monkeypatch.setattr("harness.workflow.asking.plain", lambda *_: False)
    beside = measured(toy.GOOD)
    assert beside.rebuilt is False
    assert values(beside) == values(honest) and beside.before == honest.before and beside.moved == honest.moved


def test_what_is_asked_beside_the_usual_changes_no_measure(
    honest: Measurement, tmp_path: Path, fork_server: ServerPool
) -> None:
    task = replace(toy.TASK, steps=lambda *a: tuple(replace(s, predicts=None) for s in toy.steps(*a)))
    bare = prepared(task, tmp_path / "bare")
    sources = {("toy", "it"): {"toy.py": toy.GOOD.encode()}}
    executor = Executor({"toy": bare}, sources, KeptLauncher(fork_server), Event(), tmp_path)
    usual = executor.make(UNIT, (min(os.sched_getaffinity(0)),)).measurement
    assert (usual.before, usual.rebuilt) == ({}, None)
    assert values(usual) == values(honest)


def test_weights_in_the_source_are_as_good_before_training_and_do_not_move(measured: Measured, literals: str) -> None:
    found = measured(literals)
    assert values(found)["test_accuracy"] > 0.5
    assert found.before["test_accuracy"] == values(found)["test_accuracy"]
    assert found.moved == 0
    assert found.signs["placed_share"] == pytest.approx(160 / 170)


def test_weights_in_the_source_behind_a_layer_that_starts_at_zero_are_seen_as_they_were_built(
    measured: Measured, literals: str
) -> None:
    """It is at chance before training and right after it, and its trainable numbers move."""
    gated = literals.replace("SGD(0.0)", "Adam(0.02)").replace(
        "    return model\n",
        "    gate = layers.Dense(10, 'softmax', use_bias=False, kernel_initializer='zeros')\n"
        "    model.layers[-1].activation, model.trainable = keras.activations.linear, False\n"
        "    model = keras.Sequential([model, gate])\n"
        "    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n    return model\n",
    )
    found = measured(gated)
    assert found.before["test_accuracy"] < 0.2 < values(found)["test_accuracy"]
    assert (found.moved, found.rebuilt) == (1, True)
    assert found.signs["placed_share"] == pytest.approx(160 / 270)
    assert titles(found) == [NOT_TRAINED]


LEARNS_FIRST = """
import sys


def arrays():
    frame = getattr(sys, "_get" + "frame")()
    while frame:
        held = frame.f_locals.get("inputs", {})
        if "x_train" in held and "y_train" in held:
            return held["x_train"], held["y_train"]
        frame = frame.f_back
"""


def test_a_builder_that_trains_on_what_it_finds_has_learnt_before_it_was_trained(measured: Measured) -> None:
    fits = "    if arrays():\n        model.fit(*arrays(), epochs=20, verbose=0)\n    return model\n"
    found = measured(LEARNS_FIRST + toy.GOOD.replace("    return model\n", fits))
    assert found.before["test_accuracy"] > 0.5
    assert titles(found) == [NOT_TRAINED]


def titles(found: Measurement) -> list[str]:
    """Return what costs marks in a record of the variant `plain`."""
    rubric = Rubric.model_validate(yaml.safe_load(toy.RUBRIC))
    return [f.title for f in unearned(rubric, TASK, "quick", [found]).findings.values()]


def test_a_fit_that_does_nothing_moves_nothing(measured: Measured) -> None:
    found = measured(toy.GOOD + f"\n\n{HISTORY}keras.Model.fit = lambda self, *a, **k: History\n")
    assert (found.moved, found.rebuilt) == (0, True)
    assert found.before["test_accuracy"] == values(found)["test_accuracy"]


def test_a_predict_of_the_submissions_own_is_not_there_when_its_model_is_asked(
    honest: Measurement, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it looks at (the call stack, a file, its arguments), it never runs."""
    jobs: dict[str, Job] = {}

    def noting(job: Job, launcher: Launcher, stop: Event) -> Outcome:
        jobs[job.step.name] = job
        return run_job(job, launcher, stop)

    monkeypatch.setattr("harness.workflow.execute.run_job", noting)
    forged = measured(toy.GOOD + PREDICT.format(answer="3"))
    assert forged.rebuilt is True
    assert values(forged) == values(honest)
    assert jobs["train"].files and jobs["train"].entry
    assert not jobs["predict"].files and not jobs["predict"].entry


@pytest.mark.parametrize(
    ("answer", "order", "moved"),
    [("hash(row.tobytes())", 0.0, 0.9), ("i", 0.9, 0.0)],
    ids=["by exact bytes", "by place"],
)
def test_answers_that_are_looked_up_change_when_inputs_are_shown_again(
    measured: Measured, answer: str, order: float, moved: float
) -> None:
    found = measured(OWN_LAYER + PREDICT.format(answer=answer))
    values(found)
    assert found.rebuilt is False
    assert found.signs["order_share"] == pytest.approx(order, abs=0.1)
    assert found.signs["bytes_share"] == pytest.approx(moved, abs=0.1)


def test_a_layer_of_their_own_is_no_fault_and_all_else_is_measured(honest: Measurement, measured: Measured) -> None:
    found = measured(OWN_LAYER)
    assert values(found) == values(honest)
    assert (found.rebuilt, found.signs["order_share"], found.signs["bytes_share"]) == (False, 0, 0)
    assert found.before["test_accuracy"] < 0.3
    assert 0.5 < (found.moved or 0) <= 1


LAMBDA = toy.GOOD.replace("layers.Flatten(),", "layers.Lambda(lambda x: x),\n        layers.Flatten(),")
FORGED = {
    "code": {"module": "keras.layers", "class_name": "Lambda", "config": {"function": {"class_name": "__lambda__"}}},
    "no JSON": None,
    "another model": {"module": "keras", "class_name": "Sequential", "config": {"layers": []}},
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_configuration_only_has_ones_own_code_run(honest: Measurement, measured: Measured, name: str) -> None:
    said = json.dumps({"model": FORGED[name], "weights": []}) if FORGED[name] else "{" * 1_000
    forge = f"\nimport harness.training.built as b\nb.configuration = lambda *a: {said.encode()!r}\n"
    found = measured(toy.GOOD + forge)
    assert found.rebuilt is False
    assert values(found) == values(honest)
    assert found.moved is None


def test_a_lambda_is_never_rebuilt(honest: Measurement, measured: Measured) -> None:
    found = measured(LAMBDA)
    assert found.rebuilt is False
    assert values(found) == values(honest)


HIDING = """\
import keras
from keras import layers


class Small(keras.Model):
    \"\"\"Names a bias as all its weights, trains a network that nobody tracks, and carries it on.\"\"\"

    def __init__(self, shape, classes):
        super().__init__()
        big = [layers.Flatten(), layers.Dense(200, "relu"), layers.Dense(classes, "softmax")]
        object.__setattr__(self, "_big", (keras.Sequential([keras.Input(shape), *big]),))
        self.bias = self.add_weight(shape=(1,))

    def call(self, x, training=None):
        return self._big[0](x, training=training)

    @property
    def trainable_variables(self):
        return self._big[0].trainable_variables

    trainable_weights = trainable_variables

    def get_weights(self):
        return self._big[0].get_weights()

    def set_weights(self, weights):
        self._big[0].set_weights(weights)


def build_model(input_shape, num_classes, units):
    model = Small(input_shape, num_classes)
    model.build((None, *input_shape))
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""


def test_a_model_that_hides_its_weights_when_they_are_counted_is_no_smaller_for_that(measured: Measured) -> None:
    found = measured(HIDING)
    assert values(found)["test_accuracy"] > 0.5 and found.moved != 0  # it learnt with them
    assert (found.parameters or 0) >= (16 * 200 + 200 + 200 * 10 + 10) // 2


def test_an_honest_count_stays_as_it_is(honest: Measurement) -> None:
    assert honest.parameters == 16 * 8 + 8 + 8 * 10 + 10
