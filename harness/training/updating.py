"""Several small steps of training in one call."""

from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from harness.training import backend

Batch = tuple[list[NDArray[Any]], NDArray[Any]]  # inputs and targets


def updating(model: Any) -> Callable[[Sequence[Batch]], list[float]]:
    """Return a function that trains a compiled model one step on each batch in turn and returns the loss of each.

    It does what `train_on_batch` does for each. With TensorFlow they are one call, as long as two thirds of the time
    of a small network's step go into calling it.
    """
    if backend.name() != "tensorflow" or model.run_eagerly:
        return lambda batches: [float(model.train_on_batch(*batch)) for batch in batches]
    import tensorflow as tf

    def steps(batches: Any) -> Any:
        losses = []
        for batch in batches:
            model.reset_metrics()
            losses.append(model.train_step(batch)["loss"])
        return tf.stack(losses)

    traced = tf.function(steps, autograph=False, reduce_retracing=True)
    model.optimizer.build(model.trainable_variables)  # in a step it would be traced twice
    return lambda batches: traced(tf.nest.map_structure(tf.constant, list(batches))).numpy().tolist()
