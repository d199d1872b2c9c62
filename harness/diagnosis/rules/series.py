"""What forecasts of series show: the last month again, another unit, all the same, blind, within bounds, or late."""

from harness.diagnosis.read import measure, quotes, sign
from harness.records.models import Finding, Measurement

NOISE = 1e-6  # skill, or difference of forecasts, that float32 makes of none
SAME_FORECAST = 0.01  # of the spread of the truth
OTHER_UNIT = 5.0  # times the size of the truth, or a fifth of it
LITTLE = 0.05  # skill over the last month that a forecast which passes it on may have
OFTEN = 0.02  # share of months that makes it no accident
AGREES = 0.9  # correlation that says that only the unit is wrong
VARIES = 0.8  # of the spread of the truth: below it, caution keeps forecasts from the edges, and no bound


def last_month(m: Measurement) -> Finding | None:
    """The error is that of persistence to the last digit: the model says the last month again."""
    skill = measure(m, "skill_persistence")
    if skill is None or abs(skill) > NOISE or sign(m, "forecast_spread") is None:
        return None
    return Finding(
        variant=m.variant,
        title="The last month is passed off as a forecast",
        evidence="The error in the test years is exactly that of saying the same as last month.",
        next_step="Saying the last month again takes no network. Let the network add to it what it makes of the window,"
        " and check that this has weights that are trained.",
        quotes=quotes(m, "skill_persistence"),
    )


def other_unit(m: Measurement) -> Finding | None:
    """Forecasts go up and down with the truth, but on another scale."""
    level, agreement = sign(m, "forecast_level"), sign(m, "forecast_agreement")
    if level is None or agreement is None or agreement < AGREES or 1 / OTHER_UNIT <= level <= OTHER_UNIT:
        return None
    return Finding(
        variant=m.variant,
        title="Forecasts are in another unit",
        evidence=f"Forecasts of training months go with the truth (correlation {agreement:.2f}) but are {level:.3g}"
        " times as large.",
        next_step="Forecast in the scale of the window: the harness itself turns forecasts back into other units.",
    )


def same_forecast(m: Measurement) -> Finding | None:
    """Every training month gets the same forecast."""
    spread = sign(m, "forecast_spread")
    if spread is None or spread >= SAME_FORECAST:
        return None
    return Finding(
        variant=m.variant,
        title="The same forecast for every month",
        evidence=f"Forecasts of training months vary by {spread:.1%} of what the truth does.",
        next_step="Nothing of the window reaches the output: look for units behind a ReLU that are never above zero,"
        " for saturated units, and for a learning rate that is far too high.",
    )


def older_half(m: Measurement) -> Finding | None:
    """The older half of the windows can be turned upside down, and every forecast stays what it was."""
    moves = sign(m, "older_half_moves")
    if moves is None or moves > NOISE:
        return None
    return Finding(
        variant=m.variant,
        title="The older half of the window changes nothing",
        evidence="The last windows were shown again with the older half of their months turned upside down, highest for"
        " lowest: all forecasts stayed as they were.",
        next_step="Look for what keeps these months from the output: cropping, a slice, an index of the last months, or"
        " a pooling that leaves them out. A season comes round after twelve months, and only older months tell it.",
    )


def stays_within(m: Measurement) -> Finding | None:
    """Some months of the test years lie where no training month did, and forecasts never do.

    From one month alone good forecasts keep to the middle, so that nothing follows from where they vary little.
    """
    forecasts, months, spread = (sign(m, name) for name in ("forecasts_beyond", "months_beyond", "forecast_spread"))
    if forecasts is None or months is None or spread is None or forecasts > 0 or months < OFTEN or spread < VARIES:
        return None
    return Finding(
        variant=m.variant,
        title="Forecasts never leave 0 to 1",
        evidence=f"Of the months to forecast {months:.0%} lie above the highest or below the lowest training month of"
        " their series, which are 1 and 0; no forecast does.",
        next_step="Series grow and shrink, so let forecasts go beyond the training years: no sigmoid and no clipping at"
        " the output.",
    )


def lags(m: Measurement) -> Finding | None:
    """Forecasts are more like an earlier month than the one that they are for, and hardly better than the last one.

    Of a window of a few months even a good forecast can go with the month before, so that the lag alone tells nothing.
    """
    months, skill = measure(m, "lag"), measure(m, "skill_persistence")
    if not months or skill is None or skill >= LITTLE or sign(m, "forecast_spread") is None:
        return None
    late = "a month" if months == 1 else f"{months:.0f} months"
    return Finding(
        variant=m.variant,
        title=f"The forecast lags by {late}",
        evidence=f"Forecasts correlate best with the truth of {late} before the one that they are for. Their skill over"
        f" saying the same as last month is {round(skill, 2) + 0.0:.2f}, where 0 is no better.",
        next_step="The network passes the last month on, however long the window. A window of twelve months or more"
        " holds the same season of last year: check that all of it reaches the output, in its order. Let the network"
        " forecast the change from the last month instead of the level.",
        quotes=quotes(m, "lag", "skill_persistence"),
    )


RULES = (last_month, other_unit, same_forecast, older_half, stays_within, lags)
OF_ALL = (lags,)  # a short window holds little else than the last month, whatever the network
