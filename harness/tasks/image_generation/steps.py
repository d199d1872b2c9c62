"""What runs of a generator: training, for VAEs encoding and decoding of test images, and making new ones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from harness.recipes.loops import Adversarial, Variational, mapping_step, training_step
from harness.tasks.base import ArrayOutput, Profile, Step, TaskData, Variant

SHAPE: Final = (28, 28, 1)
VAE: Final = "build_vae"  # the builder whose variants are variational autoencoders; the others are adversarial
CHECKED: Final = "vae_20"  # where the student's divergence is compared with the closed form
CODE: Final = "float16"  # two bytes a number: enough for what a code means, too little to hide a picture in
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
    settings = profile.settings
    weight = 0.0 if variant.name.endswith("no_kl") else settings.kl_weight
    diverge = Step(
        name="divergence",
        run=f"{module}:diverge",
        inputs=("z_mean", "z_log_var"),
        outputs=(ArrayOutput("kl", KL_POINTS[:1]),),
        limits=limits,
    )
    train = training_step(Variational(settings.vae_learning_rate, weight), profile)
    code = ArrayOutput("code_test", (tests, size), CODE, low=-6e4, high=6e4, hint="Keep the means small.")
    encode = mapping_step("encode", f"{module}:encode", "encoder_weights", {"code_test": "x_test"}, (code,), limits)
    decode, generate = (
        mapping_step(
            name,
            f"{module}:decode",
            "decoder_weights",
            {images: codes},
            (ArrayOutput(images, (count, *SHAPE), **IMAGES),),
            limits,
        )
        for name, codes, images, count in (
            ("decode", "code_test", "rebuilt_test", tests),
            ("generate", f"noise_{size}", "made", made),
        )
    )
    return (*((diverge,) if variant.name == CHECKED else ()), train, encode, decode, generate)


def gan_steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    size, labels = noise_size(variant), is_conditional(variant)
    train = training_step(Adversarial(profile.settings.gan_learning_rate, size, labels), profile)
    generate = mapping_step(
        "generate",
        "harness.training.adversarial:generate",
        "generator_weights",
        {"made": (f"noise_{size}", "asked")},
        (ArrayOutput("made", (len(data.arrays["asked"]), *SHAPE), **IMAGES),),
        profile.limits,
    )
    return train, replace(generate, settings={**generate.settings, "labels": labels})
