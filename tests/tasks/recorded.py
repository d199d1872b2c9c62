"""What could have been recorded of a task under a profile, without training: outputs of noise, scored."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.key import PRACTICE
from harness.data.load import find as where
from harness.data.load import load
from harness.data.sets.cifar100 import CLASSES as CIFAR100
from harness.data.weights import TORCH, with_file
from harness.report.drawing.figures import DrawnFigure, drawn
from harness.task import ArrayOutput, CurveOutput, Profile, Recorded, Task, TaskData, Variant, VariantRun
from harness.tasks import find

BACKBONES = ("vgg16", "vgg19", "densenet121", "resnet50")
LIKE_REVIEWS = {"imdb": "sentences", "glove": "sentence_vectors"}
FEW = {"made": 300, "paths": 30}  # samples, and ways between them, instead of the thousands of a profile
CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def small(profile: Profile) -> Profile:
    """Return the profile with fewer samples to make, which no picture shows."""
    fewer = {name: number for name, number in FEW.items() if hasattr(profile.settings, name)}
    return replace(profile, settings=replace(profile.settings, **fewer)) if fewer else profile


@cache
def task_data(name: str, key: str) -> TaskData:
    profile = small(find(name).profiles[key])
    return find(name).prepare(dataset(profile), profile)


def dataset(profile: Profile) -> Dataset:
    """Return the data of a profile, further sets included, without a network."""
    further = {name: made(more.dataset, more.sizes) for name, more in profile.further.items()}
    return replace(made(profile.dataset, profile.sizes), further=further)


def made(name: str, sizes: Sizes) -> Dataset:
    """Return what ships under a name, else data of the same shapes: digits, their text, noise, or no weights."""
    if name == "clocks_150":
        return load(name, (), Sizes(train=60, val=30, test=200))
    if where(name, ()) == "shipped":
        return load(name, (), sizes)
    if name in LIKE_REVIEWS:
        return replace(load(LIKE_REVIEWS[name], (), sizes), name=name)
    if name == "text":
        return load("topics", (), Sizes())
    if name in BACKBONES:
        return with_file(name, b"", TORCH, "nothing", PRACTICE)
    if name == "mnist":
        return replace(load("digits", (), Sizes(train=1200, val=100, test=900)), name="mnist")
    classes = CIFAR100 if name == "cifar100" else CIFAR
    rng = np.random.default_rng(5)
    arrays: dict[str, NDArray[Any]] = {}
    for part, n in (("train", 300), ("val", 200), ("test", 200)):
        arrays[f"x_{part}"] = rng.random((n, 32, 32, 3), dtype=np.float32)
        arrays[f"y_{part}"] = np.arange(n) % len(classes)
    return Dataset(name, arrays, classes, "noise", {})


def outputs(name: str, profile: Profile, variant: Variant, data: TaskData) -> tuple[dict[str, NDArray[Any]], Any]:
    """Return noise in the form of every declared output, and the curve by column.

    Noise is what pictures are largest of.
    """
    rng, found, curve = np.random.default_rng(1), {}, {}
    for step in find(name).steps(profile, variant, data):
        for output in (o for o in step.outputs if isinstance(o, ArrayOutput)):
            low, high = output.low if output.low is not None else -1.0, output.high if output.high is not None else 2.0
            values = rng.uniform(max(low, -9), min(high, 99), output.shape)
            found[output.name] = values.astype(output.dtype)
            if isinstance(output, CurveOutput):
                curve = {c: found[output.name][:, i].tolist() for i, c in enumerate(output.columns)}
    return found, curve


def settings_of(task: Task, variant: Variant) -> dict[str, Any]:
    """Return what a student could have chosen for a candidate: another choice and another number in each."""
    if variant.candidate is None:
        return {}
    (declared,) = [c for c in task.candidates if c.function == variant.candidate.function]
    place = variant.candidate.place
    choices = {s.name: s.choices[place % len(s.choices)] for s in declared.settings if s.choices}
    numbers = {s.name: s.default * (place + 1) for s in declared.settings if isinstance(s.default, float)}
    return {**{s.name: s.default for s in declared.settings}, **choices, **numbers}


def recorded(name: str, key: str = "quick") -> Mapping[str, Recorded]:
    """Return every variant of a task as figures get it, made once for all tests of a process."""
    return _recorded(name, key)


@cache  # by what is asked for, however it is said
def _recorded(name: str, key: str) -> Mapping[str, Recorded]:
    profile, data = small(find(name).profiles[key]), task_data(name, key)
    runs = {}
    for variant in find(name).variants:
        found, curve = ({}, {}) if variant.given else outputs(name, profile, variant, data)
        with np.errstate(all="ignore"):
            scored = find(name).score(VariantRun(profile, variant, data, found))
        measures = {measure: score.value for measure, score in scored.measures.items()}
        run = Recorded(variant.name, measures, curve, scored.evidence, learns=variant.learns)
        runs[variant.name] = replace(run, settings=settings_of(find(name), variant), cpu_s=1.5)
    return runs


@cache
def pictures(name: str, key: str) -> tuple[DrawnFigure, ...]:
    """Return a task's figures as a card gets them, drawn once for all tests of a process."""
    return tuple(drawn(figure) for figure in find(name).figures(recorded(name, key)))
