"""Errors by true time on a dial, and the worst clocks with both times drawn."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.clocks import showing
from harness.data.makes import Make
from harness.recipes.figures import learning_curves, lines
from harness.scoring.clock import DIAL, HOURS, by_hour, minutes_apart
from harness.task import Figure, Recorded

WORST: Final = 6
SIDE: Final = 64  # pixels of an image on the card, at most
SHOWN: Final = 500  # clocks on the dial
INNER: Final = 60.0  # minutes of error from the middle of the picture to where no error is
KINDS: Final = ("within 10 min", "further off")
BOTH: Final = "Worst clocks"


def evidence(
    images: NDArray[Any], said: NDArray[np.float64], truth: NDArray[Any], make: Make
) -> dict[str, NDArray[Any]]:
    """Return the errors by time and by hour, and the worst clocks as images uint8 with their times.

    Beside them are plain clocks of their make that show the true times and those that are said.
    """
    apart = minutes_apart(said, truth)
    worst = np.argsort(-apart, kind="stable")[:WORST]
    every = -(-images.shape[1] // SIDE)  # of large images every second or third pixel is shown
    shown = images[worst, ::every, ::every, 0]
    return {
        "errors": np.stack([truth[:SHOWN], apart[:SHOWN]], axis=1).astype(np.float32),
        "by_hour": by_hour(said, truth),
        "worst": np.rint(255 * shown).astype(np.uint8),
        "worst_times": np.stack([truth[worst], said[worst]], axis=1).astype(np.float32),
        "worst_true": showing(truth[worst], shown.shape[1], make),
        "worst_said": showing(said[worst], shown.shape[1], make),
    }


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = learning_curves(runs, "Loss per epoch on training and validation clocks, for every variant.")
    shown = {name: r for name, r in runs.items() if "errors" in r.evidence}
    if not shown:
        return tuple(found)
    best = min(shown.values(), key=lambda r: r.measures.get("val_error", np.inf))
    panel = {name: (list(range(HOURS)), r.evidence["by_hour"].tolist()) for name, r in shown.items()}
    text = "Mean error in minutes of the test clocks of each hour. A peak at 0 and 11 takes the dial for a line."
    found.append(lines("Error by hour", text, {"test clocks": panel}, "true hour", "mean error (minutes)"))
    return (*found, on_a_dial(best), worst_clocks(best))


def on_a_dial(run: Recorded) -> Figure:
    """Return test clocks as points on a dial: their angle is the true time, and errors drive them out."""
    times, apart = run.evidence["errors"].astype(np.float64).T
    angle, out = 2 * np.pi * times / DIAL, 1 + apart / INNER
    points = np.stack([out * np.sin(angle), out * np.cos(angle)], axis=1)
    text = (
        f"Test clocks of {run.variant}, which is best in validation, by true time on a dial, twelve up. Those without"
        f" an error lie on a circle; {INNER:.0f} minutes of error drive a point out by the radius of it."
    )
    data = {"points": points, "labels": (apart > 10).astype(np.int64), "classes": list(KINDS)}
    return Figure("scatter", "Error by true time", text, data)


def worst_clocks(run: Recorded) -> Figure:
    """Return the worst clocks as they are, and beside each one dials that show its true time and the one that is said.

    These are plain clocks of the same make, so that they can be compared with the image.
    """
    shown = np.stack([run.evidence[name] for name in ("worst", "worst_true", "worst_said")], axis=1)
    labels = [f"{clock(true)} read as {clock(said)}" for true, said in run.evidence["worst_times"].tolist()]
    rows = dict(zip(labels, shown.astype(np.float32) / np.float32(255), strict=True))
    text = (
        f"The test clocks that {run.variant} reads worst; beside each the true time and the time that it says, as plain"
        " clocks of the same make show them."
    )
    return Figure("images", BOTH, text, {"rows": rows})


def clock(minutes: float) -> str:
    """Return a time as people write it."""
    hour, minute = divmod(round(minutes) % DIAL, DIAL // HOURS)
    return f"{hour or HOURS}:{minute:02d}"
