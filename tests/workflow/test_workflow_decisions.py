"""A class decided on one seed where that is clear, and by the median of three where it is not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import toy
from workflow.classes import (
    WIDE,
    FakeSandbox,
    criterion,
    fault_of,
    graded,
    marks,
    options,
    task_of,
    units,
)
from workflow.deciding import FIRST, MORE, NEAR, PLAIN, SD, Reach, Shares, alone, runs

from harness.records.models import Fault, Status
from harness.report.files import read_results
from harness.sandbox.job import Job
from harness.sandbox.receiving import check_values
from harness.sandbox.wire import WireError
from harness.task import ArrayOutput
from harness.terminal.class_table import seeds_lines

pytestmark = pytest.mark.usefixtures("baseline")

BAND = 2 * SD


def test_a_clear_pass_takes_one_seed(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    reach({1: 0.51})
    result = alone(tmp_path)
    assert runs(sandbox) == FIRST
    plain = criterion(result, "ann", "plain")
    assert (plain.values, plain.interval, plain.wants_seeds) == ([pytest.approx(0.51)], None, False)
    assert plain.certainty == "Decided on one seed: 0.51 is 16 sd above the target 0.35."
    assert (result.extra_trainings, result.in_doubt(), result.seeds) == (0, 0, [1])
    assert seeds_lines(result) == []


@pytest.mark.parametrize(
    ("shares", "decided", "earned"),
    [
        ({1: NEAR, 2: 0.37, 3: 0.38}, 0.37, 50),
        ({1: NEAR, 2: 0.25, 3: 0.15}, 0.25, 25),
        ({1: 0.20, 2: 0.40, 3: 0.45}, 0.40, 50),
        ({1: 0.25, 2: 0.99, 3: 0.15}, 0.25, 25),
        ({1: 0.14, 2: 0.14, 3: 0.14}, 0.14, 0),
    ],
    ids=["near and confirmed", "near and lucky", "unlucky at first", "never the best", "failing"],
)
def test_near_the_target_and_short_of_it_the_median_of_three_decides(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach, shares: Shares, decided: float, earned: float
) -> None:
    reach(shares)
    result = alone(tmp_path)
    assert runs(sandbox) == FIRST + MORE, "and what is clear is not run again"
    plain = criterion(result, "ann", "plain")
    assert plain.values == pytest.approx(list(shares.values()))
    assert (plain.value, plain.earned) == (pytest.approx(decided), pytest.approx(earned))
    assert plain.interval is not None and plain.certainty.startswith("Median of three seeds: ")
    assert criterion(result, "ann", "beats-naive").certainty.startswith("Decided on one seed: ")
    assert (result.complete, result.extra_trainings, result.in_doubt()) == (True, 2, 0)
    assert seeds_lines(result) == [
        "Extra trainings: 2, as one seed left criteria in doubt; the median of three decides."
    ]


def test_a_comparison_in_doubt_runs_its_variant_again_beside_what_is_given(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach
) -> None:
    reach({1: 0.9, 2: 0.9, 3: 0.9}, wide={1: 0.3, 2: 0.6, 3: 0.7})
    result = alone(tmp_path)
    assert runs(sandbox) == [*FIRST, (WIDE, 2), (WIDE, 3)]
    beats = criterion(result, "ann", "beats-naive")
    assert len(beats.values) == 3
    assert beats.value == sorted(beats.values)[1]


def test_only_the_submission_in_doubt_costs_more(tmp_path: Path, sandbox: FakeSandbox) -> None:
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.UNTRAINABLE}), options(tmp_path))
    assert {(s, seed) for s, _, seed in sandbox.trained()} == {
        (toy.GOOD, 1),
        *((toy.UNTRAINABLE, seed) for seed in (1, 2, 3)),
    }
    assert result.extra_trainings == 4, "both of its variants fail"


def test_identical_submissions_share_their_extra_trainings(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    reach({1: NEAR, 2: 0.3, 3: 0.3})
    sources = {"ann": toy.GOOD, "bob": toy.GOOD}
    result = graded(toy.write_class(tmp_path / "class", sources), options(tmp_path))
    assert runs(sandbox) == FIRST + MORE
    assert result.extra_trainings == 2
    assert marks(result)["ann"] == marks(result)["bob"]


def fault(kind: str, **changes: Any) -> Fault:
    return Fault.model_validate({"owner": "student", "kind": kind, "step": "train", "message": "Gave up."} | changes)


@pytest.mark.parametrize(
    ("wrong", "width"),
    [
        (fault("contract", step="contract"), 0),
        (fault("exception"), PLAIN),
        (fault("crash"), PLAIN),
        (fault("limit", limit="cpu"), WIDE),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_fault_is_clear_on_one_seed(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach, wrong: Fault, width: int
) -> None:
    reach({1: 0.51})
    sandbox.fails = lambda job: wrong if units(job) == width and job.step.name == wrong.step else None
    result = alone(tmp_path)
    assert {seed for _, seed in runs(sandbox)} <= {1}
    assert task_of(result, "ann").status is Status.STUDENT_ERROR
    assert fault_of(result, "ann").kind == wrong.kind
    assert (result.complete, result.extra_trainings) == (True, 0)


def diverging(sandbox: FakeSandbox, seeds: set[int], widths: set[int]) -> None:
    """Let trainings under these seeds end in NaN, which their predictions then are, in the sandbox's own words."""

    def fails(job: Job) -> Fault | None:
        if job.step.name != "predict" or job.seed not in seeds or units(job) not in widths:
            return None
        output = next(o for o in job.step.outputs if isinstance(o, ArrayOutput))
        with pytest.raises(WireError) as raised:
            check_values(output, np.full(output.shape, np.nan))
        return fault("output", step="predict", message=str(raised.value))

    sandbox.fails = fails


