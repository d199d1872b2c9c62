"""Forecasting a monthly series one month ahead from a window of months before it."""

from collections.abc import Mapping

from harness.recipes.forecaster import Forecaster, Lookback
from harness.recipes.known import published
from harness.task import Argument, Builder, Figure, Limits, Profile, Recorded
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
    compiles=True,
)
EARLIER = (
    Lookback("persistence", "the same as last month", given=True, back=1),
    Lookback("last_year", "the same as that month last year", given=True, back=12),
)
WINDOWS = tuple(
    Lookback(f"window_{w}", f"a window of {w} month{'s'[: w > 1]}", arguments={"units": 32}, back=w)
    for w in (1, 3, 6, 12, 18, 22)
)
SHORT, LONG = Limits(wall_s=160, cpu_s=80, memory_mb=3_000), Limits(wall_s=600, cpu_s=300, memory_mb=3_000)

TUTORIAL = "Brownlee, machinelearningmastery.com (2016)"
SPLIT_THERE = "LSTM of 4 units; scaled over all 144 months, and its test part begins a few months later"
# The course reports disagree: B found windows of 12 and 18 to 22 best (a mean of 58.7 whose unit is not stated, so that
# it compares with nothing here), C found 1 and 3 best and 12 worst, and in A every forecast lags by a month.
PUBLISHED = (
    *published(TUTORIAL, "train_rmse", SPLIT_THERE, window_1=22.92, window_3=23.69),
    *published(TUTORIAL, "test_rmse", SPLIT_THERE, window_1=47.53, window_3=58.88),
)


class Passengers(Forecaster):
    """A forecaster whose forecasts are drawn over the years."""

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return figures({v.name: f"window {v.back}" for v in self.variants}, runs)


TASK = Passengers(
    "rnn_regression",
    "Forecasting a series",
    "Forecast the number of airline passengers one month ahead from a window of 1 to 22 months. You give a"
    " recurrent network; the harness splits the twelve years in time, scales them by the first eight, trains, and then"
    " asks for the last four years month by month, telling each month only when its forecast is there. Saying the same"
    " as last month, or the same as that month last year, are the answers to beat.",
    builders=(BUILDER,),
    variants=WINDOWS,
    earlier=EARLIER,
    unit="thousand passengers",
    step="months",
    smoothed=SMOOTHED,
    profiles=(
        Profile("quick", "airline", epochs=120, batch_size=24, limits=SHORT),
        Profile("full", "airline", epochs=300, batch_size=24, limits=LONG, seeds=3),
    ),
    published=PUBLISHED,
).task()
