"""The checks before training, run for real: what a mistake looks like after a few steps."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import toy
from selfcheck.made import write_work
from workflow.classes import KeptLauncher, undrawn

from harness.sandbox.pool import ServerPool
from harness.selfcheck import slices
from harness.selfcheck.checks import Contract, Ending
from harness.selfcheck.session import SelfCheck, options_for
from harness.task import Call, maps
from harness.training import trial
from harness.workflow.options import Options


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch, fork_server: ServerPool) -> Iterator[None]:
    """Let the toy task be the only one, and run it in the session's fork server."""
    monkeypatch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(fork_server))
    undrawn(monkeypatch)
    monkeypatch.setattr(
        "harness.workflow.options.Options", partial(Options, registry=toy.REGISTRY, device="cpu", jobs=1)
    )
    yield


def checked(tmp_path: Path, source: str) -> Contract:
    work = write_work(tmp_path, source)
    with SelfCheck(work, options_for(work, rubrics=tmp_path / "rubrics")) as own:
        return own.contract()[0]


def failed(contract: Contract) -> list[str]:
    return [check.id.removeprefix("build_model-") for check in contract.ended(Ending.FAILED)]


DEAD = toy.GOOD.replace(
    "    model = keras.Sequential([",
    "    unused = layers.Dense(3)\n    inputs = keras.Input(input_shape)\n    flat = layers.Flatten()(inputs)\n"
    "    rest = 0.0 * keras.ops.sum(unused(flat), axis=-1, keepdims=True)\n"
    "    model = keras.Sequential([",
).replace(
    "    model.compile",
    "    model = keras.Model(inputs, model(inputs) + rest)\n    model.compile",
)
FROZEN = toy.GOOD.replace("    model.compile", "    model.trainable = False\n    model.compile")
CUT = toy.GOOD.replace(
    'layers.Dense(units, activation="relu")', "layers.Dense(units), layers.Lambda(lambda x: keras.ops.round(x))"
)
LOGITS = toy.GOOD.replace(', activation="softmax")', ")").replace(
    '"sparse_categorical_crossentropy"', "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
)
YES_OR_NO = toy.GOOD.replace('"sparse_categorical_crossentropy"', '"binary_crossentropy"')
CHANGING = toy.GOOD.replace("def build_model", "calls = []\n\n\ndef build_model").replace(
    "    model = keras", "    calls.append(1)\n    units = units + len(calls)\n    model = keras"
)


@pytest.mark.parametrize(
    ("source", "expected", "words"),
    [
        pytest.param(toy.GOOD, [], "", id="sound"),
        pytest.param(toy.UNTRAINABLE, ["loss", "gradients"], "No weight changed", id="rate-of-zero"),
        pytest.param(FROZEN, ["loss", "gradients"], "No weight of the model of build_model can change", id="frozen"),
        pytest.param(DEAD, ["gradients"], "2 of 6 weights did not change", id="layer-without-effect"),
        pytest.param(CUT, ["gradients"], "weights did not change: dense/kernel, dense/bias", id="rounding"),
        pytest.param(LOGITS, ["outputs"], "within [0, 1]", id="logits"),
        pytest.param(YES_OR_NO, ["loss", "gradients"], "compile with loss='sparse_categorical", id="wrong-loss"),
        pytest.param(CHANGING, ["loss", "gradients"], "the same model each time", id="another-model-each-time"),
        pytest.param(toy.MISNAMED, ["arguments"], "'build_modell'", id="misnamed"),
        pytest.param(toy.IMPORT_ERROR, ["import"], "no_such_library", id="import"),
        pytest.param(toy.WIDE_FAILS, ["models"], "In the variant wide", id="one-variant"),
    ],
)
def test_a_mistake_is_found_where_it_is(
    tmp_path: Path, real: None, source: str, expected: list[str], words: str
) -> None:
    contract = checked(tmp_path, source)
    assert failed(contract) == expected, [(c.id, c.words) for c in contract.ended(Ending.FAILED)]
    assert not contract.ended(Ending.ERROR)
    said = [check.words for check in contract.ended(Ending.FAILED)]
    assert not expected or any(words in one for one in said), said


def test_a_softmax_is_told_where_logits_are_asked_for(
    tmp_path: Path, real: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*given: Any) -> Call:
        made = toy.call(*given)
        return replace(made, returns=(maps(toy.SHAPE, (toy.CLASSES,), compiled=True, logits=True),))

    monkeypatch.setitem(toy.REGISTRY, "toy", replace(toy.TASK, call=call))
    contract = checked(tmp_path, toy.GOOD)
    assert failed(contract) == ["outputs"]
    assert "take away the sigmoid or softmax" in contract.check("build_model-outputs").words


def test_both_sides_of_the_wall_declare_the_same_sizes() -> None:
    assert (trial.WEIGHTS, trial.LETTERS) == (slices.WEIGHTS, slices.LETTERS)
