"""How fast a training goes: told in the log while it runs, or measured over its first steps and then broken off."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Clock = Callable[[], float]

TOLD_S = 5.0  # CPU seconds between two lines in the log
WARM = 2  # steps that compile and fill caches, left out of the mean
ENOUGH_S = 1.0  # CPU seconds of later steps that are enough for a mean
FORWARD = 1 / 3  # of the work of a training step for as many examples: a pass forward without one back


class Timed(BaseException):  # no error, but how a timed training ends
    """Enough steps were timed; `measured` is what `Pace.measured` returns."""

    def __init__(self, measured: NDArray[np.float64]) -> None:
        super().__init__("Enough steps were timed.")
        self.measured = measured


@dataclass
class Pace:
    """Counts the steps of a training against CPU seconds; `steps` is how many it will take, in the work of one."""

    steps: float
    clock: Clock = time.process_time
    began: float = field(init=False)
    taken: int = field(init=False, default=0)
    warm: float = field(init=False, default=0.0)
    told: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.told = self.clock()

    def step(self, *, timed: bool) -> None:
        """Count a step, to time a few or to tell how far training is."""
        self.taken += 1
        self.time() if timed else self.tell()

    def tell(self) -> None:
        """Print now and then how far training is: `harness.sandbox.progress` reads that."""
        if (now := self.clock()) - self.told >= TOLD_S:
            self.told = now
            print(f"harness: {self.taken} of {self.steps:.0f} steps in {now - self.began:.1f} s of CPU", flush=True)

    def time(self) -> None:
        """Raise Timed after enough steps, which may be one where a step takes long."""
        if self.taken == WARM:
            self.warm = self.clock() - self.began
        elif self.taken > WARM and self.clock() - self.began - self.warm >= ENOUGH_S:
            raise Timed(self.measured())

    def measured(self) -> NDArray[np.float64]:
        """Return CPU seconds of the first WARM steps, of each later one, and how many of these training takes.

        Seconds are 0 where there were not so many steps.
        """
        more = self.taken - WARM
        each = (self.clock() - self.began - self.warm) / more if more > 0 else 0.0
        return np.array([self.warm, each, max(0.0, self.steps - WARM)])


def steps_of(examples: int, validation: int, batch_size: int, epochs: int) -> float:
    """Return how many training steps a training is worth, looks at validation examples included."""
    return epochs * (-(-examples // batch_size) + FORWARD * validation / batch_size)


def following(pace: Pace, *, timed: bool) -> Any:
    """Return the Keras callback that counts steps with `pace`."""
    import keras

    class Following(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            pace.step(timed=timed)

    return Following()
