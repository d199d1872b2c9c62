"""Keras on JAX with less to compute and less to compile. Imported where JAX is the backend only.

Measured on one core: XLA's gradient of a maximum over windows took half of each step of a small convolutional network,
and compiling what draws the weights of one, shape by shape, as long as a third of its training.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from itertools import product
from math import prod
from typing import Any

MOVING = ("RandomTranslation", "RandomRotation", "RandomZoom", "RandomShear", "RandomPerspective")  # layers
LARGEST = 9  # places in a window: each is compared by itself
Pool = Callable[..., Any]


class Compiles:
    """What replaces a layer's `supports_jit`: always true, whatever the layer says of itself."""

    def __get__(self, layer: object, owner: type) -> bool:
        return True

    def __set__(self, layer: object, value: bool) -> None:
        """Keep nothing."""


def compile_moving_layers() -> None:
    """Let JAX compile models that move images.

    Keras holds these layers for not compilable, which is true of TensorFlow's kernel alone, and then runs the whole
    training step operation by operation: on a GPU 160 ms instead of 3.
    """
    import keras

    for layer in MOVING:
        getattr(keras.layers, layer).supports_jit = Compiles()


@contextmanager
def hardly_optimised() -> Iterator[None]:
    """Have what is compiled meanwhile take the least time to compile, and not to run: it runs once.

    Source: JAX's configuration option `jax_disable_most_optimizations`.
    """
    import jax

    config: Any = jax.config
    before = config.read("jax_disable_most_optimizations")
    config.update("jax_disable_most_optimizations", True)
    try:
        yield
    finally:
        config.update("jax_disable_most_optimizations", before)


def pool_quickly() -> None:
    """Give Keras's maximum over windows side by side a gradient of plain comparisons, the same to the last bit."""
    from keras.src import backend

    backend.nn.max_pool = quick(backend.nn.max_pool)


def quick(slow: Pool) -> Pool:
    """Return Keras's `max_pool` with another gradient for images (n, h, w, c) and windows that do not overlap."""
    import jax

    @wraps(slow)
    def max_pool(
        inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
    ) -> Any:
        size = (pool_size,) * 2 if isinstance(pool_size, int) else tuple(pool_size)
        beside = strides in (None, pool_size, size) and data_format == "channels_last" and inputs.ndim == 4
        if not beside or prod(size) > LARGEST or (padding == "same" and not divided(inputs, size)):
            return slow(inputs, pool_size, strides, padding, data_format)
        whole = jax.custom_jvp(lambda x: slow(x, size, size, "valid", "channels_last"))
        whole.defjvp(lambda primals, tangents: along(primals[0], tangents[0], whole(primals[0]), (size[0], size[1])))
        return whole(inputs)

    return max_pool


def divided(images: Any, size: tuple[int, int]) -> bool:
    """Say whether windows of this size cover images whole, so that nothing has to be added at their edges."""
    return not any(n % k for n, k in zip(images.shape[1:3], size, strict=True))


def along(x: Any, t: Any, most: Any, size: tuple[int, int]) -> tuple[Any, Any]:
    """Return the largest numbers `most` of the windows of `x`, and of `t` those at the places where they stand first.

    XLA's own gradient takes the first of several that are equally large, too.
    """
    from jax import numpy as jnp

    (high, wide), (rows, columns) = size, most.shape[1:3]
    found, taken = jnp.zeros_like(most), jnp.zeros(most.shape, bool)
    for i, j in product(range(high), range(wide)):
        place = (slice(None), slice(i, high * rows, high), slice(j, wide * columns, wide))
        first = (x[place] == most) & ~taken
        found, taken = found + jnp.where(first, t[place], 0), taken | first
    return most, found
