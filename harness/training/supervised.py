"""Training a model of one or several inputs and outputs."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training import backend, compiled
from harness.training.batches import batches
from harness.training.build import build, count_parameters, get_weights
from harness.training.built import as_built
from harness.training.errors import ContractError
from harness.training.pace import Pace, Timed, following, steps_of
from harness.training.predicting import output_names

Settings = Mapping[str, Any]


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> dict[str, Any]:
    """Fit for the given epochs and batch size on the arrays that `settings` names as `x` and `heads`.

    With losses in the heads the model is compiled here. Validation data, where given, is looked at once an epoch and
    decides nothing. Where an argument of the builder says the batch size, it does. Returns what `trained` does.
    """
    settings = sized(settings)
    (model,) = models = build(student, settings["call"], seed, inputs)
    begun = as_built(models, settings)
    heads, x = settings["heads"], parts(inputs, settings["x"])
    names = names_given(model, x, settings["call"]) if len(heads) > 1 else ()
    y = parts(inputs, [head["targets"] for head in heads], names)
    if any(head["loss"] for head in heads):
        compile_heads(model, settings, len(inputs[settings["x"][0]]), names)
    validation = None
    if settings["x_val"] and len(inputs[settings["x_val"][0]]):
        validation = (parts(inputs, settings["x_val"]), parts(inputs, settings["y_val"], names))
    return {**trained({"weights": model}, models, fit(model, x, y, settings, seed, validation), settings), **begun}


def sized(settings: Settings) -> Settings:
    """Return the settings with the batch size of the builder's argument that says it, if one does."""
    argument = settings.get("batch_argument")
    return {**settings, "batch_size": settings["call"]["arguments"][argument]} if argument else settings


def parts(inputs: Mapping[str, Any], names: Sequence[str], by: Sequence[str] = ()) -> Any:
    """Return the array of one name, or a tuple of those of several: never to be taken for sample weights.

    Of a model that gives its outputs `by` name, targets go by the same names.
    """
    if by:
        return {output: inputs[name] for output, name in zip(by, names, strict=True)}
    return inputs[names[0]] if len(names) == 1 else tuple(inputs[name] for name in names)


def names_given(model: Any, x: Any, call: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of a model's outputs if it gives them in a dictionary; none if it gives them in order.

    In a dictionary they are in whatever order the backend likes, so that losses have to go by name, too.
    """
    few = tuple(a[:2] for a in x) if isinstance(x, tuple) else x[:2]
    return output_names(call) if isinstance(model(few, training=False), dict) else ()


def compile_heads(model: Any, settings: Settings, examples: int, names: Sequence[str] = ()) -> None:
    """Compile a model with the losses of its heads, in the order of its outputs or by name, and Adam along a cosine."""
    import keras

    losses = [head["loss"] for head in settings["heads"]]
    weights = [head["weight"] for head in settings["heads"]]
    one = len(losses) == 1
    several = dict(zip(names, losses, strict=True)) if names else losses
    model.compile(
        optimizer=keras.optimizers.Adam(falling_rate(settings, examples)),
        loss=losses[0] if one else several,
        loss_weights=None if one else dict(zip(names, weights, strict=True)) if names else weights,
        metrics=list(settings["metrics"]) if one else None,
    )


def falling_rate(settings: Settings, examples: int) -> Any:
    """Return a learning rate that falls from `settings["learning_rate"]` to 0 along a cosine over all steps."""
    import keras

    return keras.optimizers.schedules.CosineDecay(settings["learning_rate"], updates(settings, examples))


def updates(settings: Settings, examples: int) -> int:
    """Return how often a whole training updates the weights."""
    return int(settings["epochs"]) * -(-examples // int(settings["batch_size"]))


@dataclass(frozen=True)
class Fitted:
    """How a training went: the history by column, its seconds, and how often weights were updated."""

    history: Mapping[str, list[float]]
    seconds: float
    updates: int


def fit(model: Any, x: Any, y: Any, settings: Settings, seed: int, validation: tuple[Any, Any] | None = None) -> Fitted:
    """Seed and train; stop early only when the loss is no longer a number.

    With `settings["timed"]` only as long as it takes to time a few steps: then Timed is raised. Raises ContractError
    for a loss that does not fit the targets `y`: where Keras fails with it, and with `settings["strict"]` in any case.
    """
    import keras

    misfit = compiled.misfit(model, y)
    if misfit and settings.get("strict"):
        raise ContractError(misfit)
    compiled.drop_failing_metrics(model, x, y)
    compiled.build_state(model, x, y)
    pace = Pace(steps_of(rows(x), rows(validation), settings["batch_size"], settings["epochs"]))
    backend.seed(seed)
    started = time.perf_counter()
    try:
        history = model.fit(
            batches((x, y), settings["batch_size"], shuffle=True),
            shuffle=False,  # the batches do that themselves
            epochs=settings["epochs"],
            validation_data=batches(validation) if validation else None,
            verbose=0,
            callbacks=[keras.callbacks.TerminateOnNaN(), following(pace, timed=bool(settings.get("timed")))],
        )
    except Exception as error:  # Keras and backends raise many kinds for shapes and types
        if misfit:
            raise ContractError(misfit) from error
        raise
    if settings.get("timed"):
        raise Timed(pace.measured())
    return Fitted(history.history, time.perf_counter() - started, compiled.updates(model))


def rows(arrays: Any) -> int:
    """Return how many examples arrays have: one array, a tuple or dictionary of them, or None."""
    if isinstance(arrays, Mapping):
        arrays = tuple(arrays.values())
    return rows(arrays[0]) if isinstance(arrays, tuple | list) else 0 if arrays is None else len(arrays)


def trained(kept: Mapping[str, Any], models: Sequence[Any], fitted: Fitted, settings: Settings) -> dict[str, Any]:
    """Return what every training hands back: weights by name, the learning `curve`, and the `facts` of it.

    `kept` are the models whose weights are kept, `models` those whose parameters count.
    """
    return {
        **{name: get_weights(model) for name, model in kept.items()},
        "curve": curve(fitted.history, settings),
        "facts": facts(models, fitted.seconds, fitted.updates),
    }


def facts(models: Sequence[Any], seconds: float, updates: int) -> NDArray[np.float64]:
    """Return the facts of a training in the order in which `FactsOutput` declares them."""
    return np.array([count_parameters(list(models)), seconds, updates], np.float64)


def curve(history: Mapping[str, list[float]], settings: Settings) -> NDArray[np.float64]:
    """Return the learning curve as (epochs, columns) float64; a column nobody recorded is NaN."""
    table = np.full((settings["epochs"], len(settings["columns"])), np.nan)
    for i, column in enumerate(settings["columns"]):
        recorded = history.get(column) or history.get(column.replace("accuracy", "acc"), [])  # as metrics=["acc"] does
        values = np.asarray(recorded, dtype=np.float64)
        table[: len(values), i] = values
    return table
