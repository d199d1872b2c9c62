"""Loading, seeding and describing the Keras backend. The only place that knows backends apart."""

import gc
import importlib
import os
import pkgutil
import platform
import sys
import typing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from typing import Any

from harness import training

SHARE = "HARNESS_GPU_SHARE"  # names the share of the device's memory that this process may take, from 0 to 1
MEASURING = ("numpy", "scipy", "scikit-image", "scikit-learn", "nltk", "gymnasium")  # what measures are computed with


def name() -> str:
    return os.environ.get("KERAS_BACKEND", "tensorflow")


def load() -> None:
    """Import the backend and Keras. Runs no operation, so that forking stays safe afterwards."""
    with uncollected():
        import_keras()
        for module in pkgutil.iter_modules(training.__path__):
            importlib.import_module(f"{training.__name__}.{module.name}")


def import_keras() -> None:
    """Import Keras with what it needs of its backend, and of other libraries what it cannot do without."""
    from harness.training import on_demand

    others = absent("jax") if name() != "jax" else nullcontext()  # they convert models of JAX, which nobody asks for
    with others, on_demand.parts_on_demand(), annotations_compiled_once():
        if name() == "tensorflow":
            import tensorflow  # noqa: F401

            single_operations()
        import keras  # noqa: F401

    if name() == "jax":
        from harness.training import on_jax

        on_jax.compile_moving_layers()
        if jax_on_cpu():
            on_jax.pool_quickly()


def single_operations() -> None:
    """Have TensorFlow run an operation outside of a function as it is, and not in a function of its own.

    It would make that first, for each kind of operation in every process: a tenth of a second of a step. The switch is
    TensorFlow's, which turns it on where it begins to compute, but none that it promises: where it is gone, steps take
    longer and come to the same.
    """
    with suppress(ImportError, AttributeError):
        from tensorflow.python import pywrap_tfe

        turn = pywrap_tfe.TFE_ContextOptionsSetRunEagerOpAsFunction
        pywrap_tfe.TFE_ContextOptionsSetRunEagerOpAsFunction = lambda options, _: turn(options, False)


@contextmanager
def annotations_compiled_once() -> Iterator[None]:
    """Compile each annotation that stands in words once while others are imported.

    TensorFlow has some dozens of them in 18,000 places, and `typing` compiles every one: a fifteenth of its import.
    """
    of_typing = vars(typing)
    of_typing["compile"] = cache(compile)
    try:
        yield
    finally:
        del of_typing["compile"]


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from what is made inside, then and later: it is there to stay.

    It would look through millions of objects over and over, for a quarter of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def jax_on_cpu() -> bool:
    """Say whether this process trains with JAX on the CPU, where what spares time was measured."""
    return name() == "jax" and os.environ.get("JAX_PLATFORMS") == "cpu"


def hardly_optimised() -> AbstractContextManager[None]:
    """Have what runs once, as where a model is built, compiled quickly: JAX compiles every operation by itself."""
    if not jax_on_cpu():
        return nullcontext()
    from harness.training import on_jax

    return on_jax.hardly_optimised()


def configure(threads: int | None) -> None:
    """Set thread counts and ask for deterministic operations; before the first operation.

    Source: `tf.config.experimental.enable_op_determinism`.
    """
    if name() == "tensorflow":
        import tensorflow as tf

        if threads:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        tf.config.experimental.enable_op_determinism()
    elif name() == "torch":
        import torch

        torch.set_num_threads(threads or os.cpu_count() or 1)
        torch.use_deterministic_algorithms(True, warn_only=True)
        if os.environ.get("CUDA_VISIBLE_DEVICES") != "-1" and torch.cuda.is_available():
            torch.cuda.set_per_process_memory_fraction(float(os.environ.get(SHARE, "1")))


def seed(value: int) -> None:
    """Seed Python, NumPy, the backend and Keras."""
    import keras

    with alone():
        keras.utils.set_random_seed(value)


def single_precision() -> None:
    """Have what is built from now on hold and compute 32-bit floats, whatever policy student code set for all layers.

    Layers that were given another dtype keep it. Sources: `keras.config.set_dtype_policy`, `keras.config.set_floatx`.
    """
    import keras

    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def as_float32(x: Any) -> Any:
    """Return a tensor as 32-bit floats: what layers of another precision give, or `x` itself."""
    from keras import ops

    return ops.cast(x, "float32")


def alone() -> AbstractContextManager[None]:
    """Keep Keras from importing TensorFlow beside another backend, which would cost every step seconds and 500 MB.

    Keras asks once whether it can be had, and remembers the answer. Student code may import it all the same.
    """
    return absent("tensorflow") if name() != "tensorflow" else nullcontext()


@contextmanager
def absent(library: str) -> Iterator[None]:
    """Have a library that is not imported yet look as if it were not installed."""
    beside = library not in sys.modules
    if beside:
        sys.modules[library] = None  # type: ignore[assignment]  # which Python takes for "there is none"
    try:
        yield
    finally:
        if beside:
            del sys.modules[library]


def forward(model: Any, inputs: Any) -> Any:
    """Return what a model makes of a batch, outside training.

    JAX would compile every operation by itself, anew in every step: a model of hundreds takes a minute. So there the
    whole is compiled at once.
    """
    if name() != "jax" or not model.built:
        return model(inputs, training=False)
    import jax

    variables = ([v.value for v in some] for some in (model.trainable_variables, model.non_trainable_variables))
    return jax.jit(lambda *state: model.stateless_call(*state, training=False)[0])(*variables, inputs)


def gradient(function: Callable[[Any], Any], x: Any) -> Any:
    """Return the gradient of the sum of what `function` gives for `x`, of the shape of `x`; zeros where none arrives.

    Sources: `tf.GradientTape`, `jax.grad`, `torch.autograd.grad`.
    """
    from keras import ops

    x = ops.convert_to_tensor(x)
    if name() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            total = ops.sum(function(x))
        return tape.gradient(total, x, unconnected_gradients="zero")
    if name() == "jax":
        import jax

        return jax.grad(lambda one: ops.sum(function(one)))(x)
    import torch

    x = x.detach().requires_grad_()
    total = ops.sum(function(x))
    (found,) = torch.autograd.grad(total, x, allow_unused=True) if total.requires_grad else (None,)
    return ops.zeros_like(x) if found is None else found


def describe(backend: str | None = None) -> dict[str, str]:
    """Return the versions of Python and of the libraries that training and measures depend on. Imports none of them."""
    from importlib import metadata  # which every process would load, to ask nothing of it

    versions = {"python": platform.python_version()}
    for library in ("keras", backend or name(), *MEASURING):
        with suppress(metadata.PackageNotFoundError):
            versions[library] = metadata.version(library)
    return versions
