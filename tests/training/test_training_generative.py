"""Training of variational autoencoders and of adversarial networks, in the sandbox as for a student."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sandbox.students import LIMITS, RunStudent, check_step, student

from harness.sandbox.job import Outcome
from harness.tasks.base import ArrayOutput, BytesOutput, Step

RNG = np.random.default_rng(0)
X = RNG.random((40, 4, 1, 1), dtype=np.float32) * np.float32(0.8) + np.float32(0.1)
C = np.eye(2, dtype=np.float32)[np.arange(40) % 2]
EPOCHS = 15
VARIATIONAL, ADVERSARIAL = "harness.training.variational", "harness.training.adversarial"

SOURCE = """
import keras
from keras import layers, ops

def kl_divergence(z_mean, z_log_var):
    return {kl}

def build_vae(input_shape, latent_size):
    image, code = keras.Input(input_shape), keras.Input((latent_size,))
    flat = layers.Flatten()(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(flat), layers.Dense(latent_size)(flat)])
    decoder = keras.Model(code, layers.Reshape(input_shape)(layers.Dense(4, activation="sigmoid")(code)))
    return encoder, decoder

def build_gan(input_shape, noise_size, num_classes):
    noise, image = [keras.Input((noise_size,))], [keras.Input(input_shape)]
    if num_classes:
        label = keras.Input((num_classes,))
        noise, image = [*noise, label], [*image, label]
    join = layers.Concatenate() if num_classes else lambda parts: parts[0]
    made = layers.Reshape(input_shape)(layers.Dense(4, activation="sigmoid")(join(noise)))
    seen = layers.Dense(8, activation="relu")(join([layers.Flatten()(image[0]), *image[1:]]))
    alone = lambda parts: parts if num_classes else parts[0]
    return keras.Model(alone(noise), made), keras.Model(alone(image), layers.Dense(1)(seen))
