"""Where the axis of a quantity begins and ends, and its ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

FENCE = 3.0  # interquartile ranges; Tukey's outer fence, beyond which a value is "far out"
TICKS = 5
MARGIN = 0.04  # of the range, so that no dot stands on the frame


@dataclass(frozen=True)
class Axis:
    """`low` < `high` in the unit of the quantity; `ticks` are values with labels; lines for target and reference."""

    low: float
    high: float
    ticks: list[tuple[float, str]]
    target: float | None = None
    reference: float | None = None

    def place(self, value: float) -> float:
        """Return where `value` stands, 0 at the low end and 1 at the high; one beyond an end stands at it."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    @property
    def lines(self) -> list[tuple[str, float]]:
        """Return target and reference, as far as they are known and lie between the ends."""
        both = (("target", self.target), ("reference", self.reference))
        return [(kind, value) for kind, value in both if value is not None and self.holds(value)]

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def axis(
    values: Sequence[float],
    marked: Sequence[float],
    *,
    target: float | None = None,
    reference: float | None = None,
) -> Axis:
    """Return an axis over finite `values` and all of `marked`.

    Values beyond Tukey's outer fences (J. W. Tukey, Exploratory Data Analysis, 1977) do not stretch it: one training
    that diverged must not press all others into a corner.
    """
    inside = [*_within_fences(values, max(marked, default=0.0) - min(marked, default=0.0)), *marked] or [0.0, 1.0]
    low, high = min(inside), max(inside)
    if not high - low > 1e-9 * max(abs(low), abs(high), 1e-30):
        half = abs(low) / 10 or 0.5
        low, high = low - half, high + half
    room = MARGIN * (high - low)
    low, high = low - room, high + room
    return Axis(low, high, ticks(low, high), target, reference)


def _within_fences(values: Sequence[float], scale: float) -> list[float]:
    """Leave out what is far out; `scale`, the way from floor to target, is taken where most values are alike."""
    if len(values) < 4:
        return list(values)
    first, _, third = quantiles(values, n=4, method="inclusive")
    far = FENCE * max(third - first, scale)
    return [v for v in values if first - far <= v <= third + far] if far > 0 else list(values)


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return about five round values in [low, high] with as many digits as tell them apart."""
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(i * step, _label(i * step, decimals)) for i in range(first, last + 1)]


def _label(value: float, decimals: int) -> str:
    if decimals > 6 or abs(value) >= 1e7:
        return f"{value:.3g}"
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")
