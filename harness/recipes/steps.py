"""The steps that trainings are made of: training by a loop, predicting, answering questions, mapping arrays."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from harness.recipes.loops import PARTS, TRAINING, WEIGHTS, Adversarial, Loop, OwnLoop
from harness.recipes.q_learning import QLearning
from harness.task import (
    ArrayOutput,
    BytesOutput,
    Dialogue,
    Kept,
    Limits,
    Output,
    Prediction,
    Profile,
    Step,
    TaskData,
    curve_of,
    facts_of_training,
)


def training_step(loop: Loop, profile: Profile, *more: Output) -> Step:
    """Return the step that trains by `loop` under a profile; `more` is what it hands back beside the usual.

    The usual is weights, learning curve and facts; of a loop of the harness's own also the models as they were built.
    """
    settings: Any = loop.settings if isinstance(loop, OwnLoop) else loop
    keeps = () if isinstance(loop, OwnLoop) else tuple(Kept.of(name, i) for i, name in enumerate(loop.weights))
    return Step(
        name="train",
        run=loop.run,
        inputs=tuple(dict.fromkeys(loop.inputs)),
        outputs=(
            *(BytesOutput(name, WEIGHTS) for name in loop.weights),
            curve_of(profile.epochs, loop.columns),
            facts_of_training(),
            *(output for kept in keeps for output in kept.outputs(WEIGHTS)),
            *more,
        ),
        limits=profile.limits,
        settings={
            **(asdict(settings) if settings is not None else {}),
            **{"epochs": profile.epochs, "batch_size": profile.batch_size, "columns": loop.columns},
            "keeps": [asdict(kept) for kept in keeps],
        },
        trains=True,
        loss_falls=not isinstance(loop, Adversarial | QLearning),
        code=loop.code if isinstance(loop, OwnLoop) else "",
        keeps=keeps,
    )


Taken = Mapping[str, str | tuple[str, ...]]  # of each output the arrays that it is made of


def mapping_step(
    name: str, weights: str, taken: Taken, outputs: tuple[ArrayOutput, ...], limits: Limits, place: int = 0
) -> Step:
    """Return a hidden step that loads `weights`, those of the builder's model at `place`, and maps arrays.

    `taken` says for each output what it is made of.
    """
    arrays = {output: (names,) if isinstance(names, str) else names for output, names in taken.items()}
    return Step(
        name=name,
        run=f"{TRAINING}.predicting:predict",
        inputs=tuple(dict.fromkeys((weights, *(one for names in arrays.values() for one in names)))),
        outputs=outputs,
        limits=limits,
        settings={"weights": weights, "taken": arrays, "place": place},
        hidden=True,
        predicts=Prediction(Kept.of(weights, place), arrays),
    )


def predicting(taken: Taken, outputs: tuple[ArrayOutput, ...], limits: Limits) -> Step:
    """Return the step in which a trained model predicts; of test data it sees no answer."""
    return mapping_step("predict", "weights", taken, outputs, limits)


def supervised_steps(loop: Loop, profile: Profile, data: TaskData, answer: ArrayOutput) -> tuple[Step, Step]:
    """Return training by `loop`, and predicting for every part; `answer` is what one example gets, as `NAME_PART`."""
    taken = {f"{answer.name}_{part}": f"x_{part}" for part in PARTS}
    outputs = tuple(replace(answer, name=o, shape=(len(data.arrays[x]), *answer.shape)) for o, x in taken.items())
    return training_step(loop, profile), predicting(taken, outputs, profile.asking)


def answering(
    name: str, outputs: tuple[Output, ...], dialogue: Dialogue, limits: Limits, *, trained: bool = True
) -> Step:
    """Return the step in which a model answers the questions of a dialogue: trained, or as it is built."""
    return Step(
        name=name,
        run=f"{TRAINING}.answering:{'answering' if trained else 'untrained'}",
        inputs=("weights",) if trained else (),
        outputs=outputs,
        limits=limits,
        settings={"weights": "weights"} if trained else {},
        hidden=True,
        dialogue=dialogue,
        predicts=Prediction(Kept.of("weights"), trained=trained),
    )
