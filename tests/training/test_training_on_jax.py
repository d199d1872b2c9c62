"""What is done otherwise under JAX gives what Keras on JAX gives, with less to compute and to compile."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

POOLED = """
import numpy as np
import jax
from keras.src import backend as inside
slow = inside.nn.max_pool
from harness.training import backend
backend.load()
quick = inside.nn.max_pool
assert quick is not slow
rng = np.random.default_rng(0)
for shape, size, strides, padding in CASES:
    x = rng.integers(0, 4, shape).astype("float32")  # so that many are equally large
    arguments = (size, strides, padding, "channels_last")
    given, there = (jax.vjp(lambda x: pool(x, *arguments), x) for pool in (slow, quick))
    assert np.array_equal(given[0], there[0])
    back = rng.random(given[0].shape).astype("float32")
    assert np.array_equal(given[1](back)[0], there[1](back)[0]), (shape, size, strides, padding)
text = str(jax.make_jaxpr(jax.grad(lambda x: quick(x, 2, 2, "valid", "channels_last").sum()))(np.ones((1, 4, 4, 1))))
assert "select_and_scatter" not in text
with backend.hardly_optimised():
    assert jax.config.read("jax_disable_most_optimizations")
print(not jax.config.read("jax_disable_most_optimizations"))
"""
CASES = (
    ((2, 6, 6, 3), 2, 2, "valid"),
    ((2, 7, 5, 1), (2, 2), (2, 2), "valid"),  # a rest that no window covers
    ((2, 6, 9, 2), (2, 3), (2, 3), "same"),
    ((2, 7, 7, 1), 2, 2, "same"),  # windows over the edge
    ((2, 6, 6, 1), 3, 1, "valid"),  # that overlap
    ((2, 8, 8, 1), 4, 4, "valid"),  # of more places than are compared one by one
)


@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed")
def test_jax_pools_the_same_and_optimises_again_after_building() -> None:
    code = f"CASES = {CASES}{POOLED}"
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip() == "True", done.stderr
