"""How good forecasts of series are: errors, skill over answers that need no network, and by how much they lag.

Errors are of forecasts (n,), computed in float64; several series are (s, n), one a row.
"""

import math
from collections.abc import Generator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_least, check_numbers, check_rows
from harness.scoring.means import mean_score
from harness.scoring.regression import rooted
from harness.scoring.score import Score

Questions = Generator[NDArray[Any], NDArray[Any], NDArray[np.float32]]

MAX_LAG = 6  # beyond half a year, the season comes round again
SAME = 1e-9  # relative: correlations this close are one, and a spread below this is none


def squared_error(forecast: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the mean squared error in the square of the series' unit; lower is better.

    The sampling error is that of a mean of n squared errors, sd / sqrt(n), which takes months as independent. Raises
    ValueError for empty or unequal shapes, NaN and infinity.
    """
    errors = _errors(forecast, truth) ** 2
    return mean_score(errors, f"mse|n:{len(errors)}|ahead:1|v:1")


def root_squared_error(forecast: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the root of the mean squared error, in the series' unit.

    The sampling error follows from that of the mean squared error by the delta method: se / (2 root).
    """
    return rooted(squared_error(forecast, truth))


def skill(forecast: NDArray[Any], truth: NDArray[Any], naive: NDArray[Any], name: str) -> Score:
    """Return 1 - MSE / MSE of the naive answer: 1 is perfect, 0 no better than the naive one, below 0 worse.

    Raises ValueError for empty or unequal shapes, and where the naive answer is without error.
    NaN and infinity are errors too.
    """
    error, theirs = squared_error(forecast, truth).value, squared_error(naive, truth).value
    if theirs == 0:
        raise ValueError(f"Expected a naive answer with an error, received one without: {name}.")
    return Score(1 - error / theirs, f"skill|over:{name}|n:{len(truth)}|v:1")


def lag(forecast: NDArray[Any], series: NDArray[Any], most: int = MAX_LAG) -> Score:
    """Return by how many months forecasts lag: the k in 0..`most` at which they correlate best with the truth.

    `forecast` (s, n) is for the last n months of `series` (s, m), which go back at least `most` months more, so that
    each k compares all n of them: corr(forecast[t], series[t - k]) by Pearson, in the mean over series. 0 is a forecast
    in time, 1 one that tells the month before. Of equal ones the smallest counts; a forecast that does not vary
    correlates with nothing and counts as `most`. Raises ValueError for fewer than two forecasts, series too short, NaN
    and infinity.
    """
    check_numbers("forecasts", forecast, 2)
    check_numbers("series", series, 2)
    check_rows(forecasts=forecast, series=series)
    check_least("most months", most, 0)
    (rows, n), end = forecast.shape, series.shape[1]
    if n < 2 or end < n + most:
        raise ValueError(f"Expected series {most} months longer than 2 forecasts or more, received {end}, {n}.")
    pairs = [list(zip(forecast, series[:, end - n - k : end - k], strict=True)) for k in range(most + 1)]
    found = [sum(correlation(*pair) for pair in pairs_of_lag) / rows for pairs_of_lag in pairs]
    best = max(found)
    place = most if math.isinf(best) else next(k for k, r in enumerate(found) if r >= best - SAME)
    return Score(float(place), f"lag|by:pearson|0..{most}|n:{n}|series:{rows}|v:2")


def forecast_scores(
    forecast: NDArray[Any], series: NDArray[Any], rivals: Mapping[str, NDArray[Any]]
) -> dict[str, Score]:
    """Return `test_mse`, `test_rmse`, `skill_persistence`, `skill_classical` and `lag` of forecasts (s, n).

    They are for the last n values of `series` (s, m). `rivals` are classical answers by name, (s, n) each, persistence
    among them; `skill_classical` is over whichever of them is best under a key. Raises ValueError as the measures do.
    """
    check_numbers("forecasts", forecast, 2)
    check_numbers("series", series, 2)
    flat, truth = forecast.reshape(-1), series[:, -forecast.shape[1] :].reshape(-1)
    theirs = {name: rival.reshape(-1) for name, rival in rivals.items()}
    best = min(theirs, key=lambda name: squared_error(theirs[name], truth).value)
    return {
        "test_mse": squared_error(flat, truth),
        "test_rmse": root_squared_error(flat, truth),
        "skill_persistence": skill(flat, truth, theirs["persistence"], "persistence"),
        "skill_classical": skill(flat, truth, theirs[best], f"best of {', '.join(theirs)}"),
        "lag": lag(forecast, series),
    }


def share_beyond(values: NDArray[Any]) -> float:
    """Return which share of scaled values lies outside [0, 1], where no training month does.

    Raises ValueError for none, NaN and infinity.
    """
    check_numbers("values", values)
    return float(np.mean((values < 0) | (values > 1)))


def correlation(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Return Pearson's correlation in [-1, 1]; minus infinity where one of the two does not vary.

    Both are (n,). Raises ValueError for empty or unequal shapes, NaN and infinity.
    """
    for values in (a, b):
        check_numbers("numbers to correlate", values, 1)
    if a.shape != b.shape:
        raise ValueError(f"Expected as many numbers to correlate, received {a.shape} and {b.shape}.")
    centred = []
    for values in (a, b):
        v = values.astype(np.float64)
        largest = float(np.abs(v).max()) or 1.0
        v = v / largest  # squares of float32's largest values stay finite
        if np.ptp(v) < SAME:
            return -math.inf
        centred.append(v - v.mean())
    (x, y) = centred
    return float(np.sum(x * y) / math.sqrt(float(np.sum(x * x)) * float(np.sum(y * y))))


def scaled(values: NDArray[Any], training: NDArray[Any]) -> NDArray[np.float32]:
    """Return values with the lowest of the training part at 0 and its highest at 1, each series by its own.

    `values` and `training` are (n,) and (m,), or (s, n) and (s, m). Raises ValueError for NaN and infinity, and for a
    training part that does not vary.
    """
    low, high = bounds(values, training)
    return ((values - low) / (high - low)).astype(np.float32)


def unscaled(values: NDArray[Any], training: NDArray[Any]) -> NDArray[np.float64]:
    """Return what `scaled` makes these values of, in the unit of the training part.

    Raises ValueError as `scaled` does.
    """
    low, high = bounds(values, training)
    return low + (high - low) * values.astype(np.float64)


def bounds(values: NDArray[Any], training: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lowest and the highest of the training part, (1,) or (s, 1). Raises ValueError as `scaled` does."""
    check_numbers("values", values)
    check_numbers("training part", training)
    known = training.astype(np.float64)
    low, high = known.min(axis=-1, keepdims=True), known.max(axis=-1, keepdims=True)
    if (low == high).any():
        raise ValueError(f"Expected a training part that varies, received {low[low == high][0]:g} alone.")
    return low, high


def one_ahead(window: int, known: NDArray[Any], coming: NDArray[Any]) -> Questions:
    """Ask for one value after the other from the `window` before it: a value is told only when its forecast is there.

    A window of later values holds the answers to the questions before it, so no file may hold them all. Series are
    (s, n) and (s, m). Yields windows (s, window, 1), the oldest value first, is sent forecasts (s, 1), and returns them
    as float32 (s, m). Raises ValueError for fewer known values than the window, NaN and infinity.
    """
    check_numbers("known values", known, 2)
    check_numbers("coming values", coming, 2)
    check_rows(known_series=known, coming_series=coming)
    check_least("known values", known.shape[1], window)
    check_least("window", window, 1)
    seen, forecasts = known[:, -window:], []
    for values in coming.T:
        forecasts.append((yield seen[..., np.newaxis]))
        seen = np.concatenate([seen[:, 1:], values[:, np.newaxis]], axis=1)
    return np.concatenate(forecasts, axis=1).astype(np.float32)


def moving_average(series: NDArray[Any], span: int, n: int) -> NDArray[np.float64]:
    """Return for each of the last n months the mean of the `span` months before it: a forecast that only smooths.

    Raises ValueError where the series does not go back that far, for NaN and infinity.
    """
    check_numbers("series", series, 1)
    if len(series) < n + span or min(n, span) < 1:
        raise ValueError(f"Expected {span} months before the last {n}, received a series of {len(series)}.")
    sums = np.cumsum(np.concatenate([[0.0], series.astype(np.float64)]))
    ends = np.arange(len(series) - n, len(series))
    means: NDArray[np.float64] = (sums[ends] - sums[ends - span]) / span
    return means


def _errors(forecast: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    check_numbers("forecasts", forecast, 1)
    check_numbers("truth", truth, 1)
    if forecast.shape != truth.shape:
        raise ValueError(f"Expected equal shapes (n,), received {forecast.shape} and {truth.shape}.")
    return forecast.astype(np.float64) - truth.astype(np.float64)
