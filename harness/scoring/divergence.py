"""The Kullback-Leibler divergence of a Gaussian from the standard one, as a variational autoencoder adds it up."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_least, check_numbers, check_same_shape
from harness.scoring.score import Score

TINY: Final = 1e-12  # nats; what is nearer 0 gives no share


def gaussian_kl(mean: NDArray[Any], log_var: NDArray[Any]) -> NDArray[np.float64]:
    """Return KL(N(mean, exp(log_var)) || N(0, 1)) in nats, summed over the last axis, in float64.

    Source: Kingma and Welling, Auto-Encoding Variational Bayes (2014), appendix B. Raises ValueError for unequal
    shapes, NaN and infinity.
    """
    check_numbers("means", mean)
    check_numbers("logarithms of variances", log_var)
    check_same_shape(means=mean, logarithms_of_variances=log_var)
    m, v = mean.astype(np.float64), log_var.astype(np.float64)
    return np.asarray(0.5 * np.sum(np.exp(v) + m**2 - 1 - v, axis=-1))


def kl_error(given: NDArray[Any], mean: NDArray[Any], log_var: NDArray[Any]) -> Score:
    """Return the mean distance of `given` (n,) from the divergence in closed form, as a share of its mean.

    0 is right, 1 what a function that returns zero reaches, 2 what one with the wrong sign does. Raises
    ValueError for other shapes, NaN and infinity, and where the divergence is 0 everywhere.
    """
    check_numbers("means", mean, 2)
    truth = gaussian_kl(mean, log_var)
    check_numbers("divergences", given, 1)
    check_same_shape(divergences=given, exact_ones=truth)
    check_least("mean divergence", float(truth.mean()), TINY)
    error = float(np.mean(np.abs(given.astype(np.float64) - truth)) / truth.mean())
    return Score(error, f"kl-error|relative|n:{len(truth)}|dimensions:{mean.shape[-1]}|v:1")