@pytest.mark.parametrize(("seeds", "value", "earned"), [({1}, 0.45, 50), ({2}, NEAR, 50), ({1, 3}, None, 0)])
def test_a_seed_that_ends_in_nan_is_the_worst_of_three(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach, seeds: set[int], value: float | None, earned: float
) -> None:
    reach({1: NEAR, 2: 0.45, 3: 0.55})
    diverging(sandbox, seeds, {PLAIN})
    result = alone(tmp_path)
    assert runs(sandbox) == FIRST + MORE
    plain = criterion(result, "ann", "plain")
    assert (plain.value and round(plain.value, 6), plain.earned) == (value, earned)
    assert sum(map(np.isnan, plain.values)) == len(seeds)
    assert plain.interval is None
    assert f"{len(seeds)} ended without a value" in plain.certainty
    back = read_results(tmp_path / "out" / "results.json")
    assert marks(back) == marks(result), "NaN among the values reads back"


def test_what_diverges_in_most_variants_is_not_the_seed_s_doing(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach
) -> None:
    reach({1: NEAR})
    diverging(sandbox, {1}, {PLAIN, WIDE})
    result = alone(tmp_path)
    assert runs(sandbox) == FIRST
    assert task_of(result, "ann").earned == 0


@pytest.mark.parametrize("way", ["option", "rubric"])
@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_course_can_ask_for_a_number(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach, way: str, number: int
) -> None:
    reach(dict.fromkeys(range(1, 6), 0.3))
    rubrics = toy.write_rubrics(tmp_path / "fixed", f"seeds: {number}\n{toy.RUBRIC}")
    seeds = range(1, number + 1)
    result = alone(tmp_path, **({"seeds": [*seeds]} if way == "option" else {"rubrics": rubrics}))
    assert sorted(runs(sandbox)) == [(width, seed) for width in (PLAIN, WIDE) for seed in seeds]
    assert (result.seeds, result.extra_trainings, result.in_doubt()) == ([*seeds], 0, 0)
