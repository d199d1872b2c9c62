"""Forecasting a monthly series one month ahead from a window of months before it."""

from collections.abc import Generator
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.sets.airline import TEST_MONTHS
from harness.recipes.loops import Forecasting, answering, training_step
from harness.recipes.recipe import EVERYWHERE
from harness.scoring.series import (
    lag,
    moving_average,
    root_squared_error,
    skill,
    squared_error,
)
from harness.scoring.signs import forecast_signs
from harness.tasks.base import (
    Argument,
    ArrayOutput,
    Arrays,
    Builder,
    Call,
    Dialogue,
    Limits,
    Measure,
    NaiveAnswer,
    Profile,
    PublishedFigure,
    Scored,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
    maps,
)
from harness.tasks.rnn_regression.figures import SMOOTHED, figures

WINDOWS: Final = (1, 3, 6, 12, 18, 22)  # months
UNITS: Final = 32
YEAR: Final = 12
THOUSANDS: Final = "thousand passengers"

BUILDER = Builder(
    name="build_model",
    text="A recurrent network that forecasts the next month.",
    arguments=(
        Argument("window", "int", "how many months the model sees before the one it forecasts"),
        Argument("units", "int", "units of the recurrent layer"),
    ),
    returns=(
        "a compiled keras.Model from windows (batch, window, 1), oldest month first, to the month that follows"
        " (batch, 1); months are scaled so that the lowest and the highest of the training years are 0 and 1, later"
        " years go beyond 1, and forecasts are in the same scale"
    ),
)

GIVEN = {"persistence": 1, "last_year": YEAR}
VARIANTS = (
    Variant("persistence", "the same as last month", arguments={"back": 1}, given=True),
    Variant("last_year", "the same as that month last year", arguments={"back": YEAR}, given=True),
    *(
        Variant(f"window_{w}", f"a window of {w} month{'s'[: w > 1]}", BUILDER.name, {"window": w, "units": UNITS})
        for w in WINDOWS
    ),
)

LIMITS = Limits(wall_s=120, cpu_s=60, memory_mb=3_000)
PROFILES = {
    "quick": Profile("quick", "airline", epochs=120, batch_size=24, limits=LIMITS),
    "full": Profile(
        "full", "airline", epochs=300, batch_size=24, limits=Limits(wall_s=600, cpu_s=300, memory_mb=3_000), seeds=3
    ),
}

MEASURES = (
    Measure("test_mse", "mean squared error in the test years", "lower", f"({THOUSANDS})²"),
    Measure("test_rmse", "root mean squared error in the test years", "lower", THOUSANDS),
    Measure("train_rmse", "root mean squared error in the training years", "lower", THOUSANDS),
    Measure("skill_persistence", "1 - MSE / MSE of the same as last month", "higher"),
    Measure("skill_last_year", "1 - MSE / MSE of the same month last year", "higher"),
    Measure("lag", "by how many months the forecast lags: where it correlates best with the truth", "lower", "months"),
)

TUTORIAL = "Brownlee, machinelearningmastery.com (2016)"
SPLIT_THERE = "LSTM of 4 units; scaled over all 144 months, and its test part begins a few months later"
# The course reports disagree: B found windows of 12 and 18 to 22 best (a mean of 58.7 whose unit is not stated, so that
# it compares with nothing here), C found 1 and 3 best and 12 worst, and in A every forecast lags by a month.
PUBLISHED = (
    PublishedFigure("window_1.train_rmse", 22.92, TUTORIAL, note=SPLIT_THERE),
    PublishedFigure("window_1.test_rmse", 47.53, TUTORIAL, note=SPLIT_THERE),
    PublishedFigure("window_3.train_rmse", 23.69, TUTORIAL, note=SPLIT_THERE),
    PublishedFigure("window_3.test_rmse", 58.88, TUTORIAL, note=SPLIT_THERE),
)

NAIVE = tuple(
    NaiveAnswer(f"window_{w}.{measure}", v.text, profile, measured=f"{v.name}.{measure}")
    for profile in PROFILES
    for w in WINDOWS
    for measure in ("test_mse", "test_rmse", "train_rmse")
    for v in VARIANTS
    if v.given
)


