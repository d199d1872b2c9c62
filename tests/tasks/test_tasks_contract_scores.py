"""Every task scores whatever student code may hand back. New tasks inherit this."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tasks.promised import COURSE, NAMES, data_of, find, runs

from harness.task import (
    ArrayOutput,
    Variant,
    VariantRun,
)
from harness.workflow.context import load_profile

pytestmark = pytest.mark.parametrize("name", NAMES)
LARGEST = float(np.finfo(np.float32).max)


def filled(name: str, variant: Variant, how: str) -> dict[str, NDArray[Any]]:
    """Return outputs as the declarations allow them, at the edges of what they allow."""
    rng, arrays = np.random.default_rng(0), {}
    steps = find(name).steps(find(name).profile("tiny"), variant, data_of(name)) if not variant.given else ()
    for output in (o for s in steps for o in s.outputs if isinstance(o, ArrayOutput)):
        low = -LARGEST if output.low is None else output.low
        high = LARGEST if output.high is None else output.high
        values = {
            "zero": lambda o=output, low=low: np.full(o.shape, max(low, 0.0)),
            "low": lambda o=output, low=low: np.full(o.shape, low),
            "high": lambda o=output, high=high: np.full(o.shape, high),
            "mixed": lambda o=output, low=low, high=high: rng.choice([low, high], o.shape),
            "random": lambda o=output, low=low, high=high: rng.uniform(max(low, -9), min(high, 9), o.shape),
        }[how]()
        arrays[output.name] = values.astype(output.dtype)
    return arrays


EDGES = ("zero", "low", "high", "mixed", "random")


@pytest.mark.parametrize("how", EDGES)
def test_scoring_takes_whatever_student_code_may_hand_back(name: str, how: str) -> None:
    """A scorer that fails is a fault of the harness and costs no marks: nobody may be able to bring that about."""
    task = find(name)
    first = {frozenset(m.name for m in task.measures_of(v)): v for v in reversed(task.variants) if not v.given}
    for variant in first.values():
        run = VariantRun(task.profile("tiny"), variant, data_of(name), filled(name, variant, how))
        with np.errstate(all="ignore"):
            scored = task.score(run)
        assert {m.name for m in task.measures_of(variant)} == set(scored.measures)


def test_a_step_that_failed_leaves_out_measures_and_nothing_else(name: str) -> None:
    task = find(name)
    for variant in task.trained():
        scored = task.score(VariantRun(task.profile("tiny"), variant, data_of(name), {}))
        assert scored.measures == {}


def test_figures_need_nothing(name: str) -> None:
    assert find(name).figures({}) == ()


def test_the_contract_can_be_printed(name: str) -> None:
    task = find(name)
    for profile, variant in runs(task):
        json.dumps(asdict(task.call(profile, variant, data_of(name))))


def test_every_measure_is_produced_for_variants_of_the_harness(name: str) -> None:
    task = find(name)
    for variant in (v for v in task.variants if v.given):
        scored = task.score(VariantRun(task.profile("tiny"), variant, data_of(name), {}))
        assert set(scored.measures) == {m.name for m in task.measures_of(variant)}
        assert all(np.isfinite(s.value) for s in scored.measures.values())


def test_data_is_the_same_each_time(name: str) -> None:
    task = find(name)
    profile = task.profile("tiny")
    again = task.prepare(load_profile(profile, None, COURSE.data), profile)  # a task may make labels of its own
    assert again.dataset.sha256 == data_of(name).dataset.sha256
    for key, array in again.arrays.items():
        np.testing.assert_array_equal(array, data_of(name).arrays[key])
