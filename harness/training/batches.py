"""Arrays in batches, as `fit` and `predict` take them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.training import backend

EVALUATION = 500  # images a batch where nothing is learnt from them


def batches(arrays: Sequence[Any], size: int = EVALUATION, *, shuffle: bool = False) -> Any:
    """Return a data set of tuples, one part an array, or a tuple of arrays, each of shape (≤ size, …).

    Shuffled, it comes in a new order every epoch; the order follows from the seed of the process.
    """
    if backend.name() == "tensorflow":
        return tensorflow_batches(arrays, size, shuffle)
    return keras_batches(arrays, size, shuffle)


def tensorflow_batches(arrays: Sequence[Any], size: int, shuffle: bool) -> Any:
    """A `tf.data.Dataset` without autotuning.

    A step has one thread, so there is nothing to tune; and waiting for the tuner to end cost 40 ms an epoch, a fifth of
    a short training.
    """
    import tensorflow as tf

    tensors = tf.nest.map_structure(tf.constant, tuple(arrays))
    rows = len(tf.nest.flatten(arrays)[0])
    order = tf.data.Dataset.range(rows)
    if shuffle:
        order = order.shuffle(rows)
    options = tf.data.Options()
    options.autotune.enabled = False

    def take(rows: Any) -> Any:
        return tf.nest.map_structure(lambda tensor: tf.gather(tensor, rows), tensors)

    return order.batch(size).map(tf.autograph.experimental.do_not_convert(take)).with_options(options)


def keras_batches(arrays: Sequence[Any], size: int, shuffle: bool) -> Any:
    import keras

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.rows = np.arange(len(keras.tree.flatten(arrays)[0]))
            self.on_epoch_end()

        def __len__(self) -> int:
            return math.ceil(len(self.rows) / size)

        def __getitem__(self, index: int) -> Any:
            rows = self.rows[index * size : (index + 1) * size]
            return keras.tree.map_structure(lambda array: array[rows], tuple(arrays))

        def on_epoch_end(self) -> None:
            if shuffle:
                np.random.shuffle(self.rows)

    return Batches()
