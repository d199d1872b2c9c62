"""Series divided in time, variants that forecast them, and answers that need no network."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from harness.scoring.classical import earlier, ridge, seasonal
from harness.scoring.series import scaled, unscaled
from harness.task import Arrays, Variant


@dataclass(frozen=True)
class Divided:
    """Series (s, n) in the unit that they have, and what follows on them (s, m)."""

    training: NDArray[Any]
    coming: NDArray[Any]

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> Self:
        """Return the series whose parts are `NAME_train` and `NAME_test`; one (n,) is a row."""
        return cls(np.atleast_2d(arrays[f"{name}_train"]), np.atleast_2d(arrays[f"{name}_test"]))

    @property
    def whole(self) -> NDArray[Any]:
        return np.concatenate([self.training, self.coming], axis=1)

    def scaled(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return values (s, k) with the lowest of each series' training part at 0 and its highest at 1."""
        return scaled(values, self.training)

    def unscaled(self, values: NDArray[Any]) -> NDArray[np.float64]:
        return unscaled(values, self.training)


@dataclass(frozen=True)
class Lookback(Variant):
    """How many values a variant looks at."""

    _: KW_ONLY
    back: int


@dataclass(frozen=True)
class Classical(Lookback):
    """An answer from `back` values that no student trains; all but `again` are for numbers above 0.

    again     the first of these values again
    season    the change from the first of them to the second, from the last one on
    ridge     ridge regression on log ratios
    """

    _: KW_ONLY
    given: bool = True
    method: Literal["again", "season", "ridge"]

    def forecasts(self, series: Divided) -> NDArray[Any]:
        """Return forecasts of what comes, (s, m), each from the true values before it."""
        n = series.coming.shape[1]
        if self.method == "ridge":
            return ridge(series.training, series.coming, self.back)
        return (
            earlier(series.whole, self.back, n) if self.method == "again" else seasonal(series.whole, self.back - 1, n)
        )
