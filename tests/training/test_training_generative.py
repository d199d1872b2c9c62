"""Training of variational autoencoders and of adversarial networks, in the sandbox as for a student."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sandbox.students import LIMITS, RunStudent, check_step, student

from harness.recipes.from_noise import KL_DIVERGENCE, Gan, Vae, gan_call, vae_call
from harness.recipes.halves import decoding, drawn, encoding
from harness.recipes.loops import Adversarial, Variational
from harness.recipes.steps import mapping_step, training_step
from harness.sandbox.job import Outcome
from harness.task import ArrayOutput, Call, Profile, Shape, Step

RNG = np.random.default_rng(0)
SMALL = (4, 1, 1)
SHAPES = (SMALL, (8, 8, 3))
C = np.eye(2, dtype=np.float32)[np.arange(40) % 2]
EPOCHS = 15
PROFILE = Profile("quick", "digits", EPOCHS, 4, LIMITS)
CODE, NOISE = 2, 3


def images(shape: Shape) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return 40 images of a shape, without pixels near black and white."""
    pixels = np.random.default_rng(0).random((40, *shape), dtype=np.float32)
    return pixels * np.float32(0.8) + np.float32(0.1)


SOURCE = """
import math
import keras
from keras import layers, ops

def kl_divergence(z_mean, z_log_var):
    return {kl}

def build_vae(input_shape, latent_size):
    image, code = keras.Input(input_shape), keras.Input((latent_size,))
    flat = layers.Flatten()(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(flat), layers.Dense(latent_size)(flat)])
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")(code)
    decoder = keras.Model(code, layers.Reshape(input_shape)(pixels))
    return encoder, decoder

def build_gan(input_shape, noise_size, num_classes):
    noise, image = [keras.Input((noise_size,))], [keras.Input(input_shape)]
    if num_classes:
        label = keras.Input((num_classes,))
        noise, image = [*noise, label], [*image, label]
    join = layers.Concatenate() if num_classes else lambda parts: parts[0]
    made = layers.Reshape(input_shape)(layers.Dense(math.prod(input_shape), activation="sigmoid")(join(noise)))
    seen = layers.Dense(8, activation="relu")(join([layers.Flatten()(image[0]), *image[1:]]))
    alone = lambda parts: parts if num_classes else parts[0]
    return keras.Model(alone(noise), made), keras.Model(alone(image), layers.Dense(1)(seen))
"""
KL = "0.5 * ops.sum(ops.exp(z_log_var) + z_mean**2 - 1 - z_log_var, axis=-1)"
SOUND = SOURCE.format(kl=KL)


def described(call: Call) -> dict[str, Any]:
    """Return a call as steps are given it, with the student's divergence where the builder uses it."""
    functions = [asdict(KL_DIVERGENCE)] if call.builder == Vae.builder else []
    return {**asdict(call), "functions": functions}


def vae(shape: Shape = SMALL) -> dict[str, Any]:
    return described(vae_call(Vae("vae", "", size=CODE), shape, {}))


def gan(conditional: bool, shape: Shape = SMALL) -> dict[str, Any]:
    return described(gan_call(Gan("gan", "", size=NOISE, conditional=conditional), shape, C.shape[1], {}))


def calling(step: Step, call: dict[str, Any]) -> Step:
    """Return a step that calls a builder."""
    return replace(step, settings={**step.settings, "call": call})


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


