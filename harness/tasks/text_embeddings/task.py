"""Sentiment of texts: an average of word vectors, an LSTM, and an LSTM on vectors that were learnt elsewhere."""

from dataclasses import replace
from typing import Final

from harness.recipes.known import measured, naive, published, standing_in
from harness.recipes.sentiment import LINEAR, VOTES, Reading, Sentiment
from harness.recipes.words import GIVEN, MATRIX, TRAINED
from harness.task import Argument, Builder, FurtherData, Limits, NaiveAnswer, Profile, Sizes, Variant

IDS = Argument("vocabulary_size", "int", "how many ids there are: 0 is padding, 1 every word without an id of its own")
LENGTH = Argument("length", "int", "how many ids a text has; padding stands behind the words")
SIZE = Argument("embedding_size", "int", "numbers in a word's vector")
ROWS = Argument(MATRIX, "float32 array (vocabulary_size, size)", "a vector for each id; zeros where there is none")
LEARNS = Argument("trainable", "bool", "whether these vectors learn on, or stay what they are to the last bit")
RETURNS = (
    "a compiled keras.Model from int32 ids (batch, length) to the probability of praise (batch, 1), behind a sigmoid;"
    " labels are 0 and 1, so the loss is binary cross-entropy; track the metric accuracy. Padding is no word. The layer"
    ' with a vector for each id is named "embedding"'
)
BUILDERS = (
    Builder("build_average", "A classifier of the mean of a text's vectors.", (IDS, LENGTH), RETURNS, compiles=True),
    Builder("build_lstm", "A classifier that reads a text in order.", (IDS, LENGTH, SIZE), RETURNS, compiles=True),
    Builder(
        "build_glove",
        "The same, and its vectors begin as those that are given.",
        (IDS, LENGTH, ROWS, LEARNS),
        RETURNS,
        compiles=True,
    ),
)
VARIANTS = (
    Variant(
        "average",
        "the mean of word vectors, in which no order is left",
        "build_average",
        shows=("overfitting", "underfitting"),
    ),
    Variant("lstm", "an LSTM on vectors of its own", "build_lstm"),
    Variant("glove", "an LSTM on given vectors that learn on", "build_glove", {"trainable": True}),
    Variant("frozen", "an LSTM on given vectors that stay what they are", "build_glove", {"trainable": False}),
)
PROFILES = (
    Profile(
        "quick",
        "sentences",
        epochs=16,
        batch_size=32,
        limits=Limits(wall_s=120, cpu_s=60, memory_mb=3_000),
        sizes=Sizes(train=600, val=200, test=1_000),
        further={"vectors": FurtherData("sentence_vectors")},
        settings=Reading(length=12, ids=1_000, size=16),
    ),
    Profile(
        "full",
        "imdb",
        epochs=5,
        batch_size=64,
        limits=Limits(wall_s=14_400, cpu_s=14_400, memory_mb=16_000),
        further={"vectors": FurtherData("glove")},
        settings=Reading(length=200, ids=10_000, size=100),
    ),
)
TINY = replace(PROFILES[0], name="tiny", epochs=1, sizes=Sizes(train=64, val=20, test=40))
A, C = "course report A", "course report C"
PUBLISHED = (
    *published(A, "test_accuracy", average=0.8524, lstm=0.8511, glove=0.8682),
    *published(A, "probe_negative", average=0.368, lstm=0.224, glove=0.438),
    *published(A, "probe_positive", average=0.368, lstm=0.306, glove=0.484),
    *published(C, "test_accuracy", average=0.852, lstm=0.850, glove=0.856),
    *published(C, "probe_negative", average=0.345, lstm=0.184, glove=0.168),
    *published(C, "probe_positive", average=0.345, lstm=0.418, glove=0.703),
)
IN_ORDER: Final = ("lstm", *GIVEN)  # variants that can read the order of words
ACCURACIES: Final = ("val_accuracy", "test_accuracy")
COUNTED: Final = {"votes.val_accuracy": 0.828, "votes.test_accuracy": 0.827}
NAIVE = naive(
    "chance", ("quick", "full"), TRAINED, dict.fromkeys(ACCURACIES, 0.5), "one class of two, equally frequent"
)


class Embeddings(Sentiment):
    """Sentiment, beside what counts of words reach."""

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what counts of words reach; on reviews a regression on them is as good as LSTMs, and not among it."""
        regression, count = (
            tuple(measured(v.text, v.name, names, IN_ORDER, ACCURACIES))
            for v, names in ((LINEAR, ("quick",)), (VOTES, ("quick", "full")))
        )
        return (*regression, *standing_in(count, "full", COUNTED, "7,200 of 25,000 training reviews, two keys"))


TASK = Embeddings(
    "text_embeddings",
    "Word embeddings and sentiment",
    "Tell texts that praise from texts that blame: with the mean of word vectors, with an LSTM on vectors of its own,"
    " and with an LSTM on vectors that were learnt elsewhere, which learn on or are frozen. Two sentences of the"
    " same words show who reads them in order; the harness compares the frozen vectors number by number.",
    builders=BUILDERS,
    variants=VARIANTS,
    profiles=PROFILES,
    published=PUBLISHED,
    naive=tuple(NAIVE),
    tiny=TINY,
).task()
