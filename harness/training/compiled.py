"""What a model was compiled with by its builder: a loss that may not fit the targets, metrics that may not work."""

import re
from contextlib import suppress
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.training import backend
from harness.training.errors import ContractError

INTEGERS: Final = "sparse_categorical_crossentropy"
ONE_HOT: Final = "categorical_crossentropy"
YES_OR_NO: Final = "binary_crossentropy"
NUMBERS: Final = ("mse", "mae", "mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "logcosh")
TAKES: Final = {  # what a loss compares outputs with, by its name
    INTEGERS: "integers, one a row",
    ONE_HOT: "one-hot rows",
    YES_OR_NO: "yes or no, 1 or 0",
    **dict.fromkeys(NUMBERS, "numbers"),
}


def loss_name(model: Any) -> str:
    """Return the name of the one loss that a model was compiled with, as Keras writes it in text; empty if unknown."""
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name if isinstance(name, str) else "").lower()
    return snake if snake in TAKES else ""


def misfit(model: Any, y: Any) -> str:
    """Return why the loss of a model does not fit the targets `y`, with the one that does; empty if it may.

    Targets are taken for classes if they are integers (n,) or one-hot rows (n, k). Nothing is said of losses that
    Keras has no name for, and of models with several outputs.
    """
    name = loss_name(model)
    if not name or not isinstance(y, np.ndarray) or name == (best := loss_for(model, y)) or not best:
        return ""
    are = {INTEGERS: "integers, one a row", ONE_HOT: "one-hot rows", "mse": "numbers"}[best]
    if best == "mse" and name in NUMBERS:
        return ""
    return (
        f"Expected a loss for targets that are {are}, received {name}, which takes {TAKES[name]}: compile with"
        f" loss={best!r}."
    )


def loss_for(model: Any, y: NDArray[Any]) -> str:
    """Return the loss that fits targets by what they look like; empty where several would."""
    width = getattr(model, "output_shape", None)
    width = width[-1] if isinstance(width, tuple) and width else None
    if np.issubdtype(y.dtype, np.integer) and y.ndim == 1:
        return INTEGERS if width not in (1, None) or (width is None and loss_name(model) == ONE_HOT) else ""
    if y.ndim == 2 and y.shape[1] > 1 and ((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all():
        return ONE_HOT if loss_name(model) == INTEGERS else ""
    return "mse" if np.issubdtype(y.dtype, np.floating) and loss_name(model) in (INTEGERS, ONE_HOT) else ""


def require_optimizer(model: Any, what: str) -> None:
    """Raise ContractError for a model that Keras trains and that has no optimiser."""
    import keras

    if model.optimizer is None and type(model).train_step is keras.Model.train_step:
        raise ContractError(
            f"Expected {what} to have an optimizer, received none: name one in"
            " model.compile(optimizer=keras.optimizers.Adam(...), ...)."
        )


def updates(model: Any) -> int:
    """Return how often weights were updated; 0 where a training step of the student's own does that unseen."""
    return int(getattr(model.optimizer, "iterations", 0))


def build_state(model: Any, x: Any, y: Any) -> None:
    """Make the variables of a model's optimiser and metrics before it is fitted to `x` and `y`.

    TensorFlow traces a step that makes any of them twice, which is most of a short training. Nothing is computed.
    Models with layers that are not built by now, or with a training step of the student's own, are left to Keras. With
    other backends it does all this itself.
    """
    import keras

    own = type(model).train_step is not keras.Model.train_step
    if backend.name() != "tensorflow" or own or model.optimizer is None or model.run_eagerly:
        return
    with suppress(Exception):  # it comes again where the step is traced, with a better place to tell it from
        if not all(layer.built for layer in model._flatten_layers(include_self=False)):
            return
        if model._compile_metrics is not None:
            model._symbolic_build(data_batch=keras.tree.map_structure(lambda a: a[:2], (x, y)))
        model.optimizer.build(model.trainable_variables)


def named_only(metrics: Any) -> bool:
    """Say whether these metrics are accuracy by name, which works for all targets."""
    return isinstance(metrics, list | tuple) and all(isinstance(m, str) and m in ("accuracy", "acc") for m in metrics)


def drop_failing_metrics(model: Any, x: Any, y: Any) -> None:
    """Take the metrics of a model away if they cannot be computed on two examples: no mark rests on them.

    What they counted is forgotten. Metrics of a training step of the student's own are left as they are.
    """
    import keras

    metrics = getattr(model, "_compile_metrics", None)
    own = type(model).compute_metrics is not keras.Model.compute_metrics
    if metrics is None or own or named_only(getattr(metrics, "_user_metrics", None)):
        return
    few_x, few_y = (keras.tree.map_structure(lambda a: a[:2], part) for part in (x, y))
    predicted = backend.forward(model, few_x)
    try:
        metrics.update_state(few_y, predicted, None)
        metrics.result()
    except Exception as error:  # whatever a metric of theirs raises
        print(f"The metrics are left out, since they fail: {type(error).__name__}: {error}")
        model._compile_metrics = None
    else:
        metrics.reset_state()
