"""What runs of a variant: a function of the student's asked, training, encoding, drawing, blending, drawing blends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from harness.recipes.divergence import asking_divergence
from harness.recipes.halves import CODE, LARGEST, decoding, encoding
from harness.recipes.loops import TRAINING, Autoencoding, Loop, Variational
from harness.recipes.steps import training_step
from harness.task import ArrayOutput, Profile, Step, TaskData, Variant

VAE: Final = "vae"
WEIGHTS: Final = (1.0, 0.8, 0.65, 0.5, 0.35, 0.2, 0.0)  # of the first class
HALFWAY: Final = 0.5


@dataclass(frozen=True)
class Blending:
    """`Profile.settings`: the names of the two classes, the size of a code, and what the trainings are set to.

    `rebuilt` training images are rebuilt beside the test images. Blends are looked at by the frozen classifier of
    `digits`, or by one that is fitted to `patches` of training images of all classes.
    """

    first: str
    second: str
    code_size: int
    kl_weight: float
    learning_rate: float = 0.003
    rebuilt: int = 200
    classifier: Literal["digits", "patches"] = "digits"


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    """Return them in order: blending sees codes and no picture, and what draws blends sees blended codes alone."""
    settings, limits, truth = profile.settings, profile.asking, data.arrays
    shape, rows = truth["x_test"].shape[1:], {part: len(truth[f"x_{part}"]) for part in ("train", "test", "seen")}
    taken, drawn = {f"rebuilt_{p}": f"code_{p}" for p in ("test", "seen")}, len(WEIGHTS) * len(truth["pairs"])
    return (
        asking_divergence(limits) if variant.name == VAE else asking(profile, data),
        training_step(loop_of(profile, variant), profile),
        encoding(rows, settings.code_size, "Keep the numbers of a code small.", limits),
        decoding(taken, {name: rows[name.removeprefix("rebuilt_")] for name in taken}, shape, limits),
        blending(profile, data),
        decoding({"blends": "blended"}, {"blends": drawn}, shape, limits, "draw"),
    )


def loop_of(profile: Profile, variant: Variant) -> Loop:
    settings = profile.settings
    if variant.name == VAE:
        return Variational(settings.learning_rate, settings.kl_weight)
    return Autoencoding(settings.learning_rate)


def asking(profile: Profile, data: TaskData) -> Step:
    """Return the step that asks for blends of codes that nobody encoded, so that a student may read what went wrong."""
    return blends_of("ask", "z_mean", "asked_pairs", "asked_blends", profile, data)


def blending(profile: Profile, data: TaskData) -> Step:
    """Return the step that blends codes of test images."""
    return blends_of("blend", "code_test", "pairs", "blended", profile, data)


def blends_of(name: str, codes: str, pairs: str, blended: str, profile: Profile, data: TaskData) -> Step:
    numbers = (len(WEIGHTS) * len(data.arrays[pairs]), profile.settings.code_size)
    settings: Mapping[str, Any] = {"weights": WEIGHTS, "codes": codes, "pairs": pairs, "blended": blended}
    return Step(
        name=name,
        run=f"{TRAINING}.blending:blend",
        inputs=(codes, pairs),
        outputs=(ArrayOutput(blended, numbers, CODE, low=-LARGEST, high=LARGEST, hint="Keep blended codes small."),),
        limits=profile.asking,
        settings=settings,
        hidden=name == "blend",
    )
