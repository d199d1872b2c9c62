"""The forecaster: a compiled network that tells the next value of a series from a window of those before it.

One network learns from many series at once and is asked for the last part of each. The data set is series divided in
time, `y_train` and `y_test` (s, n), or (n,) for one. A task is its builder, its variants with their windows, its
classical answers and its figures.
"""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.recipes.classical import Classical, Divided, Lookback
from harness.recipes.known import measured, naive
from harness.recipes.loops import Forecasting
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.recipes.steps import answering, training_step
from harness.scoring.score import Score
from harness.scoring.series import forecast_scores, moving_average, one_ahead, root_squared_error, share_beyond
from harness.scoring.signs import Signs, forecast_signs
from harness.task import (
    ArrayOutput,
    Arrays,
    Call,
    Dataset,
    Dialogue,
    Measure,
    NaiveAnswer,
    Profile,
    Scored,
    Step,
    Talk,
    TaskData,
    Variant,
    VariantRun,
    maps,
)

HIDDEN = frozenset({"y_test", "known_test"})
CLASSICAL = "skill_classical"
ERRORS = ("test_mse", "test_rmse", "skill_persistence")
BEST = "the best classical answer from as many values"
SHOWN = 3  # drawn series whose forecasts are kept for figures


@dataclass(frozen=True)
class Forecaster(Recipe):
    """Windows of series in, the next value out, beside `classical` answers, persistence among them.

    The builder is given `window`, and values scaled so that the training part of each series lies in [0, 1]; so are
    errors. `published_series`, where there is one, is what the profiles call a further data set of one series, which
    the network learns from and is asked for as well; its errors are in its `unit`. `step` is what lies between two
    values. Figures get a mean of the `smoothed` values before each of it, too.
    """

    _: KW_ONLY
    variants: tuple[Lookback, ...]
    classical: tuple[Classical, ...]
    published_series: str = ""
    unit: str = ""
    step: str = "steps"
    smoothed: int = 16

    def given(self) -> tuple[Variant, ...]:
        return self.classical

    def rivals(self, variant: Lookback) -> list[Classical]:
        """Return the classical answers that look at no more values than a variant does."""
        return [c for c in self.classical if c.back <= variant.back]

    def measures(self) -> tuple[Measure, ...]:
        learning, known = tuple(self.learning()), self.published_series
        found = [
            Measure("test_mse", "mean squared error in the test part, scaled", "lower"),
            Measure("test_rmse", "root mean squared error in the test part, scaled", "lower"),
            Measure("train_rmse", "root mean squared error in the training part, scaled", "lower", variants=learning),
            Measure("skill_persistence", "1 - MSE / MSE of persistence", "higher"),
            Measure(CLASSICAL, f"1 - MSE / MSE of {BEST}", "higher", variants=learning),
            Measure("lag", f"by how many {self.step} forecasts lag: where they correlate best with the truth", "lower"),
        ]
        if known:
            error = f"root mean squared error of the {known} series"
            found += [
                Measure(f"{known}_rmse", f"{error} in the test part", "lower", self.unit),
                Measure(f"{known}_train_rmse", f"{error} in the training part", "lower", self.unit, variants=learning),
            ]
        return tuple(found)

    def findings(self) -> tuple[str, ...]:
        own = ("last_month", "weights_stand_still", "other_unit", "same_forecast", "older_half", "stays_within", "lags")
        return (*EVERYWHERE, *own)

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what classical answers from as many values reach."""
        known = (f"{self.published_series}_rmse",) if self.published_series else ()
        theirs = (
            answer
            for variant in self.variants
            for c in self.rivals(variant)
            for answer in measured(c.text, c.name, self.sizes, (variant.name,), (*ERRORS, *known))
        )
        return (*theirs, *naive(BEST, self.sizes, self.learning(), {CLASSICAL: 0.0}, "as it is defined"))

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Scale each series by the lowest and highest value of its training part; what lies after it stays hidden.

        Raises DataError for a published series that is not as long as the others.
        """
        del profile
        drawn = Divided.of(dataset.arrays, "y")
        arrays, learned = {"y_train": drawn.training, "y_test": drawn.coming}, [drawn.scaled(drawn.training)]
        if self.published_series:
            known = Divided.of(dataset.further[self.published_series].arrays, "y")
            if (known.training.shape[1], known.coming.shape[1]) != (drawn.training.shape[1], drawn.coming.shape[1]):
                raise DataError(f"Expected {self.published_series} to be as long as the series of {dataset.name}.")
            arrays |= {"known_train": known.training, "known_test": known.coming}
            learned.append(known.scaled(known.training))
        return TaskData(dataset, {**arrays, "x_train": np.concatenate(learned)}, hidden=HIDDEN & arrays.keys())

    def fewer(self, data: TaskData) -> TaskData:
        """Return the data with two years, or twice twelve steps, to forecast; what lies before them stays whole."""
        return replace(data, arrays={n: a[:, :24] if n in HIDDEN else a for n, a in data.arrays.items()})

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile, data
        window = Lookback.of(variant).back
        return self.building(variant, {"window": window}, maps((window, 1), (1,), compiled=True))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        window, (rows, known) = Lookback.of(variant).back, data.arrays["x_train"].shape
        coming = data.arrays["y_test"].shape[1]
        told = ArrayOutput("forecast", (rows, coming)), ArrayOutput("mirrored", (rows, 1))
        answer = ArrayOutput("forecast", (1,), hint="Forecasts are finite numbers in the scale of the window.")
        dialogue = Dialogue(partial(one_by_one, window), ArrayOutput("window", (window, 1)), answer, most=rows)
        return (
            training_step(Forecasting(window), profile, ArrayOutput("fitted", (rows * (known - window), 1))),
            answering("forecast", told, dialogue, profile.asking),
        )

    def score(self, run: VariantRun) -> Scored:
        groups, variant = groups_of(run.data), Lookback.of(run.variant)
        drawn, outputs = groups[0], run.outputs
        if isinstance(variant, Classical):
            outputs = {"forecast": np.concatenate([g.scaled(variant.forecasts(g)) for g in groups])}
        measures: dict[str, Score] = {}
        signs: Signs = {}
        if "fitted" in outputs:
            fitted = outputs["fitted"].reshape(sum(len(g.training) for g in groups), -1)
            truth = run.data.arrays["x_train"][: len(drawn.training), variant.back :].reshape(-1)
            mine = fitted[: len(drawn.training)].reshape(-1)
            measures["train_rmse"] = root_squared_error(mine, truth)
            measures |= self.known_error("train_rmse", groups, fitted, groups[-1].training[:, variant.back :])
            signs = forecast_signs(mine, truth)
        if "forecast" not in outputs:
            return Scored(measures, {}, signs)
        forecast, rivals = outputs["forecast"], {c.name: drawn.scaled(c.forecasts(drawn)) for c in self.rivals(variant)}
        scores = forecast_scores(forecast[: len(drawn.training)], drawn.scaled(drawn.whole), rivals)
        measures |= {name: score for name, score in scores.items() if not variant.given or name != CLASSICAL}
        measures |= self.known_error("rmse", groups, forecast, groups[-1].coming)
        if not variant.given:
            signs["forecasts_beyond"] = share_beyond(forecast)
            signs["months_beyond"] = share_beyond(drawn.scaled(drawn.coming))
        if "mirrored" in outputs and variant.back > 1:
            signs["older_half_moves"] = float(np.abs(outputs["mirrored"][:, 0] - forecast[:, -1]).max())
        return Scored(measures, self.kept(groups, forecast), signs)

    def known_error(
        self, name: str, groups: Sequence[Divided], forecasts: NDArray[Any], truth: NDArray[Any]
    ) -> dict[str, Score]:
        """Return the error of the published series, in its unit, of scaled forecasts of all series; nothing if none."""
        if not self.published_series:
            return {}
        told = groups[-1].unscaled(forecasts[-1:])
        return {f"{self.published_series}_{name}": root_squared_error(told.reshape(-1), truth.reshape(-1))}

    def kept(self, groups: Sequence[Divided], forecast: NDArray[Any]) -> Arrays:
        """Return what figures show: the published series, else the first one, in its unit, and a few series, scaled."""
        drawn, shown = groups[0], groups[-1]
        row, whole = forecast[len(forecast) - len(shown.training) :], shown.whole[0]
        return {
            "forecast": shown.unscaled(row)[0],
            "truth": shown.coming[0],
            "smooth": moving_average(whole, self.smoothed, shown.coming.shape[1]),
            "some_forecasts": forecast[:SHOWN],
            "some_truths": drawn.scaled(drawn.coming)[:SHOWN],
        }


def groups_of(data: TaskData) -> tuple[Divided, ...]:
    """Return the series of the data set, and the published one where there is one."""
    return tuple(Divided.of(data.arrays, name) for name in ("y", "known") if f"{name}_test" in data.arrays)


def one_by_one(window: int, data: TaskData, seed: int) -> Talk:
    """Ask for one value of the test part of every series after the other, each from the true values before it.

    In the end the last windows are shown once more, with the older half of their values turned upside down.
    """
    del seed
    known, coming = data.arrays["x_train"], np.concatenate([g.scaled(g.coming) for g in groups_of(data)])
    forecast = yield from one_ahead(window, known, coming)
    mirrored = np.concatenate([known, coming], axis=1)[:, -window - 1 : -1, np.newaxis]
    mirrored[:, : window // 2] = 1 - mirrored[:, : window // 2]
    return {"forecast": forecast, "mirrored": (yield mirrored)}
