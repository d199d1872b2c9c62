"""A generator that makes images of pictures, against a discriminator that sees both, each of a builder of its own."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sandbox.students import LIMITS, RunStudent, check_step, student

from harness.recipes.halves import drawn
from harness.recipes.loops import Adversarial
from harness.recipes.steps import mapping_step, training_step
from harness.sandbox.job import Outcome
from harness.selfcheck.slices import trial_step
from harness.selfcheck.verdicts import flagged, gradients
from harness.task import Call, Earlier, Profile, Step, Tensor, maps

GREY, COLOUR = (4, 4, 1), (4, 4, 3)
X = np.random.default_rng(0).random((40, *COLOUR), dtype=np.float32)
PICTURES = X.mean(axis=-1, keepdims=True)
EPOCHS, WEIGHT = 6, 5.0
PROFILE = Profile("quick", "photographs", EPOCHS, 4, LIMITS)
SOURCE = """
import keras
from keras import layers

def build_generator(input_shape):
    grey = keras.Input(input_shape)
    return keras.Model(grey, layers.Conv2D(3, 1, activation="sigmoid")(grey))

def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Flatten()(layers.Concatenate()([colour, grey]))
    return keras.Model([colour, grey], layers.Dense(1)(layers.Dense(8, activation="relu")(x)))
"""


def call() -> dict[str, Any]:
    both = Tensor(COLOUR, "colour"), Tensor(GREY, "grey")
    models = maps(GREY, COLOUR, name="generator"), maps(both, (1,), name="discriminator", logits=True)
    earlier = (Earlier("build_generator", {"input_shape": GREY}),)
    arguments = {"input_shape": GREY, "colour_shape": COLOUR}
    return {**asdict(Call("build_discriminator", arguments, models, earlier=earlier)), "functions": []}


def train(weight: float = WEIGHT) -> Step:
    step = training_step(Adversarial(0.01, 0, condition="grey_train", mae_weight=weight), PROFILE)
    return replace(step, settings={**step.settings, "call": call()})


@pytest.fixture
def arrays(tmp_path: Path) -> dict[str, Path]:
    for name, array in (("x_train", X), ("grey_train", PICTURES), ("grey_test", PICTURES[:7])):
        np.save(tmp_path / f"{name}.npy", array)
    return {name: tmp_path / f"{name}.npy" for name in ("x_train", "grey_train", "grey_test")}


def good(outcome: Outcome) -> Outcome:
    assert outcome.fault is None, (outcome.fault, outcome.log)
    return outcome


def test_the_loss_is_that_of_both_players_and_the_weighted_error(
    run_student: RunStudent, arrays: dict[str, Path]
) -> None:
    given = {name: arrays[name] for name in ("x_train", "grey_train")}
    outcome = good(run_student(SOURCE, train(), inputs=given))
    loss, generator, discriminator, mae = outcome.arrays["curve"].T
    assert loss == pytest.approx(generator + discriminator + WEIGHT * mae, rel=1e-4)
    assert mae[-1] < mae[0]
    colour = mapping_step(
        "colour", "generator_weights", {"coloured": "grey_test"}, drawn({"coloured": 7}, COLOUR), LIMITS
    )
    colour = replace(colour, settings={**colour.settings, "call": call()})
    blobs = outcome.blobs["generator_weights"]
    made = good(run_student(SOURCE, colour, inputs={"generator_weights": blobs, "grey_test": arrays["grey_test"]}))
    weights = np.frombuffer(blobs.read(), np.float32)
    assert made.arrays["coloured"] == pytest.approx(
        1 / (1 + np.exp(-(PICTURES[:7] * weights[:3] + weights[3:]))), abs=1e-5
    )


def test_without_a_weight_there_is_no_error_in_the_curve() -> None:
    assert train(0.0).columns == Adversarial(0.01, 3).columns == ("loss", "generator_loss", "discriminator_loss")
    assert Adversarial(0.01, 3).inputs == ("x_train",) and "grey_train" in train(0.0).inputs


GRADIENTS = """
import json
import tensorflow as tf
from harness.training.adversarial import game

