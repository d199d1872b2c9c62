"""What runs of a generator: training, for VAEs encoding and decoding of test images, and making new ones."""

from collections.abc import Mapping
from typing import Any, Final

from harness.tasks.base import ArrayOutput, BytesOutput, Profile, Step, TaskData, Variant

SHAPE: Final = (28, 28, 1)
VAE: Final = "build_vae"  # the builder whose variants are variational autoencoders; the others are adversarial
CHECKED: Final = "vae_20"  # where the student's divergence is compared with the closed form
CODE: Final = "float16"  # two bytes a number: enough for what a code means, too little to hide a picture in
VAE_CURVE: Final = ("loss", "mse", "kl")
GAN_CURVE: Final = ("loss", "generator_loss", "discriminator_loss")
WEIGHTS: Final = 200_000_000
KL_POINTS: Final = (200, 20)  # means and log variances for which the divergence is asked
IMAGES: Final[Mapping[str, Any]] = {
    "low": -1e-6,
    "high": 1 + 1e-6,
    "hint": "Pixels lie between 0 and 1: end the network that draws them with a sigmoid.",
}


def is_vae(variant: Variant) -> bool:
    return variant.builder == VAE


def is_conditional(variant: Variant) -> bool:
    """Say whether a network of this variant is told the class to draw."""
    return bool(variant.arguments.get("num_classes"))


def noise_size(variant: Variant) -> int:
    """Return how many numbers an image is made from."""
    return int(variant.arguments["latent_size" if is_vae(variant) else "noise_size"])


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    return (vae_steps if is_vae(variant) else gan_steps)(profile, variant, data)


def vae_steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    module, limits, size = "harness.training.variational", profile.limits, noise_size(variant)
    tests, made = len(data.arrays["x_test"]), len(data.arrays["asked"])
    settings = {
        "epochs": profile.epochs,
        "batch_size": profile.batch_size,
        "columns": VAE_CURVE,
        "learning_rate": profile.settings["vae_learning_rate"],
        "kl_weight": 0.0 if variant.name.endswith("no_kl") else profile.settings["kl_weight"],
    }
    diverge = Step(
        name="divergence",
        run=f"{module}:diverge",
        inputs=("z_mean", "z_log_var"),
        outputs=(ArrayOutput("kl", KL_POINTS[:1]),),
        limits=limits,
    )
    weights = tuple(BytesOutput(f"{half}_weights", WEIGHTS) for half in ("encoder", "decoder"))
    train = Step("train", f"{module}:train", ("x_train",), (*weights, *trained(profile, VAE_CURVE)), limits, settings)
    code = ArrayOutput("code_test", (tests, size), CODE, low=-6e4, high=6e4, hint="Keep the means small.")
    encode = Step(
        "encode", f"{module}:encode", ("encoder_weights", "x_test"), (code,), limits, settings={}, hidden=True
    )
    decode, generate = (
        Step(
            name=name,
            run=f"{module}:decode",
            inputs=("decoder_weights", codes),
            outputs=(ArrayOutput(images, (count, *SHAPE), **IMAGES),),
            limits=limits,
            settings={"codes": codes, "images": images},
            hidden=True,
        )
        for name, codes, images, count in (
            ("decode", "code_test", "rebuilt_test", tests),
            ("generate", f"noise_{size}", "made", made),
        )
    )
    return (*((diverge,) if variant.name == CHECKED else ()), train, encode, decode, generate)


def gan_steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    module, limits, size = "harness.training.adversarial", profile.limits, noise_size(variant)
    settings = {
        "epochs": profile.epochs,
        "batch_size": profile.batch_size,
        "columns": GAN_CURVE,
        "learning_rate": profile.settings["gan_learning_rate"],
        "noise_size": size,
        "labels": is_conditional(variant),
    }
    weights = BytesOutput("generator_weights", WEIGHTS)
    train = Step(
        "train", f"{module}:train", ("x_train", "c_train"), (weights, *trained(profile, GAN_CURVE)), limits, settings
    )
    generate = Step(
        name="generate",
        run=f"{module}:generate",
        inputs=("generator_weights", f"noise_{size}", "asked"),
        outputs=(ArrayOutput("made", (len(data.arrays["asked"]), *SHAPE), **IMAGES),),
        limits=limits,
        settings={"noise": f"noise_{size}", "labels": is_conditional(variant)},
        hidden=True,
    )
    return train, generate


def trained(profile: Profile, columns: tuple[str, ...]) -> tuple[ArrayOutput, ...]:
    """Return what every training tells beside its weights."""
    curve = ArrayOutput("curve", (profile.epochs, len(columns)), "float64", finite=False)
    return curve, ArrayOutput("facts", (2,), "float64")
