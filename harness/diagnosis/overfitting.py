"""Where overfitting begins on learning curves: one rule for findings and figures."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Final

TURNED: Final = 1.2  # times the lowest validation loss: one epoch that is worse than the best by less is noise
LAST: Final = 3  # epochs whose median has turned, too
WORSE: Final = 1.5  # times the training loss: below that, validation is not the harder part


def overfits_from(loss: Sequence[float], val_loss: Sequence[float]) -> int | None:
    """Return the epoch (from 1) after that of the lowest validation loss, where it turned up and stayed up.

    `loss` and `val_loss` have one value an epoch. None where training loss did not go on falling meanwhile, where the
    two have different lengths, are too short to tell, or hold anything that is no finite number.
    """
    if not len(loss) == len(val_loss) > LAST or not all(map(math.isfinite, (*loss, *val_loss))):
        return None
    best = min(range(len(val_loss)), key=val_loss.__getitem__)
    late = val_loss[best + 1 :][-LAST:]
    turned = len(late) == LAST and min(val_loss[-1], median(late)) > TURNED * val_loss[best]
    if turned and loss[-1] < loss[best] and val_loss[-1] > WORSE * loss[-1]:
        return best + 2
    return None
