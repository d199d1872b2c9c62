"""Forecasts that need no network: an earlier value again, the season of last year, ridge regression on log ratios.

Series are (s, n), one a row. Each answer is for the last values of every row, one step ahead: it is made of the true
values before the one that it is for.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_least, check_numbers, check_rows
from harness.scoring.threads import one_thread

ALPHAS = 10.0 ** np.arange(-4.0, 3.0)  # penalties that ridge regression chooses from, by leaving one window out


def earlier(series: NDArray[Any], back: int, n: int) -> NDArray[Any]:
    """Return the value `back` months before each of the last n: persistence for 1, the same month last year for 12.

    Series (s, m) give (s, n). Raises ValueError where they do not go back that far, for NaN and infinity.
    """
    check_numbers("series", series, 2)
    check_least("months back", back, 0)
    check_least("months", n, 1)
    check_least("length of the series", series.shape[1], n + back)
    end = series.shape[1] - back
    return series[:, end - n : end]


def seasonal(series: NDArray[Any], season: int, n: int) -> NDArray[np.float64]:
    """Return x[t-1] x[t-season] / x[t-season-1] for each of the last n: last year's change from month to month again.

    Series (s, m) of numbers above 0 give (s, n). Raises ValueError as `earlier` does, and for numbers from 0 down.
    """
    _check_above_zero(series)
    last, then, before = (earlier(series, back, n).astype(np.float64) for back in (1, season, season + 1))
    return last * then / before


def ridge(training: NDArray[Any], coming: NDArray[Any], window: int) -> NDArray[np.float64]:
    """Return forecasts of `coming` (s, n) by one ridge regression over all series: float64 (s, n).

    It maps the logarithms of `window` months over the last of them to that of the next month over the last, and is
    fitted to every window of `training` (s, m) alone; scikit-learn's `RidgeCV`, whose penalty leaves one window out.
    Raises ValueError for numbers from 0 down, other shapes, too few months, NaN and infinity.
    """
    from sklearn.linear_model import RidgeCV

    _check_above_zero(training)
    _check_above_zero(coming)
    check_rows(training_series=training, coming_series=coming)
    check_least("window", window, 2)
    check_least("training months", training.shape[1], window + 1)
    one_thread()
    logs = np.log(np.concatenate([training[:, -window:], coming], axis=1).astype(np.float64))
    (ratios, change), (asked, _) = log_ratios(np.log(training.astype(np.float64)), window), log_ratios(logs, window)
    told = RidgeCV(ALPHAS).fit(ratios, change).predict(asked)
    forecasts: NDArray[np.float64] = np.exp(logs[:, window - 1 : -1] + told.reshape(coming.shape))
    return forecasts


def log_ratios(logs: NDArray[np.float64], window: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return of each window of logarithms (s, m) the earlier months over its last, and what follows over its last.

    They are (s (m - window), window - 1) and (s (m - window),), by series and in order of time. Raises ValueError for
    other shapes, too few months, NaN and infinity.
    """
    check_numbers("logarithms", logs, 2)
    check_least("months", logs.shape[1], window + 1)
    views = np.lib.stride_tricks.sliding_window_view(logs, window + 1, axis=1).reshape(-1, window + 1)
    last = views[:, -2]
    return views[:, :-2] - last[:, np.newaxis], views[:, -1] - last


def _check_above_zero(series: NDArray[Any]) -> None:
    """Ask for series (s, n) of numbers above 0, which have logarithms. Raises ValueError for others."""
    check_numbers("series", series, 2)
    if series.min() <= 0:
        raise ValueError(f"Expected series of numbers above 0, received {series.min():g}.")
