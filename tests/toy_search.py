"""The toy task with settings that a student chooses: up to three candidates beside a variant that is always there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import toy

from harness.scoring.classification import accuracy
from harness.task import (
    Argument,
    Builder,
    Candidate,
    Candidates,
    Measure,
    OverVariants,
    Scored,
    Setting,
    Together,
    Variant,
    VariantRun,
)

MOST = 3
SEARCH = Candidates(
    function="search",
    text="Settings worth trying.",
    settings=(
        Setting("units", "units of the hidden layer", "int", default=16, low=1, high=256),
        Setting("rate", "step size", "float", default=0.02, low=0, high=1),
        Setting("optimizer", "what lowers the loss", "str", default="adam", choices=("adam", "sgd")),
        Setting("bias", "whether layers have one", "bool", default=True),
    ),
    most=MOST,
)
BUILDER = Builder(
    name="build_model",
    text="A small classifier.",
    arguments=(
        Argument("input_shape", "tuple of 3 int", "height, width and channels of an image"),
        Argument("num_classes", "int", "how many classes there are"),
        *(Argument(s.name, s.kind, s.text) for s in SEARCH.settings),
    ),
    returns="a compiled keras.Model from images to class probabilities",
)
USUAL = {s.name: s.default for s in SEARCH.settings}
CHOSEN = tuple(f"candidate_{i}" for i in range(1, MOST + 1))
VARIANTS = (
    *(Variant(name, f"candidate {i + 1}", candidate=Candidate("search", i)) for i, name in enumerate(CHOSEN)),
    Variant("plain", "usual settings", arguments=USUAL),
    Variant("naive", "always the most frequent class", given=True),
)


def winner(found: Together) -> float:
    """Return the test accuracy of the candidate that is best on the validation images."""
    validation = found.of("val_accuracy")
    return found.of("test_accuracy")[max(validation, key=lambda name: validation[name])]


def varied(found: Together) -> float:
    """Return how many settings take more than one value."""
    several: Mapping[str, set[Any]] = {s.name: {c[s.name] for c in found.settings.values()} for s in SEARCH.settings}
    return float(sum(len(values) > 1 for values in several.values()))


OVERALL = (
    OverVariants(
        "winner",
        "test accuracy of the winner by validation",
        "higher",
        tuple(f"{name}.{measure}" for name in CHOSEN for measure in ("val_accuracy", "test_accuracy")),
        winner,
        optional=True,
    ),
    OverVariants(
        "varied",
        "settings that the search varied",
        "higher",
        tuple(f"{name}.val_accuracy" for name in CHOSEN),
        varied,
        optional=True,
    ),
)


def score(run: VariantRun) -> Scored:
    scored = toy.score(run)
    if "p_val" not in run.outputs:
        return scored
    found = accuracy(run.outputs["p_val"], run.data.arrays["y_val"])
    return replace(scored, measures={**scored.measures, "val_accuracy": found})


TASK = replace(
    toy.TASK,
    builders=(BUILDER,),
    variants=VARIANTS,
    measures=(*toy.MEASURES, Measure("val_accuracy", "accuracy on the validation images", "higher")),
    score=score,
    overall=OVERALL,
    candidates=(SEARCH,),
    call=lambda profile, variant, data: replace(toy.call(profile, variant, data), builder=BUILDER.name),
)
REGISTRY = {TASK.name: TASK}

GOOD = """\
import keras
from keras import layers


def search():
    return [{"units": 8}, {"units": 64, "rate": 0.01}]


def build_model(input_shape, num_classes, units, rate, optimizer, bias):
    model = keras.Sequential([
        keras.Input(input_shape),
        layers.Flatten(),
        layers.Dense(units, activation="relu", use_bias=bias),
        layers.Dense(num_classes, activation="softmax"),
    ])
    chosen = keras.optimizers.Adam(rate) if optimizer == "adam" else keras.optimizers.SGD(rate)
    model.compile(optimizer=chosen, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
RETURN = '[{"units": 8}, {"units": 64, "rate": 0.01}]'


def choosing(code: str) -> str:
    """Return a submission whose function returns what `code` evaluates to."""
    return GOOD.replace(RETURN, code)


RUBRIC = """\
task: toy@1
criteria:
  - id: winner
    text: The winner by validation classifies digits it has never seen.
    measure: all.winner
    better: higher
    points: 60
    profiles: {quick: {target: 0.4, floor: 0.15}}
  - id: varied
    text: The search varies two settings.
    measure: all.varied
    better: higher
    points: 30
    profiles: {quick: {target: 2, floor: 0}}
  - id: small
    text: The usual network is small.
    measure: plain.parameters
    better: lower
    points: 10
    profiles: {quick: {target: 1000, floor: 5000}}
"""
