"""How far apart classes lie in a code."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_classes, check_integers, check_numbers, check_rows
from harness.scoring.score import Score


def separation(codes: NDArray[Any], labels: NDArray[Any]) -> Score:
    """Return Pillai's trace tr(S_T⁺ S_B) of codes (n, d): which share of their scatter lies between classes.

    0 where all classes have the same mean, at most the number of classes less one, which is 1 for two: then the codes
    of a class are all the same, seen from the right side. It is the same in every basis and on every scale of a code;
    S_T⁺ is the pseudoinverse, so numbers that are the same for all count nothing. For two classes it is R² of the class
    as a linear function of the code. Source: Pillai, Some new test criteria in multivariate analysis (1955). Raises
    ValueError for labels that are no integers (n,), one class alone, NaN and infinity.
    """
    check_numbers("codes", codes, 2)
    check_integers("labels", labels)
    check_rows(codes=codes, labels=labels)
    check_classes("labels", labels)
    x = codes.astype(np.float64)
    means = {label: x[labels == label].mean(axis=0) for label in np.unique(labels)}
    centred = x - x.mean(axis=0)
    between = np.stack([means[label] for label in labels]) - x.mean(axis=0)
    share = np.trace(np.linalg.pinv(centred.T @ centred, hermitian=True) @ (between.T @ between))
    value = float(np.clip(share, 0, len(means) - 1))
    return Score(value, f"pillai|tr(St+Sb)|n:{len(x)}|d:{x.shape[1]}|v:1")
