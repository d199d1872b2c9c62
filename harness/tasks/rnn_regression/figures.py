"""Forecasts beside the truth, all in one picture and window by window."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.sets.airline import FIRST_YEAR, PASSENGERS
from harness.recipes.figures import learning_curves
from harness.tasks.base import Figure, Recorded

SMOOTHED: Final = 16  # months of the moving average that course report A found its forecasts to be like
YEAR: Final = 12


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = learning_curves(runs, "Loss per epoch on the training years, for every window. No epoch sees a test year.")
    told = {r.variant: r for r in runs.values() if "forecast" in r.evidence}
    windows = {name: r for name, r in told.items() if name.startswith("window")}
    if windows:
        found += [all_windows(windows), window_by_window(windows)]
    return tuple(found)


def all_windows(told: Mapping[str, Recorded]) -> Figure:
    """Return every forecast in one panel, with the truth and a mean that only smooths."""
    some = next(iter(told.values())).evidence
    smooth = f"moving average of {SMOOTHED}"
    series = {"truth": some["truth"], **{in_words(n): r.evidence["forecast"] for n, r in told.items()}}
    text = (
        "Forecasts of all windows over the truth, each month forecast from the true months before it, and the mean of"
        f" the {SMOOTHED} months before. {lags_in_words(told)}"
    )
    panel = {name: (years(len(values)), values) for name, values in {**series, smooth: some["smooth"]}.items()}
    return lines("Forecasts", text, {"test years": panel})


def window_by_window(told: Mapping[str, Recorded]) -> Figure:
    """Return a panel for each window, where a forecast that lags is seen beside the truth."""
    panels = {
        f"{in_words(name)}, RMSE {r.measures['test_rmse']:.3g}": {
            "truth": (years(len(r.evidence["truth"])), r.evidence["truth"]),
            "forecast": (years(len(r.evidence["forecast"])), r.evidence["forecast"]),
        }
        for name, r in told.items()
    }
    text = "The same, window by window. A forecast that lags runs to the right of the truth, peak by peak."
    return lines("Forecasts by window", text, panels)


def lines(title: str, text: str, panels: Mapping[str, Any]) -> Figure:
    data = {"panels": panels, "x": "year", "y": "passengers (thousands)", "truth": "truth"}
    return Figure("lines", title, text, data)


def lags_in_words(told: Mapping[str, Recorded]) -> str:
    """Say which forecasts lag: those that are more like an earlier month than the one they are for."""
    lags = {name: r.measures["lag"] for name, r in told.items()}
    late = [name for name, months in lags.items() if months]
    if not late:
        return "No forecast lags: each is most like the truth of its own month."
    month = [in_words(name) for name in late if lags[name] == 1]
    more = [f"{in_words(name)} by {lags[name]:.0f} months" for name in late if lags[name] > 1]
    said = ([f"by a month: {', '.join(month)}"] if month else []) + more
    return f"Some forecasts lag, as they are most like the truth of an earlier month; {'; '.join(said)}."


def years(n: int) -> NDArray[np.float64]:
    """Return the last n months of the series as years."""
    return FIRST_YEAR + np.arange(len(PASSENGERS) - n, len(PASSENGERS)) / YEAR


def in_words(variant: str) -> str:
    return variant.replace("_", " ")
