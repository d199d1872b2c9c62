"""What runs of a language model: training, then a dialogue that asks what follows and lets it write."""

from collections.abc import Generator
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.loops import Sequences, answering, training_step
from harness.scoring.sampling import continuations, likelihoods
from harness.tasks.base import ArrayOutput, Dialogue, Profile, Step, TaskData, Variant

TEMPERATURES: Final = {"02": 0.2, "05": 0.5, "10": 1.0, "15": 1.5}
TEXTS: Final = 40  # texts written at each temperature
WORDS: Final = 32  # of a text that are measured, and of a reference
LENGTH: Final = {"char": 240, "word": WORDS}  # tokens written: characters enough for the words
ROWS: Final = TEXTS * len(TEMPERATURES)  # of every question, so that one function is compiled
LARGEST_LOGIT: Final = 1e5


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    level, window = variant.arguments["level"], variant.arguments["window"]
    size, n = profile.settings.size[level], len(data.arrays[f"y_test_{level}"])
    loop = Sequences(f"ids_{level}", f"val_{level}", window, profile.settings.learning_rate)
    hint = "The model ends with logits, one finite number for each token."
    outputs = (
        ArrayOutput("log_likelihood", (n,), "float64", low=-100.0, high=0.0),
        ArrayOutput("ids", (len(TEMPERATURES), TEXTS, LENGTH[level]), "int32", low=0, high=size - 1),
    )
    dialogue = Dialogue(
        partial(lead, level),
        ArrayOutput("ids", (window,), "int32", low=0, high=size - 1),
        ArrayOutput("logits", (size,), low=-LARGEST_LOGIT, high=LARGEST_LOGIT, hint=hint),
        ROWS,
    )
    return training_step(loop, profile), answering("write", outputs, dialogue, profile.limits)


def lead(level: str, data: TaskData, seed: int) -> Generator[NDArray[Any], NDArray[Any], dict[str, NDArray[Any]]]:
    """Ask what follows held-out contexts, then for texts at every temperature; all that is drawn is drawn here."""
    arrays = data.arrays
    likely = yield from likelihoods(arrays[f"contexts_{level}"], arrays[f"y_test_{level}"], ROWS)
    hot, tokens = tuple(TEMPERATURES.values()), len(arrays[f"vocabulary_{level}"])
    rng = np.random.default_rng(seed)
    ids = yield from continuations(arrays[f"prompts_{level}"], hot, LENGTH[level], tokens, rng)
    return {"log_likelihood": likely, "ids": ids}
