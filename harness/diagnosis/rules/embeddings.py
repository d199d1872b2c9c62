"""What became of word vectors, and whether a model of texts looks at the order of words and at padding."""

from typing import Final

from harness.diagnosis.read import is_at_chance, measure, quotes
from harness.records.models import Finding, Measurement

SAME: Final = 1e-5  # scores that differ by less do so by rounding
ANEW: Final = 0.5  # of a matrix's numbers: who begins with fewer has not loaded it
CHANGED: Final = 0.001  # of a score, by padding


def matrix_not_loaded(m: Measurement) -> Finding | None:
    """The embedding does not begin with the matrix that the builder is given."""
    loaded = measure(m, "matrix_loaded")
    if loaded is None or loaded >= ANEW:
        return None
    return Finding(
        variant=m.variant,
        title="The given vectors are not in the embedding",
        evidence=f"As the model was built, {loaded:.0%} of the matrix's numbers stood in its embedding.",
        next_step="Hand the matrix over when the layer is made: layers.Embedding(*embedding_matrix.shape,"
        " weights=[embedding_matrix]).",
        quotes=quotes(m, "matrix_loaded"),
    )


def matrix_not_frozen(m: Measurement) -> Finding | None:
    """Vectors that were to stay as they are have moved."""
    moved, loaded, learns = (measure(m, name) for name in ("matrix_moved", "matrix_loaded", "matrix_learnt"))
    if not moved or loaded is None or loaded < 1 or learns is not None:
        return None
    return Finding(
        variant=m.variant,
        title="The given vectors are not frozen",
        evidence=f"Training moved them by {moved:.1%} of their size.",
        next_step="Make the layer with trainable=trainable, before the model is compiled, and no second embedding"
        " beside it.",
        quotes=quotes(m, "matrix_moved"),
    )


def matrix_stands_still(m: Measurement) -> Finding | None:
    """Vectors that were to learn on did not."""
    learnt, loaded = measure(m, "matrix_learnt"), measure(m, "matrix_loaded")
    if learnt is None or learnt > 0 or loaded is None or loaded < ANEW:
        return None
    return Finding(
        variant=m.variant,
        title="The given vectors do not learn on",
        evidence="No row of the matrix is another one after training.",
        next_step="Freeze it only where trainable is False.",
        quotes=quotes(m, "matrix_learnt"),
    )


def order_thrown_away(m: Measurement) -> Finding | None:
    """A model that could read words in order gives two sentences of the same words the same score."""
    difference = measure(m, "probe_difference")
    if difference is None or abs(difference) > SAME or measure(m, "order_counts") is not None or is_at_chance(m):
        return None
    return Finding(
        variant=m.variant,
        title="The order of words is thrown away",
        evidence="Two sentences of the same words in another order, one of praise and one of blame, get the same"
        " score.",
        next_step="Let a recurrent layer read the vectors one after the other; a mean or a sum of them has forgotten"
        " which word `not` stood before.",
        quotes=quotes(m, "probe_difference"),
    )


def order_seen_by_average(m: Measurement) -> Finding | None:
    """What is called an average gives the same words in another order another score."""
    counts = measure(m, "order_counts")
    if counts is None or counts <= SAME:
        return None
    return Finding(
        variant=m.variant,
        title="What should be an average looks at the order of words",
        evidence=f"The same words in another order get a score that is {counts:.3f} away.",
        next_step="Take the mean of the vectors over all words of a text, and nothing that knows their places.",
        quotes=quotes(m, "order_counts"),
    )


def padding_counted(m: Measurement) -> Finding | None:
    """The mean is taken over padding, too, so that a short text has less of everything."""
    change = measure(m, "padding_counts")
    if change is None or change <= CHANGED or (measure(m, "order_counts") or 0.0) > SAME:
        return None
    return Finding(
        variant=m.variant,
        title="Padding counts as a word",
        evidence=f"A text said twice has the same mean, and its score changes by up to {change:.3f}.",
        next_step="Give the embedding mask_zero=True, so that GlobalAveragePooling1D and LSTM leave out id 0, or divide"
        " the sum of the vectors by the number of ids that are not 0.",
        quotes=quotes(m, "padding_counts"),
    )


RULES = (
    *(matrix_not_loaded, matrix_not_frozen, matrix_stands_still),
    *(order_thrown_away, order_seen_by_average, padding_counted),
)
