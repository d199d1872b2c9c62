"""The steps of models that make images from noise: training, rebuilding, drawing samples and what lies on paths."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError
from harness.recipes.divergence import asking_divergence
from harness.recipes.from_noise import FromNoise, Gan, Vae
from harness.recipes.halves import decoding, drawn, encoding
from harness.recipes.loops import Adversarial, Variational
from harness.recipes.steps import mapping_step, training_step
from harness.task import Profile, Step, TaskData, Variant

PLACES: Final = 9  # on the way from one point of a code to another, both ends included


def gan(variant: Variant) -> Gan:
    """Return the variant as an adversarial one; raises UsageError for one that is neither that nor a VAE."""
    if isinstance(variant, Gan):
        return variant
    raise UsageError(f"Expected the variant {variant.name!r} to be a Vae or a Gan, received a plain Variant.")


def vae_steps(profile: Profile, variant: Vae, data: TaskData) -> tuple[Step, ...]:
    """Return training, encoding and decoding of test images, and drawing; the divergence first where it is checked."""
    settings, limits, shape = profile.settings, profile.asking, data.arrays["x_train"].shape[1:]
    kl_weight, images = settings.kl_weight if variant.kl else 0.0, "x_few" if variant.few else "x_train"
    loop = Variational(settings.vae_learning_rate, kl_weight, images)
    tests, (taken, rows) = len(data.arrays["x_test"]), asked_of(variant, data)
    return (
        *((asking_divergence(limits),) if variant.checked else ()),
        training_step(loop, profile),
        encoding({"test": tests}, code_of(variant, data), "Keep the means small.", limits),
        decoding({"rebuilt_test": "code_test"}, {"rebuilt_test": tests}, shape, limits),
        decoding(taken, rows, shape, limits, "generate"),
    )


def gan_steps(profile: Profile, variant: Gan, data: TaskData) -> tuple[Step, ...]:
    """Return training and drawing."""
    settings, shape = profile.settings, data.arrays["x_train"].shape[1:]
    loop = Adversarial(settings.gan_learning_rate, code_of(variant, data), "c_train" if variant.conditional else "")
    taken, rows = asked_of(variant, data)
    told = {name: (array, "asked") for name, array in taken.items()} if variant.conditional else taken
    generate = mapping_step("generate", "generator_weights", told, drawn(rows, shape), profile.asking)
    return training_step(loop, profile), generate


def asked_of(variant: FromNoise, data: TaskData) -> tuple[dict[str, str], dict[str, int]]:
    """Return what images are made from, by output, and how many of each: samples, and images on paths if there are."""
    each = {"made": f"noise_{variant.size}", "path": f"path_{variant.size}"}
    taken = {name: array for name, array in each.items() if array in data.arrays}
    return taken, {name: len(data.arrays[array]) for name, array in taken.items()}


def code_of(variant: FromNoise, data: TaskData) -> int:
    """Return how many numbers an image is made from, under the profile that the data are of."""
    return int(data.arrays[f"noise_{variant.size}"].shape[1])


def few_of(images: NDArray[Any], share: float) -> NDArray[Any]:
    """Return the first of the images, a share, again and again until they are as many: as many updates come of them."""
    few = max(1, round(share * len(images)))
    return images[np.arange(len(images)) % few]


def paths(ends: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return PLACES places in even steps on the line between each two `ends` (2, n, size), as (n · PLACES, size)."""
    share = np.linspace(0, 1, PLACES, dtype=np.float32)[:, None]
    between = (1 - share) * ends[0][:, None] + share * ends[1][:, None]
    return np.asarray(between.reshape(-1, ends.shape[-1]), np.float32)
