"""How much models compute is told by their layers, whatever these are."""

import keras
import pytest
from keras import layers

from harness.training.work import multiply_adds


class Own(layers.Layer):
    """A layer of a student's own, of whose shapes nothing is known."""

    def build(self, input_shape: object) -> None:
        self.kernel = self.add_weight(shape=(7,), name="kernel")

    def call(self, x: object) -> object:
        return x

    def compute_output_shape(self, input_shape: object) -> object:
        raise NotImplementedError


def model(shape: tuple[int | None, ...], *some: layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *some])


@pytest.mark.parametrize(
    ("made", "count"),
    [
        (lambda: model((5,), layers.Dense(3)), 5 * 3 + 3),
        (lambda: model((4, 5), layers.Dense(3)), 4 * (5 * 3 + 3)),
        (lambda: model((6, 6, 2), layers.Conv2D(3, 3), layers.MaxPooling2D()), 4 * 4 * (3 * 3 * 2 * 3 + 3)),
        (lambda: model((10, 5), layers.SimpleRNN(3)), 10 * (5 * 3 + 3 * 3 + 3)),
        (lambda: model((10, 5), layers.RNN([layers.SimpleRNNCell(3), layers.SimpleRNNCell(2)])), 10 * (27 + 12)),
        (lambda: model((10, 5), layers.Bidirectional(layers.SimpleRNN(3))), 2 * 10 * 27),
        (lambda: model((None, 5), layers.SimpleRNN(3)), 27),
        (lambda: model((5,), Own()), 7),
        (lambda: model((5,), model((5,), layers.Dense(3))), 18),
    ],
)
def test_layers_count_as_often_as_they_use_their_weights(made: object, count: int) -> None:
    assert callable(made)
    assert multiply_adds([made()]) == count


def test_what_two_models_share_counts_once() -> None:
    shared = layers.Dense(3)
    assert multiply_adds([model((5,), shared), model((5,), shared)]) == 18
