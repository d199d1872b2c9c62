"""Training a next-token model: which windows it learns from, and that it learns. The loop runs in the sandbox."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from sandbox.students import LIMITS, RunStudent

from harness.recipes.loops import Sequences
from harness.recipes.steps import training_step
from harness.sandbox.job import Outcome
from harness.task import Profile, maps
from harness.training.sequences import windows

SIZE, WINDOW, EPOCHS = 6, 3, 3

STUDENT = """
import keras
from keras import layers

def build_model(vocabulary_size, window, level):
    tokens = keras.Input((window,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(vocabulary_size, 8)(tokens))
    return keras.Model(tokens, layers.Dense(vocabulary_size)(x))
"""
SOFTMAX = STUDENT.replace("layers.Dense(vocabulary_size)", 'layers.Dense(vocabulary_size, "softmax")')
CONSTANT = STUDENT.replace("(tokens))", "(0 * tokens))")


@pytest.mark.parametrize(
    ("ids", "x", "y"),
    [
        ([1, 2, 3, 4, 5], [[1, 2, 3], [2, 3, 4]], [4, 5]),
        ([1, 2, 3, 0, 5, 1], [[2, 3, 0], [3, 0, 5]], [5, 1]),
        ([1, 2, 3, 0], [], []),
    ],
)
def test_windows_go_before_known_tokens_only(ids: list[int], x: list[list[int]], y: list[int]) -> None:
    found, answers = windows(np.array(ids), 3)
    assert found.tolist() == x
    assert answers.tolist() == y
    assert (found.dtype, answers.dtype, found.shape[1]) == (np.int32, np.int32, 3)


def test_every_window_agrees_with_slices() -> None:
    ids = np.random.default_rng(0).integers(0, 9, 200)
    expected = [(ids[i : i + 5].tolist(), int(ids[i + 5])) for i in range(195) if ids[i + 5]]
    x, y = windows(ids, 5)
    assert list(zip(x.tolist(), y.tolist(), strict=True)) == expected


def call() -> dict[str, object]:
    arguments = {"vocabulary_size": SIZE, "window": WINDOW, "level": "char"}
    spec = asdict(maps((WINDOW,), (SIZE,), tokens=SIZE))
    return {"builder": "build_model", "arguments": arguments, "returns": [spec], "functions": []}


def train(run_student: RunStudent, tmp_path: Path, source: str, seed: int = 1) -> Outcome:
    """Train on a stream that counts 1, 2, 3, 4, 5, 1, ..."""
    inputs = {name: tmp_path / f"{name}.npy" for name in ("ids_char", "val_char")}
    for path, n in zip(inputs.values(), (1_500, 200), strict=True):
        np.save(path, np.arange(n, dtype=np.int32) % 5 + 1)
    profile = Profile("quick", "counts", EPOCHS, 32, LIMITS)
    step = training_step(Sequences("ids_char", "val_char", WINDOW, learning_rate=0.02), profile)
    step = replace(step, settings={**step.settings, "call": call()})
    outcome = run_student(source, step, inputs=inputs, seed=seed)
    assert outcome.fault is None, (outcome.fault, outcome.log)
    return outcome


def test_a_sequence_is_learnt_from_logits(run_student: RunStudent, tmp_path: Path) -> None:
    outcome = train(run_student, tmp_path, STUDENT)
    curve = outcome.arrays["curve"]
    assert np.isfinite(curve).all()
    assert curve[-1, 1] < 0.05 < curve[0, 0]
    assert outcome.arrays["facts"][0] == SIZE * 8 + (WINDOW * 8 + 1) * SIZE
    again = train(run_student, tmp_path, STUDENT)
    assert again.blobs["weights"].read() == outcome.blobs["weights"].read()


def test_who_does_not_look_learns_how_frequent_tokens_are(run_student: RunStudent, tmp_path: Path) -> None:
    curve = train(run_student, tmp_path, CONSTANT).arrays["curve"]
    assert curve[-1, 1] == pytest.approx(np.log(5), abs=0.05)


def test_a_softmax_is_taken_for_logits(run_student: RunStudent, tmp_path: Path) -> None:
    """Logits in [0, 1] cannot say more than e / (e + 5) of a token in six."""
    curve = train(run_student, tmp_path, SOFTMAX).arrays["curve"]
    assert curve[-1, 1] >= np.log((np.e + 5) / np.e)
