"""The forecaster: a compiled network that tells the next value of a series from a window of those before it.

The data set is a series divided in time, `y_train` and `y_test` (n,). A task is its builder, its variants with their
windows, its naive answers and its figures.
"""

from dataclasses import KW_ONLY, dataclass
from functools import partial

import numpy as np

from harness.recipes.fewer import few_rows
from harness.recipes.known import measured
from harness.recipes.loops import Forecasting, answering, training_step
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.scoring.series import (
    earlier,
    forecast_scores,
    moving_average,
    one_ahead,
    root_squared_error,
    scaled,
    unscaled,
)
from harness.scoring.signs import forecast_signs
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

ERRORS = ("test_mse", "test_rmse", "train_rmse")


@dataclass(frozen=True)
class Lookback(Variant):
    """How many values a variant looks at, or how far back it looks where it says an earlier value again."""

    _: KW_ONLY
    back: int


@dataclass(frozen=True)
class Forecaster(Recipe):
    """Windows of a series in, the next value out; saying an `earlier` value again is measured beside it.

    The builder is given `window`, and values scaled so that the training part lies in [0, 1]. `unit` is that of the
    values, `step` what lies between two of them. Figures get a mean of the `smoothed` values before each, too.
    """

    _: KW_ONLY
    variants: tuple[Lookback, ...]
    earlier: tuple[Lookback, ...]
    unit: str = ""
    step: str = "steps"
    smoothed: int = 16

    def given(self) -> tuple[Variant, ...]:
        return self.earlier

    def measures(self) -> tuple[Measure, ...]:
        squared, lag = f"({self.unit})²" if self.unit else "", "where it correlates best with the truth"
        return (
            Measure("test_mse", "mean squared error in the test part", "lower", squared),
            Measure("test_rmse", "root mean squared error in the test part", "lower", self.unit),
            Measure("train_rmse", "root mean squared error in the training part", "lower", self.unit),
            *(Measure(f"skill_{v.name}", f"1 - MSE / MSE of {v.text}", "higher") for v in self.earlier),
            Measure("lag", f"by how many {self.step} the forecast lags: {lag}", "lower", self.step),
        )

    def findings(self) -> tuple[str, ...]:
        return (*EVERYWHERE, "last_month", "weights_stand_still", "other_unit", "same_forecast", "lags")

    def beside(self) -> tuple[NaiveAnswer, ...]:
        names = self.learning()
        return tuple(n for p in self.sizes for v in self.earlier for n in measured(v.text, v.name, (p,), names, ERRORS))

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Scale the training part to [0, 1] by its own lowest and highest value; what lies after it stays hidden."""
        del profile
        training = dataset.arrays["y_train"]
        arrays = {"x_train": scaled(training, training), "y_train": training, "y_test": dataset.arrays["y_test"]}
        return TaskData(dataset, arrays, hidden=frozenset({"y_test"}))

    def fewer(self, data: TaskData) -> TaskData:
        """Return the data with two years, or twice twelve steps, to forecast; what lies before them stays whole."""
        return few_rows(data, ("y_test",), 24)

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile, data
        window = Lookback.of(variant).back
        return self.building(variant, {"window": window}, maps((window, 1), (1,), compiled=True))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        window, (known, coming) = Lookback.of(variant).back, (len(data.arrays[y]) for y in ("y_train", "y_test"))
        answer = ArrayOutput("forecast", (1,), hint="Forecasts are finite numbers in the scale of the window.")
        dialogue = Dialogue(partial(one_by_one, window), ArrayOutput("window", (window, 1)), answer, most=1)
        return (
            training_step(Forecasting(window), profile, ArrayOutput("fitted", (known - window, 1))),
            answering("forecast", (ArrayOutput("forecast", (coming, 1)),), dialogue, profile.limits),
        )

    def score(self, run: VariantRun) -> Scored:
        training, truth, forecasts = run.data.arrays["y_train"], run.data.arrays["y_test"], said(run)
        series = np.concatenate([training, truth])
        measures, evidence, signs = {}, {}, {}
        if (fitted := forecasts.get("fitted")) is not None:
            told = training[-len(fitted) :]
            measures["train_rmse"] = root_squared_error(fitted, told)
            signs = {} if run.variant.given else forecast_signs(fitted, told)
        if (forecast := forecasts.get("forecast")) is not None:
            measures |= forecast_scores(forecast, series, {v.name: v.back for v in self.earlier})
            smooth = moving_average(series, self.smoothed, len(truth))
            evidence = {"forecast": forecast, "truth": truth, "smooth": smooth}
        return Scored(measures, evidence, signs)


def one_by_one(window: int, data: TaskData, seed: int) -> Talk:
    """Ask for one value of the test part after the other, each from the true values before it."""
    del seed
    training, truth = data.arrays["y_train"], data.arrays["y_test"]
    return {"forecast": (yield from one_ahead(window, scaled(training, training), scaled(truth, training)))}


def said(run: VariantRun) -> Arrays:
    """Return forecasts in the unit of the series: `fitted` of the training part, `forecast` of the test part."""
    training, truth = run.data.arrays["y_train"], run.data.arrays["y_test"]
    if not run.variant.given:
        names = (name for name in ("fitted", "forecast") if name in run.outputs)
        return {name: unscaled(run.outputs[name].reshape(-1), training) for name in names}
    back = Lookback.of(run.variant).back
    return {"fitted": training[:-back], "forecast": earlier(np.concatenate([training, truth]), back, len(truth))}