FINDINGS = (
    *EVERYWHERE,
    "last_month",
    "weights_stand_still",
    "other_unit",
    "same_forecast",
    "lags",
    "overfitting",
    "underfitting",
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Scale the training years to [0, 1] by their own lowest and highest month; what lies after them stays hidden."""
    del profile
    passengers = dataset.arrays["y_train"]
    arrays = {"x_train": scaled(passengers, passengers), "y_train": passengers, "y_test": dataset.arrays["y_test"]}
    return TaskData(dataset, arrays, hidden=frozenset({"y_test"}))


def scaled(passengers: NDArray[Any], training: NDArray[Any]) -> NDArray[np.float32]:
    """Return passengers with the lowest of the training years at 0 and the highest at 1."""
    low, high = float(training.min()), float(training.max())
    return ((passengers - low) / (high - low)).astype(np.float32)


def in_passengers(forecast: NDArray[Any], training: NDArray[Any]) -> NDArray[np.float64]:
    """Return a forecast (n, 1) in thousands of passengers, as (n,)."""
    low, high = float(training.min()), float(training.max())
    return low + (high - low) * forecast.reshape(-1).astype(np.float64)


def call(profile: Profile, variant: Variant, data: TaskData) -> Call:
    del profile, data
    spec = maps((variant.arguments["window"], 1), (1,), compiled=True)
    return Call(BUILDER.name, dict(variant.arguments), (spec,))


def month_by_month(window: int, data: TaskData, seed: int) -> Generator[NDArray[Any], NDArray[Any], Arrays]:
    """Ask for one month after the other: a month is told only when its forecast is there.

    A window of the test years holds the answers to the questions before it, so no file may hold them all.
    """
    del seed
    training = data.arrays["y_train"]
    known, forecasts = training[-window:], []
    for passengers in data.arrays["y_test"]:
        answer = yield scaled(known, training)[np.newaxis, :, np.newaxis]
        forecasts.append(answer[0])
        known = np.append(known[1:], passengers)
    return {"forecast": np.array(forecasts, dtype=np.float32)}


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    window = variant.arguments["window"]
    train = training_step(
        Forecasting(window), profile, ArrayOutput("fitted", (len(data.arrays["x_train"]) - window, 1))
    )
    dialogue = Dialogue(
        lead=partial(month_by_month, window),
        question=ArrayOutput("window", (window, 1)),
        answer=ArrayOutput("forecast", (1,), hint="Forecasts are finite numbers in the scale of the window."),
        most=1,
    )
    forecast = answering("forecast", (ArrayOutput("forecast", (TEST_MONTHS, 1)),), dialogue, profile.limits)
    return train, forecast


def score(run: VariantRun) -> Scored:
    training, truth = run.data.arrays["y_train"], run.data.arrays["y_test"]
    series = np.concatenate([training, truth])
    measures, evidence, signs = {}, {}, {}
    if (fitted := fitted_of(run)) is not None:
        told = training[-len(fitted) :]
        measures["train_rmse"] = root_squared_error(fitted, told)
        if not run.variant.given:
            signs = forecast_signs(fitted, told)
    if (forecast := forecast_of(run)) is not None:
        measures["test_mse"] = squared_error(forecast, truth)
        measures["test_rmse"] = root_squared_error(forecast, truth)
        for name, back in GIVEN.items():
            measures[f"skill_{name}"] = skill(forecast, truth, earlier(series, back, len(truth)), name)
        measures["lag"] = lag(forecast, series)
        evidence = {"forecast": forecast, "truth": truth, "smooth": moving_average(series, SMOOTHED, len(truth))}
    return Scored(measures, evidence, signs)


def earlier(series: NDArray[Any], back: int, n: int) -> NDArray[Any]:
    """Return the value `back` months before each of the last n."""
    end = len(series) - back
    return series[end - n : end]


def fitted_of(run: VariantRun) -> NDArray[Any] | None:
    """Return forecasts of training months in passengers, None if there are none."""
    training = run.data.arrays["y_train"]
    if run.variant.given:
        return training[: -run.variant.arguments["back"]]
    return in_passengers(run.outputs["fitted"], training) if "fitted" in run.outputs else None


def forecast_of(run: VariantRun) -> NDArray[Any] | None:
    """Return forecasts of the test months in passengers, None if there are none."""
    training, truth = run.data.arrays["y_train"], run.data.arrays["y_test"]
    if run.variant.given:
        return earlier(np.concatenate([training, truth]), run.variant.arguments["back"], len(truth))
    return in_passengers(run.outputs["forecast"], training) if "forecast" in run.outputs else None


TASK = Task(
    name="rnn_regression",
    version=1,
    title="Forecasting a series",
    summary="Forecast the number of airline passengers one month ahead from a window of 1 to 22 months. You give a"
    " recurrent network; the harness splits the twelve years in time, scales them by the first eight, trains, and then"
    " asks for the last four years month by month, telling each month only when its forecast is there. Saying the same"
    " as last month, or the same as that month last year, are the answers to beat.",
    builders=(BUILDER,),
    variants=VARIANTS,
    profiles=PROFILES,
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    findings=FINDINGS,
    published=PUBLISHED,
    naive=NAIVE,
)
