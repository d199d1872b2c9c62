"""Pictures side by side: grey, true, and as each variant colours them; and vividness against error."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.figures import learning_curves
from harness.scoring.colour import luminance
from harness.task import Figure, Recorded

SHOWN: Final = 10  # pictures
RULES: Final = ("grey", "tint", "patches")  # answers without a network, which stand before those of networks
CURVES: Final = "Loss per epoch; of a game its parts, too: what both players lose, and the mean absolute error."
ROWS: Final = "Test pictures: grey as it is given, in their true colours, and as each answer colours them."


def evidence(answers: NDArray[Any], truth: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return some of the answers and the true pictures, uint8 (k, h, w, 3): as far apart in the test part as can be."""
    places = np.linspace(0, len(truth) - 1, min(SHOWN, len(truth))).astype(int)
    return {name: np.rint(255 * a[places]).astype(np.uint8) for name, a in (("answers", answers), ("truth", truth))}


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = learning_curves(runs, CURVES)
    names = sorted(runs, key=lambda name: RULES.index(name) if name in RULES else len(RULES))
    shown = {name: runs[name].evidence for name in names if name != RULES[0] and "answers" in runs[name].evidence}
    if not shown:
        return tuple(found)
    truth = next(iter(shown.values()))["truth"] / 255
    grey = np.repeat(luminance(truth)[..., None], 3, axis=-1)
    rows = {"grey": grey, "true": truth, **{name: of["answers"] / 255 for name, of in shown.items()}}
    return (*found, Figure("images", "Grey, true and coloured", ROWS, {"rows": rows}), against_error(runs))


def against_error(runs: Mapping[str, Recorded]) -> Figure:
    """Return every answer as a point of its error and its chroma."""
    names = [name for name, run in runs.items() if {"test_mae", "chroma_ratio"} <= run.measures.keys()]
    points = np.array([[runs[name].measures[m] for m in ("test_mae", "chroma_ratio")] for name in names])
    text = (
        "Every answer by its mean absolute error (across) and its chroma over the true one (up). The truth is at 0 and"
        " 1; further up is more vivid, further left is nearer to the truth."
    )
    data = {"points": points.reshape(-1, 2), "labels": np.arange(len(names)), "classes": names}
    return Figure("scatter", "Vividness against error", text, data)
