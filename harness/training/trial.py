"""A short run of a task's own training on a few examples: does the loss fall, and does every weight move?"""

from collections.abc import Collection, Mapping
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training import doubtful
from harness.training.build import build, calls_of
from harness.training.errors import ContractError
from harness.training.functions import find

WEIGHTS = 1_024  # trainable weights that are told of; more are left out
LETTERS = 60
NONE, STILL, MOVED = range(3)


def trial(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Run the training step `settings["run"]`, and compare its models with ones that were built in the same way.
    With `settings["eager"]` nothing is compiled, which pays for a few steps and not for many.

    Returns the outputs of that step and beside them `losses` (epochs,), NaN where the curve has no column `loss`;
    `moved` (WEIGHTS,), one of NONE, STILL and MOVED for every trainable weight; and `names` (WEIGHTS, LETTERS), theirs
    as code points, 0 after the last letter. Only weights of the models that the first call of a builder returned
    are compared: later ones, such as a target network, may be copies. What `harness.training.doubtful` says of these
    models stands beside it.
    """
    if settings["eager"]:
        run_eagerly()
    before = [trainable(model) for model in build(student, settings["call"], seed, inputs)]
    built: list[Any] = []
    names = [one["builder"] for one in calls_of(settings["call"])]
    train, watched = find(settings["run"], settings["code"]), remembering(student, names, built)
    outputs = train(watched, inputs, {**settings, "strict": True}, seed)
    trained = [model for returned in built[: len(names)] for model in models(returned)]
    after = [trainable(model) for model in trained]
    if [list(map(np.shape, m.values())) for m in before] != [list(map(np.shape, m.values())) for m in after]:
        raise ContractError("Expected the builder to return the same model each time, received one with other weights.")
    seen = doubtful.look(trained, settings["call"]["returns"])
    return {**outputs, "losses": losses(outputs, settings), **compared(before, after), **seen}


def run_eagerly() -> None:
    """Have every model of this process train without compiling: that takes longer than the few steps of a trial."""
    import keras

    compiled = keras.Model.compile

    @wraps(compiled)
    def eager(model: Any, *args: Any, **kwargs: Any) -> Any:
        return compiled(model, *args, **{**kwargs, "run_eagerly": True, "jit_compile": False})

    keras.Model.compile = eager


def models(returned: Any) -> list[Any]:
    return list(returned) if isinstance(returned, tuple | list) else [returned]


def remembering(student: ModuleType, names: Collection[str], built: list[Any]) -> ModuleType:
    """Return a copy of the student's module whose builders of these names add to `built` what they return."""
    copy = ModuleType(student.__name__)
    vars(copy).update(vars(student))
    for name in names:
        setattr(copy, name, remembered(getattr(student, name), built))
    return copy


def remembered(builder: Any, built: list[Any]) -> Any:
    @wraps(builder)
    def remember(*args: Any, **kwargs: Any) -> Any:
        built.append(builder(*args, **kwargs))
        return built[-1]

    return remember


def trainable(model: Any) -> dict[str, NDArray[Any]]:
    """Return copies of a model's trainable weights by layer and name; a layer named twice counts twice."""
    import keras

    found = {}
    for i, weight in enumerate(model.trainable_weights):
        name = "/".join(str(weight.path).split("/")[-2:])
        found[f"{name}\0{i}"] = np.array(keras.ops.convert_to_numpy(weight))
    return found


def losses(outputs: Mapping[str, Any], settings: Mapping[str, Any]) -> NDArray[np.float64]:
    columns, nothing = list(settings.get("columns", ())), np.full(settings["epochs"], np.nan)
    if "loss" not in columns or "curve" not in outputs:
        return nothing
    return np.asarray(outputs["curve"], np.float64)[:, columns.index("loss")]


def compared(before: list[dict[str, NDArray[Any]]], after: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """Return `moved` and `names` as `trial` does."""
    moved, names = np.zeros(WEIGHTS, np.int32), np.zeros((WEIGHTS, LETTERS), np.int32)
    pairs = [
        (name, old, now)
        for fresh, trained in zip(before, after, strict=True)
        for (name, old), now in zip(fresh.items(), trained.values(), strict=True)
    ]
    for i, (name, old, now) in enumerate(pairs[:WEIGHTS]):
        moved[i] = STILL if np.array_equal(old, now, equal_nan=True) else MOVED
        letters = [ord(c) for c in name.partition("\0")[0][-LETTERS:]]
        names[i, : len(letters)] = letters
    return {"moved": moved, "names": names}
