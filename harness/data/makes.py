"""Makes of clocks: where twelve is on a dial, and which way hands go round.

The key of a class draws the make of all its clocks. Images alone do not say which it is, so that no rule that is
written beforehand reads the time; a network learns it from labels, whatever the make, since turning or mirroring every
image leaves it as hard a question as before.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.key import Key

MINUTES: Final = 720  # a dial has twelve hours
HOURS: Final = 12  # marks


@dataclass(frozen=True)
class Make:
    """What hands say: twelve is at the mark 0..11, clockwise from the long one, and hands may go round backwards."""

    twelve: int = 0
    backwards: bool = False

    def hands(self, minutes: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where the hour hand and the minute hand point at `minutes` since twelve, of any shape.

        Both are in radians, clockwise from the long mark.
        """
        once = -2 * np.pi if self.backwards else 2 * np.pi
        begin = 2 * np.pi * self.twelve / HOURS
        since = minutes.astype(np.float64)
        return begin + once / MINUTES * since, begin + once / 60 * (since % 60)


USUAL: Final = Make()
AWAY: Final = 2  # hours at least from where twelve usually is to where it is where hands go the usual way
MAKES: Final = (
    *(Make(mark) for mark in range(AWAY, HOURS - AWAY + 1)),
    *(Make(mark, backwards=True) for mark in range(HOURS)),
)


def make_of(key: Key) -> Make:
    """Return the make of all clocks under a key, one of `MAKES`; whoever takes it for the usual one is far off."""
    return MAKES[key.number("make of clocks") % len(MAKES)]