"""
KL = "0.5 * ops.sum(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)"
SOUND = SOURCE.format(kl=KL)
DIVERGENCE = {
    "name": "kl_divergence",
    "text": "",
    "arguments": [{"name": "z_mean"}, {"name": "z_log_var"}],
    "returns": "",
    "optional": False,
}


def spec(name: str, takes: Any, gives: Any) -> dict[str, Any]:
    return {"name": name, "input_shape": takes, "output_shape": gives, "compiled": False}


def vae_call() -> dict[str, Any]:
    halves = [spec("encoder", [4, 1, 1], [[2], [2]]), spec("decoder", [2], [4, 1, 1])]
    arguments = {"input_shape": [4, 1, 1], "latent_size": 2}
    return {"builder": "build_vae", "arguments": arguments, "returns": halves, "functions": [DIVERGENCE]}


def gan_call(classes: int) -> dict[str, Any]:
    def takes(first: list[int]) -> Any:
        return [first, [classes]] if classes else first

    players = [spec("generator", takes([3]), [4, 1, 1]), spec("discriminator", takes([4, 1, 1]), [1])]
    arguments = {"input_shape": [4, 1, 1], "noise_size": 3, "num_classes": classes}
    return {"builder": "build_gan", "arguments": arguments, "returns": players}


def good(outcome: Outcome) -> Outcome:
    assert outcome.fault is None, (outcome.fault, outcome.log)
    return outcome


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    def save(**arrays: Any) -> dict[str, Path]:
        for name, array in arrays.items():
            np.save(tmp_path / f"{name}.npy", array)
        return {name: tmp_path / f"{name}.npy" for name in arrays}

    return save


# ---------------------------------------------------------------------------------------------------- variational


def vae_train(weight: float) -> Step:
    columns = ("loss", "mse", "kl")
    halves = tuple(BytesOutput(f"{half}_weights", 1000) for half in ("encoder", "decoder"))
    settings = {
        "call": vae_call(),
        "epochs": EPOCHS,
        "batch_size": 4,
        "columns": columns,
        "learning_rate": 0.03,
        "kl_weight": weight,
    }
    outputs = (*halves, ArrayOutput("curve", (EPOCHS, 3), "float64"), ArrayOutput("facts", (2,), "float64"))
    return Step("train", f"{VARIATIONAL}:train", ("x_train",), outputs, LIMITS, settings)


def test_the_loss_is_the_squared_error_of_an_image_and_the_weighted_divergence(
    run_student: RunStudent, saved: Any
) -> None:
    curves = {}
    for weight in (0.0, 0.25):
        curve = good(run_student(SOUND, vae_train(weight), inputs=saved(x_train=X))).arrays["curve"]
        loss, error, apart = curve.T
        assert loss == pytest.approx(4 * error + weight * apart, rel=1e-4)
        assert error[-1] < error[0]
        curves[weight] = apart
    assert curves[0.25][-1] < 0.5 * curves[0.0][-1]


def test_halves_run_alone_on_the_trained_weights(run_student: RunStudent, saved: Any) -> None:
    blobs = good(run_student(SOUND, vae_train(0.0), inputs=saved(x_train=X))).blobs
    settings = {"call": vae_call()}
    code = ArrayOutput("code_test", (40, 2))
    encode = Step("encode", f"{VARIATIONAL}:encode", ("encoder_weights", "x_test"), (code,), LIMITS, settings)
    given = {"encoder_weights": blobs["encoder_weights"], **saved(x_test=X)}
    codes = good(run_student(SOUND, encode, inputs=given)).arrays["code_test"]
    encoder, decoder = (np.frombuffer(blobs[f"{half}_weights"], np.float32) for half in ("encoder", "decoder"))
    assert codes == pytest.approx(X.reshape(40, 4) @ encoder[:8].reshape(4, 2) + encoder[8:10], abs=1e-5)

    settings |= {"codes": "noise_2", "images": "made"}
    made = ArrayOutput("made", (40, 4, 1, 1))
    decode = Step("generate", f"{VARIATIONAL}:decode", ("decoder_weights", "noise_2"), (made,), LIMITS, settings)
    given = {"decoder_weights": blobs["decoder_weights"], **saved(noise_2=codes)}
    images = good(run_student(SOUND, decode, inputs=given)).arrays["made"]
    logits = codes @ decoder[:8].reshape(2, 4) + decoder[8:]
    assert images.reshape(40, 4) == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-5)


def diverge_step() -> Step:
    inputs, output = ("z_mean", "z_log_var"), ArrayOutput("kl", (40,))
    return Step("divergence", f"{VARIATIONAL}:diverge", inputs, (output,), LIMITS, {"call": vae_call()})


def test_the_divergence_is_asked_by_value(run_student: RunStudent, saved: Any) -> None:
    mean, log_var = RNG.normal(size=(2, 40, 5)).astype(np.float32)
    kl = good(run_student(SOUND, diverge_step(), inputs=saved(z_mean=mean, z_log_var=log_var))).arrays["kl"]
    assert kl == pytest.approx(0.5 * np.sum(np.exp(log_var) + mean**2 - 1 - log_var, axis=1), rel=1e-5)


@pytest.mark.parametrize(
    ("body", "received"), [(KL.replace("axis=-1", "axis=None"), r"\(\)"), (KL.replace("axis=-1", "axis=0"), r"\(5,\)")]
)
def test_a_divergence_of_another_shape_is_told(run_student: RunStudent, saved: Any, body: str, received: str) -> None:
    given = saved(z_mean=np.zeros((40, 5), np.float32), z_log_var=np.zeros((40, 5), np.float32))
    fault = run_student(SOURCE.format(kl=body), diverge_step(), inputs=given).fault
    assert fault is not None and fault.kind == "contract"
    assert "one number an example" in fault.message and received.replace("\\", "") in fault.message


def test_a_submission_without_divergence_is_refused(run_student: RunStudent) -> None:
    using = vae_call()
    fault = run_student(SOUND.replace("def kl_divergence", "def kl"), check_step(using)).fault
    assert fault is not None and "kl_divergence(z_mean, z_log_var)" in fault.message


# ---------------------------------------------------------------------------------------------------- adversarial


def gan_train(classes: int) -> Step:
    columns = ("loss", "generator_loss", "discriminator_loss")
    settings = {
        "call": gan_call(classes),
        "epochs": EPOCHS,
        "batch_size": 4,
        "columns": columns,
        "learning_rate": 0.01,
        "noise_size": 3,
        "labels": bool(classes),
    }
    outputs = (BytesOutput("generator_weights", 1000), ArrayOutput("curve", (EPOCHS, 3), "float64"))
    return Step("train", f"{ADVERSARIAL}:train", ("x_train", "c_train"), outputs, LIMITS, settings)


@pytest.mark.parametrize("classes", [0, 2])
def test_a_generator_is_trained_and_run_alone(run_student: RunStudent, saved: Any, classes: int) -> None:
    outcome = good(run_student(SOUND, gan_train(classes), inputs=saved(x_train=X, c_train=C)))
    assert outcome.arrays["curve"][:, 0] == pytest.approx(outcome.arrays["curve"][:, 1:].sum(axis=1), rel=1e-4)
    noise = RNG.normal(size=(40, 3)).astype(np.float32)
    settings = {"call": gan_call(classes), "noise": "noise_3", "labels": bool(classes)}
    inputs = ("generator_weights", "noise_3", "asked")
    made = ArrayOutput("made", (40, 4, 1, 1))
    generate = Step("generate", f"{ADVERSARIAL}:generate", inputs, (made,), LIMITS, settings)
    given = {"generator_weights": outcome.blobs["generator_weights"], **saved(noise_3=noise, asked=C)}
    images = good(run_student(SOUND, generate, inputs=given)).arrays["made"].reshape(40, 4)
    flat = np.frombuffer(outcome.blobs["generator_weights"], np.float32)
    first = np.concatenate([noise, C], axis=1) if classes else noise
    logits = first @ flat[: 4 * first.shape[1]].reshape(-1, 4) + flat[4 * first.shape[1] :]
    assert images == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-5)
    assert np.abs(images.mean(axis=0) - X.reshape(40, 4).mean(axis=0)).max() < 0.3


GRADIENTS = """
import json
import numpy as np
import tensorflow as tf
from harness.training.adversarial import game

