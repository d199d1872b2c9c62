"""What a student's `kl_divergence` is asked before training: known Gaussians, the step, and how far it is off."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.loops import Variational
from harness.scoring.divergence import kl_error
from harness.task import ArrayOutput, Limits, Measure, Scored, Step, VariantRun

GAUSSIANS: Final = 200


def kl_measure(*variants: str) -> Measure:
    return Measure("kl_error", "distance of kl_divergence from the closed form, relative", "lower", variants=variants)


def gaussians(rng: np.random.Generator, size: int) -> dict[str, NDArray[np.float32]]:
    """Return the arrays `z_mean` and `z_log_var` (GAUSSIANS, size) that are asked about."""
    shape = GAUSSIANS, size
    return {
        "z_mean": rng.normal(0, 1.5, shape).astype(np.float32),
        "z_log_var": rng.uniform(-4, 2, shape).astype(np.float32),
    }


def asking_divergence(limits: Limits) -> Step:
    """Return the step that asks for the divergence of the Gaussians."""
    return Step(
        name="divergence",
        run=Variational.diverge,
        inputs=("z_mean", "z_log_var"),
        outputs=(ArrayOutput("kl", (GAUSSIANS,)),),
        limits=limits,
    )


def of_divergence(run: VariantRun) -> Scored:
    """Return how far the divergence is from the closed form, where it was asked."""
    if "kl" not in run.outputs:
        return Scored({})
    points = run.data.arrays
    return Scored({"kl_error": kl_error(run.outputs["kl"], points["z_mean"], points["z_log_var"])})