def vae_train(weight: float, shape: Shape = SMALL) -> Step:
    return calling(training_step(Variational(0.03, weight), PROFILE), vae(shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_loss_is_the_squared_error_of_an_image_and_the_weighted_divergence(
    run_student: RunStudent, saved: Any, shape: Shape
) -> None:
    curves = {}
    for weight in (0.0, 0.25 * np.prod(shape) / 4):
        train = vae_train(float(weight), shape)
        curve = good(run_student(SOUND, train, inputs=saved(x_train=images(shape)))).arrays["curve"]
        loss, error, apart = curve.T
        assert loss == pytest.approx(np.prod(shape) * error + weight * apart, rel=1e-4)
        assert error[-1] < error[0]
        curves[bool(weight)] = apart
    assert curves[True][-1] < 0.5 * curves[False][-1]


@pytest.mark.parametrize("shape", SHAPES)
def test_halves_run_alone_on_the_trained_weights(run_student: RunStudent, saved: Any, shape: Shape) -> None:
    x, pixels = images(shape), int(np.prod(shape))
    blobs = good(run_student(SOUND, vae_train(0.0, shape), inputs=saved(x_train=x))).blobs
    encode = calling(encoding({"test": len(x)}, CODE, "", LIMITS), vae(shape))
    given = {"encoder_weights": blobs["encoder_weights"], **saved(x_test=x)}
    codes = good(run_student(SOUND, encode, inputs=given)).arrays["code_test"].astype(np.float32)
    encoder, decoder = (np.frombuffer(blobs[f"{half}_weights"].read(), np.float32) for half in ("encoder", "decoder"))
    kernel, bias = encoder[: CODE * pixels].reshape(pixels, CODE), encoder[CODE * pixels :][:CODE]
    assert codes == pytest.approx(x.reshape(40, pixels) @ kernel + bias, rel=2e-3, abs=2e-3), "16-bit floats"

    decode = calling(decoding({"made": "noise_2"}, {"made": len(x)}, shape, LIMITS, "generate"), vae(shape))
    given = {"decoder_weights": blobs["decoder_weights"], **saved(noise_2=codes)}
    made = good(run_student(SOUND, decode, inputs=given)).arrays["made"]
    logits = codes @ decoder[: CODE * pixels].reshape(CODE, pixels) + decoder[CODE * pixels :]
    assert made.shape == x.shape
    assert made.reshape(40, pixels) == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-5)


def test_an_encoder_may_give_mean_and_variance_by_name(run_student: RunStudent, saved: Any) -> None:
    """Whatever the order in which a backend keeps a dictionary: by letters the variance would come first."""
    still = 'layers.Dense(latent_size, kernel_initializer="zeros", trainable=False)(flat)'
    named = f"dict(mean=layers.Dense(latent_size)(flat), log_variance={still})"
    source = SOUND.replace("[layers.Dense(latent_size)(flat), layers.Dense(latent_size)(flat)]", named)
    assert source != SOUND
    outcome = good(run_student(source, vae_train(0.25), inputs=saved(x_train=images(SMALL))))
    loss, error, apart = outcome.arrays["curve"].T
    assert loss == pytest.approx(4 * error + 0.25 * apart, rel=1e-4)
    encode = calling(encoding({"test": 40}, CODE, "", LIMITS), vae())
    given = {"encoder_weights": outcome.blobs["encoder_weights"], **saved(x_test=images(SMALL))}
    codes = good(run_student(source, encode, inputs=given)).arrays["code_test"]
    assert np.ptp(codes, axis=0).min() > 0, "means differ between images, variances are all the same"


def diverge_step() -> Step:
    inputs, output = ("z_mean", "z_log_var"), ArrayOutput("kl", (40,))
    return Step("divergence", Variational.diverge, inputs, (output,), LIMITS, {"call": vae()})


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
    fault = run_student(SOUND.replace("def kl_divergence", "def kl"), check_step(vae())).fault
    assert fault is not None and "kl_divergence(z_mean, z_log_var)" in fault.message


# ---------------------------------------------------------------------------------------------------- adversarial


def gan_train(conditional: bool, shape: Shape) -> Step:
    loop = Adversarial(0.01, NOISE, "c_train" if conditional else "")
    return calling(training_step(loop, PROFILE), gan(conditional, shape))


@pytest.mark.parametrize(("conditional", "shape"), [(False, SMALL), (True, SMALL), (True, (8, 8, 3))])
def test_a_generator_is_trained_and_run_alone(
    run_student: RunStudent, saved: Any, conditional: bool, shape: Shape
) -> None:
    x, pixels, train = images(shape), int(np.prod(shape)), gan_train(conditional, shape)
    arrays = saved(x_train=x, c_train=C)
    outcome = good(run_student(SOUND, train, inputs={name: arrays[name] for name in train.inputs}))
    assert outcome.arrays["curve"][:, 0] == pytest.approx(outcome.arrays["curve"][:, 1:].sum(axis=1), rel=1e-4)
    noise = RNG.normal(size=(40, NOISE)).astype(np.float32)
    taken = ("noise_3", "asked") if conditional else ("noise_3",)
    made = drawn({"made": 40}, shape)
    generate = mapping_step("generate", "generator_weights", {"made": taken}, made, LIMITS)
    arrays = saved(noise_3=noise, asked=C)
    given = {"generator_weights": outcome.blobs["generator_weights"], **{name: arrays[name] for name in taken}}
    found = good(run_student(SOUND, calling(generate, gan(conditional, shape)), inputs=given)).arrays["made"]
    assert found.shape == x.shape
    flat = np.frombuffer(outcome.blobs["generator_weights"].read(), np.float32)
    first = np.concatenate([noise, C], axis=1) if conditional else noise
    split = pixels * first.shape[1]
    logits = first @ flat[:split].reshape(-1, pixels) + flat[split:]
    assert found.reshape(40, pixels) == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-5)
    assert np.abs(found.mean() - x.mean()) < 0.3


GRADIENTS = """
import json
import numpy as np
import tensorflow as tf
from harness.training.adversarial import game

generator, discriminator = build_gan((4, 1, 1), 3, 2)
both = game(generator, discriminator, {"labels": "c_train", "noise_size": 3}, 0)
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
