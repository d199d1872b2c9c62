"""Linear answers that need no network: what they reach stands beside a task as its floor."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.threads import one_thread

ROUNDS = 300  # of the solver at most


def regression_probabilities(
    x: NDArray[Any], labels: NDArray[Any], asked: Sequence[NDArray[Any]]
) -> list[NDArray[np.float64]]:
    """Return class probabilities (n, k) of a multinomial logistic regression for each array `asked` (n, …).

    Fitted to examples x (m, …), flattened, and labels (m,) that hold every class 0..k-1: scikit-learn's, C=1, lbfgs.
    """
    from sklearn.linear_model import LogisticRegression

    one_thread()
    model = LogisticRegression(max_iter=ROUNDS).fit(flat(x), labels)
    nothing = np.zeros((0, len(model.classes_)))
    return [np.asarray(model.predict_proba(flat(a))) if len(a) else nothing for a in asked]


def flat(x: NDArray[Any]) -> NDArray[np.float64]:
    """Return examples (n, …) as rows (n, numbers)."""
    return np.asarray(x.reshape(len(x), -1), np.float64)
