"""What is asked beside accuracy: two probe sentences, a text said twice, nearest words, and the given matrix."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.labelled_texts import split
from harness.data.word_ids import OWN, PADDING, WordIds
from harness.scoring.score import Score
from harness.scoring.words import largest_change, nearest, neighbours_shared, similarities
from harness.task import ArrayOutput, Kept, Measure, Profile, Step, TaskData, Variant, VariantRun

PROBES: Final = ("the movie is boring and not good", "the movie is good and not boring")  # blame, then praise
ASKED: Final = ("book", "action")
NEAREST: Final = 5
MATRIX: Final = "embedding_matrix"
VOCABULARY: Final = "vocabulary"
AVERAGE: Final = ("average",)
GIVEN: Final = ("glove", "frozen")  # variants whose builder is given a matrix
TRAINED: Final = (*AVERAGE, "lstm", *GIVEN)
MEASURES: Final = (
    Measure("probe_negative", f"score of {PROBES[0]!r}", "lower", variants=TRAINED),
    Measure("probe_positive", f"score of {PROBES[1]!r}", "higher", variants=TRAINED),
    Measure("probe_difference", "score of the probe that praises minus that of the other", "higher", variants=TRAINED),
    Measure("order_counts", "distance of the scores of the same words in another order", "lower", variants=AVERAGE),
    Measure(
        "padding_counts",
        "largest change of a score when a text is said twice, with less padding behind",
        "lower",
        variants=AVERAGE,
    ),
    Measure(
        "neighbours",
        "share of the five nearest words of 'book' and of 'action' that are so in the given vectors, too",
        "higher",
        variants=TRAINED,
    ),
    Measure(
        "matrix_loaded",
        "share of the given matrix that the embedding begins with, to the bit",
        "higher",
        variants=GIVEN,
    ),
    Measure("matrix_learnt", "share of the rows of the matrix that training changed", "higher", variants=("glove",)),
    Measure(
        "matrix_moved",
        "how far the embedding is from the given matrix after training, over its size: 0 where it stood still",
        "lower",
        variants=GIVEN,
    ),
)
OF_MATRIX: Final = ("matrix_loaded", "matrix_learnt", "matrix_moved")


def asked_about(known: WordIds, val: NDArray[np.int32]) -> dict[str, NDArray[np.int32]]:
    """Return what models are asked about beside the parts: `x_probe`, and validation texts `x_once` and `x_twice`."""
    length = val.shape[1]
    once = [row[row != PADDING][: length // 2] for row in val]
    twice = [np.concatenate([text, text]) for text in once]
    return {
        "x_probe": known.rows([split(probe) for probe in PROBES], length),
        **{name: behind(texts, length) for name, texts in (("x_once", once), ("x_twice", twice))},
    }


def behind(texts: list[NDArray[np.int32]], length: int) -> NDArray[np.int32]:
    """Return texts with padding behind them, (n, length)."""
    return np.stack([np.pad(text, (0, length - len(text)), constant_values=PADDING) for text in texts])


def parts_of(variant: Variant) -> tuple[str, ...]:
    """Return what a variant is asked about, as the arrays `x_PART`."""
    return "train", "val", "test", "probe", *(("once", "twice") if variant.name in AVERAGE else ())


def known_words(data: TaskData) -> WordIds:
    return WordIds(tuple(data.arrays[VOCABULARY].tolist()))


def looking(profile: Profile, variant: Variant, data: TaskData) -> Step:
    """Return the step that looks at the embedding where nothing of the submission is at hand."""
    kept, known = Kept.of("weights"), known_words(data)
    matrix = MATRIX if variant.name in GIVEN else ""
    more = tuple(ArrayOutput(name, (1,), "float64", low=0) for name in OF_MATRIX) if matrix else ()
    return Step(
        name="look",
        run="harness.training.embeddings:look",
        inputs=(kept.weights, kept.built, kept.configuration, *((matrix,) if matrix else ())),
        outputs=(ArrayOutput("similarities", (len(ASKED), known.size), low=-1, high=1), *more),
        limits=profile.asking,
        settings={"ids": known.size, "asked": [known.id(word) for word in ASKED], "matrix": matrix},
        beside=False,
    )


def near(cosines: NDArray[Any], known: WordIds) -> NDArray[np.int64]:
    return nearest(cosines, [known.id(word) for word in ASKED], NEAREST, first=OWN)


def near_in_given(data: TaskData) -> NDArray[np.int64]:
    """Return the nearest words of each word asked about, in the vectors that are given."""
    known = known_words(data)
    return near(similarities(data.arrays[MATRIX], [known.id(word) for word in ASKED]), known)


def measured(run: VariantRun) -> dict[str, Score]:
    """Return the measures of this module that the outputs of a variant allow."""
    said, known = run.outputs, known_words(run.data)
    found: dict[str, Score] = {}
    if len(said.get("p_probe", ())):
        negative, positive = (float(p) for p in said["p_probe"][:, 0])
        scores = {"probe_negative": negative, "probe_positive": positive, "probe_difference": positive - negative}
        found |= {name: Score(value, f"{name}|v:1") for name, value in scores.items()}
        found["order_counts"] = largest_change(said["p_probe"][:1, 0], said["p_probe"][1:, 0], "order of words")
    if len(said.get("p_once", ())):
        found["padding_counts"] = largest_change(said["p_once"][:, 0], said["p_twice"][:, 0], "text said twice")
    if "similarities" in said:
        found["neighbours"] = neighbours_shared(near(said["similarities"], known), near_in_given(run.data))
    found |= {name: Score(float(said[name][0]), f"{name}|by:numbers|v:1") for name in OF_MATRIX if name in said}
    mine = {m.name for m in MEASURES if run.variant.name in m.variants}
    return {name: score for name, score in found.items() if name in mine}
