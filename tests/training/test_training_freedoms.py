"""What a student may choose without the harness minding: names, precision, sessions, seeds, kinds of models."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sandbox.students import LIMITS, RunStudent, call, check_step, student, train_step
from training.test_training_generative import C, calling, described, good, images

from harness.recipes.from_noise import Gan, Vae, gan_call, vae_call
from harness.recipes.loops import Adversarial, Autoencoding, Variational
from harness.recipes.steps import predicting, training_step
from harness.sandbox.job import Outcome
from harness.task import ArrayOutput, Call, Profile, maps

X = np.random.default_rng(0).random((40, 4), dtype=np.float32)
Y = X.argmax(axis=1).astype(np.int64) % 3
SMALL = (4, 1, 1)
PROFILE = Profile("quick", "digits", 3, 8, LIMITS)
PLAIN = student()
IMPORTED = "import keras\n{}\n" + PLAIN
MODEL = 'model = keras.Sequential([keras.Input(input_shape), layers.Dense(units, activation="softmax")])'
OWN = """\
class Scaled(keras.layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return self.factor * x

class Own(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.scaled, self.dense = Scaled(2.0), layers.Dense(units, activation="softmax")
    def call(self, x):
        return self.dense(self.scaled(x))
    def train_step(self, data):
        logs = super().train_step(data)
        return {**logs, "mine": logs["loss"]}

def build("""


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    def save(**arrays: Any) -> dict[str, Path]:
        for name, array in arrays.items():
            np.save(tmp_path / f"{name}.npy", array)
        return {name: tmp_path / f"{name}.npy" for name in arrays}

    return save


def trained(run: RunStudent, source: str, saved: Any) -> Outcome:
    return good(run(source, train_step(), inputs=saved(x_train=X, y_train=Y)))


POLICIES = (
    'keras.mixed_precision.set_global_policy("mixed_float16")',
    'keras.config.set_dtype_policy("float64")',
    'keras.backend.set_floatx("float16")',
)


def test_a_precision_set_for_all_layers_is_set_back(run_student: RunStudent, saved: Any) -> None:
    plain = trained(run_student, PLAIN, saved).blobs["weights"].read()
    for policy in POLICIES:
        assert trained(run_student, IMPORTED.format(policy), saved).blobs["weights"].read() == plain, policy


def test_sessions_and_seeds_are_the_students_and_decide_nothing_else(run_student: RunStudent, saved: Any) -> None:
    body = "keras.backend.clear_session()\nkeras.utils.set_random_seed(42)"
    once, again = (trained(run_student, student(body), saved) for _ in range(2))
    assert once.blobs["weights"].read() == again.blobs["weights"].read()
    np.testing.assert_array_equal(once.arrays["curve"], again.arrays["curve"])


LAYERS = {
    "layers of another precision": PLAIN.replace('softmax")', 'softmax", dtype="float64")'),
    "mixed precision chosen in the builder": student('keras.mixed_precision.set_global_policy("mixed_float16")'),
    "a fixed batch size": PLAIN.replace("keras.Input(input_shape)", "keras.Input(batch_shape=(8, *input_shape))"),
    "models and layers of its own, without get_config, with a step of its own": PLAIN.replace(
        MODEL, "model = Own(units)"
    ).replace("def build(", OWN),
    "run eagerly, in a list": PLAIN.replace('metrics=["accuracy"]', "run_eagerly=True").replace(
        "return model", "return [model]"
    ),
    "metrics that fail": PLAIN.replace('metrics=["accuracy"]', "metrics=[keras.metrics.Precision(thresholds=0.5)]"),
    "no metrics": PLAIN.replace(', metrics=["accuracy"]', ""),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_a_model_of_any_kind_trains_and_predicts(run_student: RunStudent, saved: Any, kind: str) -> None:
    assert LAYERS[kind] != PLAIN
    done = trained(run_student, LAYERS[kind], saved)
    assert np.isfinite(done.arrays["curve"][:, 0]).all(), "the loss of every epoch"
    step = calling(predicting({"p": "x_test"}, (ArrayOutput("p", (30, 3), low=-1e-3, high=1.001),), LIMITS), call())
    given = {"weights": done.blobs["weights"], **saved(x_test=X[:30])}
    said = good(run_student(LAYERS[kind], step, inputs=given)).arrays["p"]
    assert said.sum(axis=1) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (PLAIN.replace('optimizer="sgd"', "optimizer=None"), "to have an optimizer, received none"),
        (
            PLAIN.replace(
                MODEL,
                "model = keras.Sequential([keras.Input(batch_shape=(8, 4)), layers.Reshape((4, 1)),"
                " layers.LSTM(units, stateful=True)])",
            ),
            "stateful=True: leave that out",
        ),
    ],
    ids=["no-optimizer", "stateful"],
)
def test_what_cannot_train_is_told_before(run_student: RunStudent, source: str, words: str) -> None:
    outcome = run_student(source, check_step())
    assert outcome.fault is not None and words in outcome.fault.message, outcome.fault


def test_a_loss_that_keras_fails_with_is_told_by_what_it_takes(run_student: RunStudent, saved: Any) -> None:
    wrong = PLAIN.replace('"sparse_categorical', '"categorical')
    fault = run_student(wrong, train_step(), inputs=saved(x_train=X, y_train=Y)).fault
    assert fault is not None and fault.kind == "contract"
    assert fault.message.endswith("compile with loss='sparse_categorical_crossentropy'.")


# Two models of one name, with layers of one name, in a list; both sessions begin anew; one computes 16-bit floats.
PAIRS = """
import math
import keras
from keras import layers, ops

def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)

def drawing(input_shape, size, inputs=None):
    keras.backend.clear_session()
    code = keras.Input((size,), name="net")
    x = layers.Dense(math.prod(input_shape), "sigmoid", name="dense", dtype="mixed_float16")(code)
    return keras.Model(code, layers.Reshape(input_shape, name="multiply")(x), name="net")

def reading(input_shape, sizes):
    keras.backend.clear_session()
    image = keras.Input(input_shape, name="net")
    flat = layers.Flatten(name="dense")(image)
    outputs = [layers.Dense(n, name=f"dense_{i}", dtype="mixed_float16")(flat) for i, n in enumerate(sizes)]
    return keras.Model(image, outputs[0] if len(outputs) == 1 else outputs, name="net")

def build_vae(input_shape, latent_size):
    return [reading(input_shape, (latent_size, latent_size)), drawing(input_shape, latent_size)]

def build_gan(input_shape, noise_size, num_classes):
    discriminator = reading(input_shape, (1,))
    discriminator.trainable = False
    return [drawing(input_shape, noise_size), discriminator]

def build_dense(input_shape, code_size):
    encoder = reading(input_shape, (code_size,))
    encoder.trainable = False
    return [encoder, drawing(input_shape, code_size)]
"""
HALVES = Call(
    "build_dense",
    {"input_shape": SMALL, "code_size": 2},
    (maps(SMALL, (2,), name="encoder"), maps((2,), SMALL, name="decoder")),
)
VAE, GAN = Vae("vae", "", size=2), Gan("gan", "", size=3)
LOOPS = {
    "autoencoder": (Autoencoding(0.03), HALVES, {"x_val": images(SMALL)[:0]}),
    "variational": (Variational(0.03, 1.0), vae_call(VAE, SMALL, {}), {}),
    "adversarial": (Adversarial(0.01, 3), gan_call(GAN, SMALL, 2, {}), {"c_train": C}),
}


@pytest.mark.parametrize("loop", LOOPS)
def test_pairs_of_models_may_share_names_and_one_may_be_frozen(run_student: RunStudent, saved: Any, loop: str) -> None:
    declared, made, more = LOOPS[loop]
    step = calling(training_step(declared, PROFILE), described(made))
    given = {n: p for n, p in saved(x_train=images(SMALL), **more).items() if n in step.inputs}
    curve = good(run_student(PAIRS, step, inputs=given)).arrays["curve"]
    assert np.isfinite(curve[:, 0]).all()


@pytest.mark.parametrize(
    "line",
    [
        "tf.config.threading.set_intra_op_parallelism_threads(2)",
        "tf.config.set_visible_devices([], 'GPU')",
        "cpu, one = tf.config.list_physical_devices('CPU')[0], tf.config.LogicalDeviceConfiguration()\n"
        "tf.config.set_logical_device_configuration(cpu, [one])",
        "tf.config.run_functions_eagerly(True)",
    ],
)
def test_tensorflow_may_be_set_up_where_the_file_is_imported(run_student: RunStudent, saved: Any, line: str) -> None:
    """As first lines of many notebooks do, and which TensorFlow refuses once it has computed anything."""
    trained(run_student, IMPORTED.format(f"import tensorflow as tf\n{line}"), saved)