generator, discriminator = build_generator((4, 4, 1)), build_discriminator((4, 4, 1), (4, 4, 3))
both = game(generator, discriminator, {"labels": "", "condition": "grey", "noise_size": 0, "mae_weight": 5.0}, 0)
x = tf.random.stateless_uniform((8, 4, 4, 3), (0, 1))
y = tf.reduce_mean(x, axis=-1, keepdims=True)
with tf.GradientTape(persistent=True) as tape:
    together = both.compute_loss(x, y, tf.zeros((8, 0)))
    made = generator(y)
    real, fake = discriminator([x, y]), discriminator([made, y])
    crossed = lambda truth, logits: tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(truth, logits))
    one, zero = tf.ones_like(fake), tf.zeros_like(fake)
    apart = crossed(one, fake) + 5.0 * tf.reduce_mean(tf.abs(made - x)), crossed(one, real) + crossed(zero, fake)
off = {}
for player, loss in ((generator, apart[0]), (discriminator, apart[1])):
    found = tape.gradient(together, player.trainable_variables)
    expected = tape.gradient(loss, player.trainable_variables)
    off[player.name] = max(float(tf.reduce_max(tf.abs(a - b))) for a, b in zip(found, expected, strict=True))
    off[player.name + " size"] = max(float(tf.reduce_max(tf.abs(b))) for b in expected)
print(json.dumps(off), flush=True)
"""


def test_the_error_is_felt_by_the_generator_alone(run_student: RunStudent) -> None:
    """Compared with two losses and two gradients, computed apart."""
    outcome = good(run_student(SOURCE + GRADIENTS + student()))
    off = json.loads(next(line for line in outcome.log.splitlines() if line.startswith("{")))
    assert len(off) == 4
    for name, value in off.items():
        assert value > 1e-3 if name.endswith("size") else value < 1e-6, name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def build_generator(input_shape)", "def build_generators(input_shape)", "build_generator(input_shape)"),
        (
            "def build_discriminator(input_shape, colour_shape)",
            "def build_discriminator(colour_shape)",
            "colour_shape)",
        ),
        ("Conv2D(3, 1", "Conv2D(1, 1", "the generator of build_generator"),
        ("layers.Dense(1)", "layers.Dense(2)", "the discriminator of build_discriminator"),
    ],
)
def test_what_is_wrong_with_a_builder_is_told_with_its_own_name(
    run_student: RunStudent, old: str, new: str, said: str
) -> None:
    good(run_student(SOURCE, check_step(call())))
    assert old in SOURCE
    fault = run_student(SOURCE.replace(old, new), check_step(call())).fault
    assert fault is not None and fault.kind == "contract"
    assert said in fault.message


def test_a_short_training_looks_at_the_models_of_both_builders(
    run_student: RunStudent, arrays: dict[str, Path]
) -> None:
    given = {name: arrays[name] for name in ("x_train", "grey_train")}
    step = replace(trial_step(train(), 1.0), limits=LIMITS)
    bounded = SOURCE.replace("layers.Dense(1)", 'layers.Dense(1, activation="sigmoid")')
    outcome = good(run_student(bounded, step, inputs=given))
    assert flagged(outcome, train(), "bounded") == ["the discriminator of build_discriminator"]
    assert gradients(outcome, train()).words.startswith("All 6 weights changed")
    still = SOURCE.replace("return keras.Model(grey,", "model = keras.Model(grey,", 1)
    still = still.replace("(grey))\n", "(grey))\n    model.trainable = False\n    return model\n", 1)
    outcome = good(run_student(still, step, inputs=given))
    assert flagged(outcome, train(), "frozen") == ["the generator of build_generator"]
