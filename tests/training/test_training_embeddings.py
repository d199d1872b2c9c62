"""An embedding is found by its name and compared by its numbers, whatever the layer says of itself."""

import json
import types
from typing import Any

import numpy as np
import pytest

from harness.scoring.words import similarities
from harness.training.embeddings import look, where
from harness.training.errors import ContractError

NOBODY = types.ModuleType("nobody")
GIVEN = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
MOVED = GIVEN * np.float32(1.5)


def looked(before: dict[str, Any], after: dict[str, Any], matrix: str = "m") -> dict[str, Any]:
    told = [[name, list(a.shape), str(a.dtype), True] for name, a in before.items()]
    inputs = {
        "weights_model": json.dumps({"model": None, "weights": told}).encode(),
        "weights_built": b"".join(a.tobytes() for a in before.values()),
        "weights": b"".join(a.tobytes() for a in after.values()),
        "m": GIVEN,
    }
    return look(NOBODY, inputs, {"ids": 6, "asked": [2, 4], "matrix": matrix}, 1)


def numbers(found: dict[str, Any]) -> tuple[float, ...]:
    return tuple(float(found[name][0]) for name in ("matrix_loaded", "matrix_learnt", "matrix_moved"))


KERNEL = {"dense/kernel": np.ones((3, 1), np.float32)}
ANEW = np.random.default_rng(2).normal(size=(6, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (GIVEN, GIVEN, (1, 0, 0)),
        (GIVEN, MOVED, (1, 1, 0.5)),
        (GIVEN, np.concatenate([GIVEN[:3], MOVED[3:]]), None),
        (ANEW, ANEW, None),
        (np.ones((6, 2), np.float32), np.ones((6, 2), np.float32), (0, 0, 1)),
    ],
)
def test_what_became_of_a_matrix(before: Any, after: Any, expected: Any) -> None:
    found = numbers(looked({"embedding/embeddings": before, **KERNEL}, {"embedding/embeddings": after, **KERNEL}))
    if expected is None:
        far = np.linalg.norm(after.astype(np.float64) - GIVEN) / np.linalg.norm(GIVEN)
        expected = (np.mean(before == GIVEN), np.mean((before != after).any(1)), far)
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_second_embedding_that_learns_in_place_of_the_frozen_one_is_no_way_out() -> None:
    before = {"embedding/embeddings": GIVEN, "secret/embeddings": ANEW}
    assert numbers(looked(before, {**before, "secret/embeddings": MOVED}))[2] >= 1
    assert numbers(looked(before, before))[2] == 0, "one that stands still changes nothing"


def test_cosines_are_those_after_training() -> None:
    rest = GIVEN.copy()
    rest[5] = 0
    found = looked({"embedding/embeddings": ANEW}, {"embedding/embeddings": rest}, matrix="")
    assert set(found) == {"similarities"}
    assert found["similarities"] == pytest.approx(similarities(rest, [2, 4]), abs=1e-6)
    huge = np.full((6, 3), np.finfo(np.float32).max)
    assert np.isfinite(looked({"embedding/embeddings": ANEW}, {"embedding/embeddings": huge})["similarities"]).all()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([("dense/kernel", (6, 3))], "none of that name"),
        ([("embedding/embeddings", (5, 3))], r"one with weights of shape \(5, 3\)"),
        ([("embedding_1/embeddings", (6, 3))], "none of that name"),
        ([("embedding/a", (6, 3)), ("embedding/b", (6, 3))], r"one with weights of shape \(6, 3\), \(6, 3\)"),
    ],
)
def test_an_embedding_that_is_not_there_is_told_by_what_to_write(told: Any, said: str) -> None:
    with pytest.raises(ContractError, match=f"a row for each of the 6 ids, received {said}.*name='embedding'"):
        where(told, 6)
