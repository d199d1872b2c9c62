"""A task of about a second, for tests that grade a class from end to end. It is found by no registry."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.key import REHEARSAL
from harness.recipes.classifier import FINDINGS
from harness.recipes.loops import Supervised
from harness.recipes.steps import predicting, training_step
from harness.scoring.classification import accuracy, confusion, gap
from harness.task import (
    Argument,
    ArrayOutput,
    Arrays,
    Builder,
    Call,
    Figure,
    Limits,
    Measure,
    Profile,
    Recorded,
    Scored,
    Sizes,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
    maps,
)

SHAPE = (4, 4, 1)  # MNIST digits, 28x28, as means over 7x7 pixels
CLASSES = 10
SPLITS = ("train", "val", "test")
KEY = REHEARSAL.under(7)  # under which GOOD reaches every target, whichever the seed
LOOP = Supervised()
CURVE = LOOP.columns

BUILDER = Builder(
    name="build_model",
    text="A small classifier.",
    arguments=(
        Argument("input_shape", "tuple of 3 int", "height, width and channels of an image"),
        Argument("num_classes", "int", "how many classes there are"),
        Argument("units", "int", "how many units the hidden layer has"),
    ),
    returns="a compiled keras.Model from images to class probabilities",
    compiles=True,
)
VARIANTS = (
    Variant("plain", "eight hidden units", BUILDER.name, {"units": 8}),
    Variant("wide", "64 hidden units", BUILDER.name, {"units": 64}),
    Variant("naive", "always the most frequent class", given=True),
)
QUICK = Profile(
    name="quick",
    dataset="digits",
    epochs=3,
    batch_size=20,
    limits=Limits(wall_s=300, cpu_s=200, memory_mb=2_000),
    sizes=Sizes(train=400, val=60, test=100),
)
MEASURES = (
    Measure("train_accuracy", "accuracy on the training images", "higher"),
    Measure("test_accuracy", "accuracy on the test images", "higher"),
    Measure("gap", "training minus test accuracy", "lower"),
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    del profile
    arrays = {name: shrink(a) if name.startswith("x_") else a for name, a in dataset.arrays.items()}
    return TaskData(dataset, arrays, hidden=frozenset({"y_test"}))


def shrink(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return images (n, 28, 28, 1) as the means of their 4x4 blocks, (n, 4, 4, 1)."""
    return np.asarray(images.reshape(-1, 4, 7, 4, 7, 1).mean(axis=(2, 4)), dtype=np.float32)


def call(profile: Profile, variant: Variant, data: TaskData | None = None) -> Call:
    del profile, data
    arguments = {"input_shape": SHAPE, "num_classes": CLASSES, **variant.arguments}
    return Call(variant.builder, arguments, (maps(SHAPE, (CLASSES,), compiled=True),))


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    del variant
    taken = {f"p_{split}": f"x_{split}" for split in SPLITS}
    outputs = tuple(ArrayOutput(p, (len(data.arrays[x]), CLASSES), low=-1e-6, high=1 + 1e-6) for p, x in taken.items())
    return training_step(LOOP, profile), predicting(taken, outputs, profile.asking)


def score(run: VariantRun) -> Scored:
    truth = run.data.arrays
    outputs = naive_outputs(truth) if run.variant.given else run.outputs
    if "p_test" not in outputs:
        return Scored({})
    train, test = (accuracy(outputs[f"p_{split}"], truth[f"y_{split}"]) for split in ("train", "test"))
    measures = {"train_accuracy": train, "test_accuracy": test, "gap": gap(train, test)}
    return Scored(measures, {"confusion": confusion(outputs["p_test"], truth["y_test"])})


def naive_outputs(truth: Arrays) -> Arrays:
    """Return the probabilities of an answer that always names the most frequent training class."""
    guess = np.eye(CLASSES, dtype=np.float32)[np.bincount(truth["y_train"]).argmax()]
    return {f"p_{split}": np.tile(guess, (len(truth[f"y_{split}"]), 1)) for split in SPLITS}


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = []
    if panels := {name: r.curve for name, r in runs.items() if r.curve}:
        found.append(Figure("curves", "Learning curves", "Loss and accuracy per epoch.", {"panels": panels}))
    if "plain" in runs and "confusion" in runs["plain"].evidence:
        data = {"counts": runs["plain"].evidence["confusion"], "classes": [str(i) for i in range(CLASSES)]}
        found.append(Figure("matrix", "Confusion matrix", "Test images by true and predicted class.", data))
    return tuple(found)


TASK = Task(
    name="toy",
    version=1,
    title="Toy",
    summary="Classify very small digits.",
    builders=(BUILDER,),
    variants=VARIANTS,
    profiles={"quick": QUICK},
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    findings=FINDINGS,
)
REGISTRY = {TASK.name: TASK}  # what `harness.workflow.grade.Options(registry=...)` takes

GOOD = """\
import keras
from keras import layers


def build_model(input_shape, num_classes, units):
    model = keras.Sequential([
        keras.Input(input_shape),
        layers.Flatten(),
        layers.Dense(units, activation="relu"),
        layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
UNTRAINABLE = GOOD.replace("Adam(0.02)", "SGD(0.0)")  # runs, and learns nothing
MISNAMED = GOOD.replace("def build_model", "def build_modell")
IMPORT_ERROR = "import no_such_library\n" + GOOD
SYNTAX_ERROR = GOOD.replace("units):", "units)")
RAISING = GOOD.replace("    model = ", "    raise ValueError('units must not be ' + str(units))\n    model = ")
ENDLESS = (  # builds, and hangs in training
    GOOD.replace("    return model\n", "    model.fit = endless\n    return model\n")
    + "\n\ndef endless(*args, **kwargs):\n    while True:\n        pass\n"
)
ABORTING = GOOD.replace("    model = ", "    import os\n    os.abort()\n    model = ")
WIDE_FAILS = GOOD.replace("    model = ", "    if units > 8:\n        raise ValueError('too wide')\n    model = ")

RUBRIC = """\
task: toy@1
points: 100
criteria:
  - id: plain
    text: The plain network classifies digits it has never seen.
    measure: plain.test_accuracy
    better: higher
    points: 50
    profiles:
      quick: {target: 0.35, floor: 0.15}
    hint: Check the loss and the learning rate.
  - id: beats-naive
    text: The wide network beats an answer without learning.
    measure: wide.test_accuracy
    over: naive.test_accuracy
    better: higher
    points: 30
    profiles:
      quick: {target: 0.3}
  - id: report
    text: The report discusses the learning curves.
    manual: true
    points: 20
"""


def tight(cpu_s: float = 2, wall_s: float = 300) -> Task:
    """Return the task with limits that an endless loop reaches soon."""
    limits = replace(QUICK.limits, cpu_s=cpu_s, wall_s=wall_s)
    return replace(TASK, profiles={"quick": replace(QUICK, limits=limits)})


def write_class(folder: Path, sources: Mapping[str, str]) -> Path:
    """Write `folder/NAME/toy.py` for each student; return `folder`."""
    for name, source in sources.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / f"{TASK.name}.py").write_text(source, encoding="utf-8")
    return folder


def write_rubrics(folder: Path, text: str = RUBRIC) -> Path:
    """Write `folder/toy.yaml`; return `folder`, which is what `--rubrics` takes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{TASK.name}.yaml").write_text(text, encoding="utf-8")
    return folder


def settings(variant: str = "plain", **changes: Any) -> dict[str, Any]:
    """Return the arguments of the builder's call for a variant."""
    return {**call(QUICK, TASK.variant(variant)).arguments, **changes}
