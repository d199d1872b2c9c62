"""Linear answers that need no network: what they reach stands beside a task as its floor."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.threads import one_thread

ROUNDS = 300  # of the solver at most


def regression_probabilities(x: Any, labels: NDArray[Any], asked: Sequence[Any]) -> list[NDArray[np.float64]]:
    """Return class probabilities (n, k) of a multinomial logistic regression for each array `asked` (n, …).

    Fitted to examples x (m, …), flattened or sparse, and labels (m,) that hold every class 0..k-1: scikit-learn's, C=1,
    lbfgs.
    """
    from sklearn.linear_model import LogisticRegression

    one_thread()
    model = LogisticRegression(max_iter=ROUNDS).fit(flat(x), labels)
    nothing = np.zeros((0, len(model.classes_)))
    return [np.asarray(model.predict_proba(flat(a))) if a.shape[0] else nothing for a in asked]


def flat(x: Any) -> Any:
    """Return examples (n, …) as rows (n, numbers) float64; a sparse matrix (n, numbers) as it is."""
    from scipy.sparse import issparse

    return x if issparse(x) else np.asarray(x.reshape(len(x), -1), np.float64)


def id_counts(ids: NDArray[Any], tokens: int) -> Any:
    """Return how often each id below `tokens` stands in sequences (n, length): a sparse matrix (n, tokens) float64."""
    from scipy.sparse import csr_matrix

    n, length = ids.shape
    rows = np.repeat(np.arange(n), length)
    return csr_matrix((np.ones(n * length), (rows, ids.reshape(-1))), shape=(n, tokens))


def ridge_predictions(
    x: NDArray[Any], targets: NDArray[Any], asked: Sequence[NDArray[Any]]
) -> list[NDArray[np.float64]]:
    """Return numbers (n, d) of a ridge regression for each array `asked` (n, …).

    Fitted to examples x (m, …), flattened and scaled to mean 0 and variance 1, and targets (m, d): scikit-learn's,
    alpha=1.
    """
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    one_thread()
    model = make_pipeline(StandardScaler(), Ridge(alpha=1.0)).fit(flat(x), targets.astype(np.float64))
    return [np.asarray(model.predict(flat(a))).reshape(len(a), -1) for a in asked]
