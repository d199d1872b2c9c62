"""Forecasts beside the truth: of passengers, all in one picture and window by window, and of some firms."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.sets.airline import FIRST_YEAR, PASSENGERS
from harness.recipes.figures import learning_curves, lines
from harness.task import Figure, Recorded

SMOOTHED = 16  # months of the moving average that course report A found its forecasts to be like
UNITS = ("year", "passengers (thousands)")


def figures(windows: Mapping[str, str], runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    """Return what is shown of the variants in `windows`, which says what each is called."""
    found = learning_curves(
        runs, "Loss per epoch on the training years of all series, for every window. No epoch sees a test year."
    )
    told = {said: runs[v] for v, said in windows.items() if v in runs and "forecast" in runs[v].evidence}
    return (*found, all_windows(told), window_by_window(told), some_firms(told)) if told else tuple(found)


def all_windows(told: Mapping[str, Recorded]) -> Figure:
    """Return every forecast in one panel, with the truth and a mean that only smooths."""
    truth, smooth = (by_year(next(iter(told.values())).evidence[name]) for name in ("truth", "smooth"))
    panel = {"truth": truth, **{name: by_year(r.evidence["forecast"]) for name, r in told.items()}}
    late = lags_in_words({name: r.measures["lag"] for name, r in told.items()})
    text = (
        "Forecasts of passengers by all windows over the truth, each month forecast from the true months before it, and"
        f" the mean of the {SMOOTHED} months before. {late}"
    )
    panels = {"test years": {**panel, f"moving average of {SMOOTHED}": smooth}}
    return lines("Forecasts", text, panels, *UNITS, truth="truth")


def window_by_window(told: Mapping[str, Recorded]) -> Figure:
    """Return a panel for each window, where a forecast that lags is seen beside the truth."""
    panels = {
        f"{name}, RMSE {r.measures['airline_rmse']:.3g}": {k: by_year(r.evidence[k]) for k in ("truth", "forecast")}
        for name, r in told.items()
    }
    text = "The same, window by window. A forecast that lags runs to the right of the truth, peak by peak."
    return lines("Forecasts by window", text, panels, *UNITS, truth="truth")


def some_firms(told: Mapping[str, Recorded]) -> Figure:
    """Return a panel for each firm whose forecasts are kept, with those of the shortest and the longest window."""
    first, shown = next(iter(told.values())), dict.fromkeys((next(iter(told)), list(told)[-1]))
    truths = first.evidence["some_truths"]
    panels = {
        f"firm {i + 1}": {
            "truth": by_month(truths[i]),
            **{name: by_month(told[name].evidence["some_forecasts"][i]) for name in shown},
        }
        for i in range(len(truths))
    }
    text = "Sales of some firms in the test years, where the training years lie between 0 and 1."
    return lines("Forecasts of firms", text, panels, "month", "sales (scaled)", truth="truth")


def lags_in_words(lags: Mapping[str, float]) -> str:
    """Say which forecasts lag: those that are more like an earlier month than the one they are for."""
    month = [name for name, months in lags.items() if months == 1]
    said = [f"by a month: {', '.join(month)}"] if month else []
    said += [f"{name} by {months:.0f} months" for name, months in lags.items() if months > 1]
    if not said:
        return "No forecast of firms lags: each is most like the truth of its own month."
    return f"Some forecasts of firms lag, as they are most like the truth of an earlier month; {'; '.join(said)}."


def by_year(values: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return the last months of the airline series against years."""
    return FIRST_YEAR + np.arange(len(PASSENGERS) - len(values), len(PASSENGERS)) / 12, values


def by_month(values: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return values against the months of the test years, from 1."""
    return np.arange(1, len(values) + 1), values
