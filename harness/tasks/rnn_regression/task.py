"""Forecasting a monthly series one month ahead from a window of months before it."""

from dataclasses import KW_ONLY, dataclass
from functools import partial

import numpy as np

from harness.recipes.known import measured, published
from harness.recipes.loops import Forecasting, answering, training_step
from harness.recipes.recipe import EVERYWHERE
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
    Argument,
    ArrayOutput,
    Arrays,
    Builder,
    Call,
    Dataset,
    Dialogue,
    Limits,
    Measure,
    Profile,
    Scored,
    Step,
    Talk,
    Task,
    TaskData,
    Variant,
    VariantRun,
    maps,
)
from harness.tasks.rnn_regression.figures import SMOOTHED, figures

BUILDER = Builder(
    "build_model",
    "A recurrent network that forecasts the next month.",
    (
        Argument("window", "int", "how many months the model sees before the one it forecasts"),
        Argument("units", "int", "units of the recurrent layer"),
    ),
    "a compiled keras.Model from windows (batch, window, 1), oldest month first, to the month that follows"
    " (batch, 1); months are scaled so that the lowest and the highest of the training years are 0 and 1, later years"
    " go beyond 1, and forecasts are in the same scale",
)


@dataclass(frozen=True)
class Lookback(Variant):
    """How many months a variant looks at, or how far back it looks where it says an earlier month again."""

    _: KW_ONLY
    months: int


GIVEN = (
    Lookback("persistence", "the same as last month", given=True, months=1),
    Lookback("last_year", "the same as that month last year", given=True, months=12),
)
WINDOWS = tuple(
    Lookback(f"window_{w}", f"a window of {w} month{'s'[: w > 1]}", BUILDER.name, {"units": 32}, months=w)
    for w in (1, 3, 6, 12, 18, 22)
)
SHORT, LONG = Limits(wall_s=160, cpu_s=80, memory_mb=3_000), Limits(wall_s=600, cpu_s=300, memory_mb=3_000)
PROFILES = {
    "quick": Profile("quick", "airline", epochs=120, batch_size=24, limits=SHORT),
    "full": Profile("full", "airline", epochs=300, batch_size=24, limits=LONG, seeds=3),
}
MEASURES = (
    Measure("test_mse", "mean squared error in the test years", "lower", "(thousand passengers)²"),
    Measure("test_rmse", "root mean squared error in the test years", "lower", "thousand passengers"),
    Measure("train_rmse", "root mean squared error in the training years", "lower", "thousand passengers"),
    Measure("skill_persistence", "1 - MSE / MSE of the same as last month", "higher"),
    Measure("skill_last_year", "1 - MSE / MSE of the same month last year", "higher"),
    Measure("lag", "by how many months the forecast lags: where it correlates best with the truth", "lower", "months"),
)
ERRORS, NAMES = ("test_mse", "test_rmse", "train_rmse"), tuple(v.name for v in WINDOWS)

TUTORIAL = "Brownlee, machinelearningmastery.com (2016)"
SPLIT_THERE = "LSTM of 4 units; scaled over all 144 months, and its test part begins a few months later"
# The course reports disagree: B found windows of 12 and 18 to 22 best (a mean of 58.7 whose unit is not stated, so that
# it compares with nothing here), C found 1 and 3 best and 12 worst, and in A every forecast lags by a month.
PUBLISHED = (
    *published(TUTORIAL, "train_rmse", SPLIT_THERE, window_1=22.92, window_3=23.69),
    *published(TUTORIAL, "test_rmse", SPLIT_THERE, window_1=47.53, window_3=58.88),
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Scale the training years to [0, 1] by their own lowest and highest month; what lies after them stays hidden."""
    del profile
    training = dataset.arrays["y_train"]
    arrays = {"x_train": scaled(training, training), "y_train": training, "y_test": dataset.arrays["y_test"]}
    return TaskData(dataset, arrays, hidden=frozenset({"y_test"}))


def call(profile: Profile, variant: Variant, data: TaskData) -> Call:
    del profile, data
    window = Lookback.of(variant).months
    return Call(BUILDER.name, {"window": window, **variant.arguments}, (maps((window, 1), (1,), compiled=True),))


def month_by_month(window: int, data: TaskData, seed: int) -> Talk:
    """Ask for one test month after the other, each from the true months before it."""
    del seed
    training, truth = data.arrays["y_train"], data.arrays["y_test"]
    return {"forecast": (yield from one_ahead(window, scaled(training, training), scaled(truth, training)))}


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    window, (months, test_months) = Lookback.of(variant).months, (len(data.arrays[y]) for y in ("y_train", "y_test"))
    answer = ArrayOutput("forecast", (1,), hint="Forecasts are finite numbers in the scale of the window.")
    dialogue = Dialogue(partial(month_by_month, window), ArrayOutput("window", (window, 1)), answer, most=1)
    return (
        training_step(Forecasting(window), profile, ArrayOutput("fitted", (months - window, 1))),
        answering("forecast", (ArrayOutput("forecast", (test_months, 1)),), dialogue, profile.limits),
    )


def said(run: VariantRun) -> Arrays:
    """Return forecasts in passengers: `fitted` of training months and `forecast` of test months, as far as there."""
    training, truth = run.data.arrays["y_train"], run.data.arrays["y_test"]
    if not run.variant.given:
        names = (name for name in ("fitted", "forecast") if name in run.outputs)
        return {name: unscaled(run.outputs[name].reshape(-1), training) for name in names}
    back = Lookback.of(run.variant).months
    return {"fitted": training[:-back], "forecast": earlier(np.concatenate([training, truth]), back, len(truth))}


def score(run: VariantRun) -> Scored:
    training, truth, forecasts = run.data.arrays["y_train"], run.data.arrays["y_test"], said(run)
    series = np.concatenate([training, truth])
    measures, evidence, signs = {}, {}, {}
    if (fitted := forecasts.get("fitted")) is not None:
        told = training[-len(fitted) :]
        measures["train_rmse"] = root_squared_error(fitted, told)
        signs = {} if run.variant.given else forecast_signs(fitted, told)
    if (forecast := forecasts.get("forecast")) is not None:
        measures |= forecast_scores(forecast, series, {v.name: v.months for v in GIVEN})
        evidence = {"forecast": forecast, "truth": truth, "smooth": moving_average(series, SMOOTHED, len(truth))}
    return Scored(measures, evidence, signs)


TASK = Task(
    name="rnn_regression",
    version=1,
    title="Forecasting a series",
    summary="Forecast the number of airline passengers one month ahead from a window of 1 to 22 months. You give a"
    " recurrent network; the harness splits the twelve years in time, scales them by the first eight, trains, and then"
    " asks for the last four years month by month, telling each month only when its forecast is there. Saying the same"
    " as last month, or the same as that month last year, are the answers to beat.",
    builders=(BUILDER,),
    variants=(*GIVEN, *WINDOWS),
    profiles=PROFILES,
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=partial(figures, {v.name: f"window {v.months}" for v in WINDOWS}),
    findings=(*EVERYWHERE, "last_month", "weights_stand_still", "other_unit", "same_forecast", "lags"),
    published=PUBLISHED,
    naive=tuple(n for p in PROFILES for v in GIVEN for n in measured(v.text, v.name, (p,), NAMES, ERRORS)),
)
