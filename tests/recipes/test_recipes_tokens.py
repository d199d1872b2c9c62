"""A classifier of sequences of ids, with an embedding matrix given to the builder."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from recipes.running import PROFILE, dataset, run_variant
from sandbox.students import RunStudent

from harness.recipes.classifier import TokenClassifier, token_classifier_builder
from harness.scoring.linear import id_counts, regression_probabilities
from harness.task import Argument, TaskData, Variant, VariantRun

MATRIX = np.random.default_rng(1).normal(size=(12, 5)).astype(np.float32)
TASK = TokenClassifier(
    "two_moods",
    "Two moods",
    "Say of a text of six words which of two moods it is in; each word comes with a vector that the harness gives.",
    builders=(token_classifier_builder(Argument("matrix", "float32 array (vocabulary_size, 5)", "a vector a word")),),
    variants=(Variant("mean", "the mean of the vectors"),),
    profiles=(PROFILE,),
    tokens=12,
    arrays={"matrix": "embedding"},
).task()
SOURCE = """
import keras
from keras import layers

def build_model(length, vocabulary_size, num_classes, matrix):
    assert matrix.shape == (vocabulary_size, 5)
    model = keras.Sequential([
        keras.Input((length,), dtype="int32"),
        layers.Embedding(vocabulary_size, 5, embeddings_initializer=keras.initializers.Constant(matrix)),
        layers.GlobalAveragePooling1D(),
        layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""


def arrays() -> dict[str, NDArray[np.generic]]:
    """Return texts of the second class that hold one of the last three words."""
    rng, found = np.random.default_rng(0), {"embedding": MATRIX}
    for part, n in (("train", 200), ("val", 60), ("test", 80)):
        x = rng.integers(0, 9, (n, 6)).astype(np.int32)
        y = rng.integers(0, 2, n)
        x[y == 1, 0] = rng.integers(9, 12, int(y.sum()))
        found |= {f"x_{part}": x, f"y_{part}": y}
    return found


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(dataset(arrays(), ("calm", "loud")), PROFILE)


def test_the_builder_is_given_the_matrix_and_ids_are_below_their_number(data: TaskData) -> None:
    call = TASK.call(PROFILE, TASK.variant("mean"), data)
    assert call.arguments == {"length": 6, "vocabulary_size": 12, "num_classes": 2}
    assert call.inputs == ("embedding",)
    assert call.returns[0].inputs[0].tokens == 12


def test_the_answer_beside_it_counts_words(data: TaskData) -> None:
    counts = id_counts(data.arrays["x_train"], 12)
    assert np.array_equal(counts.toarray(), [np.bincount(x, minlength=12) for x in data.arrays["x_train"]])
    dense, sparse = (regression_probabilities(c, data.arrays["y_train"], [c])[0] for c in (counts.toarray(), counts))
    assert sparse == pytest.approx(dense, abs=1e-3)
    found = TASK.score(VariantRun(PROFILE, TASK.variant("linear"), data, {}))
    assert found.measures["test_accuracy"].value > 0.95, "ids themselves would tell less"


def test_students_read_of_texts_and_not_of_images() -> None:
    assert not any("image" in m.text for m in TASK.measures)
    assert any("texts" in m.text for m in TASK.measures)


def test_moods_are_learnt_from_given_vectors(run_student: RunStudent, data: TaskData, tmp_path: Path) -> None:
    found, made = run_variant(run_student, TASK, TASK.variant("mean"), data, SOURCE, tmp_path)
    assert found.measures["train_accuracy"].value > 0.6
    assert made["p_test"].shape == (80, 2)
    assert found.evidence["confusion"].sum() == 80