generator, discriminator = build_gan((4, 1, 1), 3, 2)
both = game(generator, discriminator, {"labels": True, "noise_size": 3}, 0)
rng = np.random.default_rng(0)
x, noise = (tf.constant(rng.random(s), tf.float32) for s in ((8, 4, 1, 1), (8, 3)))
y = tf.one_hot(np.arange(8) % 2, 2)
with tf.GradientTape(persistent=True) as tape:
    together = both.compute_loss(x, y, noise)
    made = generator([noise, y])
    real, fake = discriminator([x, y]), discriminator([made, y])
    crossed = lambda truth, logits: tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(truth, logits))
    one, zero = tf.ones_like(fake), tf.zeros_like(fake)
    apart = crossed(one, fake), crossed(one, real) + crossed(zero, fake)
off = {}
for player, loss in ((generator, apart[0]), (discriminator, apart[1])):
    found = tape.gradient(together, player.trainable_variables)
    expected = tape.gradient(loss, player.trainable_variables)
    off[player.name] = max(float(tf.reduce_max(tf.abs(a - b))) for a, b in zip(found, expected, strict=True))
    off[player.name + " size"] = max(float(tf.reduce_max(tf.abs(b))) for b in expected)
print(json.dumps(off), flush=True)
"""


def test_each_player_feels_its_own_loss_only(run_student: RunStudent) -> None:
    """Compared with two losses and two gradients, computed apart."""
    outcome = good(run_student(SOUND + GRADIENTS + student()))
    off = json.loads(next(line for line in outcome.log.splitlines() if line.startswith("{")))
    assert len(off) == 4
    for name, value in off.items():
        assert value > 1e-3 if name.endswith("size") else value < 1e-6, name
