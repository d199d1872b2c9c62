"""Linear answers that need no network: what they reach stands beside a task as its floor."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_classes, check_integers, check_least, check_numbers, check_rows
from harness.scoring.threads import one_thread

ROUNDS = 300  # of the solver at most


def regression_probabilities(x: Any, labels: NDArray[Any], asked: Sequence[Any]) -> list[NDArray[np.float64]]:
    """Return class probabilities (n, k) of a multinomial logistic regression for each array `asked` (n, …).

    Fitted to examples x (m, …), flattened or sparse, and labels (m,) that hold every class 0..k-1: scikit-learn's, C=1,
    lbfgs. An array `asked` may be empty. Raises ValueError for labels that do not fit, NaN and infinity.
    """
    from sklearn.linear_model import LogisticRegression

    check_integers("labels", labels)
    check_classes("labels", labels)
    if len(np.unique(labels)) != labels.max() + 1:
        raise ValueError(f"Expected labels of every class from 0 to {labels.max()}, received {np.unique(labels)}.")
    rows = flat(x)
    if rows.shape[0] != len(labels):
        raise ValueError(f"Expected as many examples as labels, received {rows.shape[0]} and {len(labels)}.")

    one_thread()
    model = LogisticRegression(max_iter=ROUNDS).fit(rows, labels)
    nothing = np.zeros((0, len(model.classes_)))
    wanted = [flat(a) for a in asked]
    return [np.asarray(model.predict_proba(a)) if a.shape[0] else nothing for a in wanted]


def flat(x: Any) -> Any:
    """Return examples (n, …) as rows (n, numbers) float64; a sparse matrix (n, numbers) as it is.

    Raises ValueError for NaN and infinity.
    """
    from scipy.sparse import issparse

    if issparse(x):
        return x
    check_numbers("examples", x, empty=True)
    return np.asarray(x.reshape(len(x), int(np.prod(x.shape[1:]))), np.float64)


def id_counts(ids: NDArray[Any], tokens: int) -> Any:
    """Return how often each id below `tokens` stands in sequences (n, length): a sparse matrix (n, tokens) float64.

    Raises ValueError for ids that are no integers below `tokens`.
    """
    from scipy.sparse import csr_matrix

    check_least("tokens", tokens, 1)
    check_integers("ids", ids, 2, below=tokens, empty=True)
    n, length = ids.shape
    rows = np.repeat(np.arange(n), length)
    return csr_matrix((np.ones(n * length), (rows, ids.reshape(-1))), shape=(n, tokens))


def ridge_predictions(
    x: NDArray[Any], targets: NDArray[Any], asked: Sequence[NDArray[Any]]
) -> list[NDArray[np.float64]]:
    """Return numbers (n, d) of a ridge regression for each array `asked` (n, …).

    Fitted to examples x (m, …), flattened and scaled to mean 0 and variance 1, and targets (m, d): scikit-learn's,
    alpha=1. Raises ValueError for other shapes, NaN and infinity.
    """
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    check_numbers("examples", x)
    check_numbers("targets", targets, 2)
    check_rows(examples=x, targets=targets)
    one_thread()
    model = make_pipeline(StandardScaler(), Ridge(alpha=1.0)).fit(flat(x), targets.astype(np.float64))
    return [np.asarray(model.predict(flat(a))).reshape(len(a), targets.shape[1]) for a in asked]
