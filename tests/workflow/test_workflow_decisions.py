"""A class decided on one seed where that is clear, and by the median of three where it is not."""

import random
from collections.abc import Callable, Mapping
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
    files_below,
    graded,
    marks,
    options,
    source,
    student,
    task_of,
    units,
)

from harness.errors import SandboxError
from harness.grading.baselines import Baseline
from harness.grading.results import ClassResult
from harness.records.models import Fault, Measurement, Provenance, Status
from harness.records.store import Records
from harness.report.files import read_results
from harness.sandbox.job import Job
from harness.sandbox.wire import WireError, check_values
from harness.task import ArrayOutput
from harness.terminal.class_table import seeds_lines
from harness.workflow.grade import Regrading, regrade

PLAIN = 8
SD = 0.01  # of the accuracy of either variant over the seeds of the reference
BAND = 2 * SD
NEAR = 0.36  # half way into the band above the target 0.35
Shares = Mapping[int, float]  # seed to the share of right answers
Reach = Callable[..., None]


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Reach:
    """Return what sets the accuracy of the plain variant by source and seed; the wide one has 90 % throughout."""

    def set_to(shares: Mapping[str, Shares] | Shares, wide: Shares | None = None) -> None:
        def share(job: Job) -> float:
            if units(job) == WIDE:
                return (wide or {}).get(job.seed, 0.9)
            mine: Any = shares.get(source(job), shares)  # type: ignore[call-overload]
            return float(mine[job.seed])

        monkeypatch.setattr("workflow.classes.share_right", share)

    return set_to


@pytest.fixture(autouse=True)
def baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reference of the toy task have been measured: both variants differ by SD from seed to seed."""
    monkeypatch.setattr("harness.workflow.standards.load_baseline", lambda *_: measured_reference())


def measured_reference() -> Baseline:
    spread = [v * SD for v in (-1, -1, 0, 1, 1)]  # sd 1
    measures = {
        f"{variant}.test_accuracy": {"values": values, "better": "higher", "signature": "accuracy"}
        for variant, values in (
            ("plain", [0.6 + v for v in spread]),
            ("wide", [0.9 + v for v in spread]),
            ("naive", [0.1 for _ in spread]),
        )
    }
    origin = Provenance.model_construct(device="cpu")
    return Baseline.model_construct(
        **Baseline.model_validate(
            {
                "task": "toy",
                "version": 1,
                "profile": "quick",
                "device": "cpu",
                "created": "now",
                "seeds": [1, 2, 3, 4, 5],
                "measures": measures,
                "usage": {},
                "parameters": {},
                "provenance": origin,
            }
        ).__dict__
    )


def alone(folder: Path, **changes: Any) -> ClassResult:
    """Grade a class of one student, `ann`, whose code is GOOD."""
    place = folder / "class"
    return graded(place if place.exists() else toy.write_class(place, {"ann": toy.GOOD}), options(folder, **changes))


def runs(sandbox: FakeSandbox) -> list[tuple[int, int]]:
    """Return (units, seed) of every training, in order."""
    return [(width, seed) for _, width, seed in sandbox.trained()]


FIRST = [(PLAIN, 1), (WIDE, 1)]
MORE = [(PLAIN, 2), (PLAIN, 3)]


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


def test_an_option_is_stronger_than_the_rubric(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    reach(dict.fromkeys(range(1, 6), 0.3))
    alone(tmp_path, seeds=[2, 4], rubrics=toy.write_rubrics(tmp_path / "fixed", f"seeds: 5\n{toy.RUBRIC}"))
    assert {seed for _, seed in runs(sandbox)} == {2, 4}


def test_a_second_run_trains_nothing_and_changes_no_card(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    reach({1: NEAR, 2: 0.3, 3: 0.2})
    first = alone(tmp_path)
    cards = {n: b for n, b in files_below(tmp_path / "out").items() if n.startswith("cards")}
    sandbox.jobs.clear()
    second = alone(tmp_path)
    assert sandbox.jobs == []
    assert (marks(second), second.extra_trainings) == (marks(first), 2)
    assert {n: b for n, b in files_below(tmp_path / "out").items() if n.startswith("cards")} == cards


@pytest.mark.parametrize("after", range(1, 5))
def test_a_run_that_ends_anywhere_goes_on_and_gives_the_same_marks(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach, after: int
) -> None:
    """`SystemExit` writes no page, as if the process were gone."""
    reach({1: NEAR, 2: 0.3, 3: 0.2})
    whole = marks(alone(tmp_path / "whole"))
    sandbox.jobs.clear()
    sandbox.fails = lambda job: SystemExit() if len(sandbox.trained()) > after - 1 else None
    with pytest.raises(SystemExit):
        alone(tmp_path)
    sandbox.jobs.clear()
    sandbox.fails = lambda job: None
    result = alone(tmp_path)
    assert runs(sandbox) == (FIRST + MORE)[after - 1 :], "what was measured is kept"
    assert marks(result) == whole
    assert result.complete


def test_a_class_that_died_among_its_extra_trainings_is_known_to_be_incomplete(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach({1: NEAR, 2: 0.3, 3: 0.2})
    sandbox.fails = lambda job: SystemExit() if job.seed == 3 else None
    put, kept = Records.put_document, list[str]()

    def put_two(records: Records, name: str, body: str, **more: str) -> None:
        kept.append(name.partition("/")[0])
        if len(kept) <= 2:  # at the start, and when more seeds are asked for; a process that is killed writes no third
            put(records, name, body, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Records, "put_document", put_two)
        with pytest.raises(SystemExit):
            alone(tmp_path)
    assert kept == ["plan", "decided", "plan"]
    result = regrade(tmp_path / "out", Regrading(tmp_path / "rubrics", tasks=toy.REGISTRY))
    assert not result.complete
    assert len(criterion(result, "ann", "plain").values) == 2


def test_a_fault_of_the_harness_asks_for_nothing_and_is_decided_when_mended(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach
) -> None:
    reach({1: NEAR, 2: 0.3, 3: 0.2})
    sandbox.fails = lambda job: SandboxError("No process.") if units(job) == PLAIN else None
    broken = alone(tmp_path)
    assert {seed for _, seed in runs(sandbox)} == {1}
    assert criterion(broken, "ann", "plain").status is Status.HARNESS_ERROR
    assert criterion(broken, "ann", "plain").certainty == ""
    sandbox.fails = lambda job: None
    sandbox.jobs.clear()
    assert criterion(alone(tmp_path), "ann", "plain").value == pytest.approx(0.3)
    assert runs(sandbox) == [(PLAIN, 1), *MORE]


def test_a_fault_of_the_harness_under_an_extra_seed_leaves_it_open(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach
) -> None:
    reach({1: NEAR, 2: 0.3, 3: 0.2})
    sandbox.fails = lambda job: SandboxError("No process.") if job.seed == 3 else None
    plain = criterion(alone(tmp_path), "ann", "plain")
    assert (plain.status, plain.earned) == (Status.HARNESS_ERROR, None)
    sandbox.fails = lambda job: None
    assert criterion(alone(tmp_path), "ann", "plain").value == pytest.approx(0.3)


def again(folder: Path, target: float) -> ClassResult:
    changed = toy.RUBRIC.replace("target: 0.35, floor: 0.15", f"target: {target}, floor: 0.15")
    rubrics = toy.write_rubrics(folder / "changed", changed)
    return regrade(folder / "out", Regrading(rubrics, tasks=toy.REGISTRY))


def test_a_shifted_target_says_that_more_seeds_are_wanted(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    reach({1: 0.51, 2: 0.45, 3: 0.44})
    alone(tmp_path)
    for target, earned, why in ((0.50, 50, "0.51 is only 1.0 sd above"), (0.55, 45, "0.51 misses")):
        result = again(tmp_path, target)
        plain = criterion(result, "ann", "plain")
        assert (plain.earned, plain.wants_seeds, result.in_doubt()) == (pytest.approx(earned), True, 1)
        assert why in plain.certainty and plain.certainty.endswith("two more seeds are wanted.")
        (line,) = seeds_lines(result)
        assert line.startswith("1 criterion wants more seeds than there are")
        assert "two more seeds are wanted" in (tmp_path / "out" / "cards" / "ann.html").read_text()
        assert "1 criterion is in doubt: more seeds would decide." in (tmp_path / "out" / "index.html").read_text()
    assert runs(sandbox) == FIRST, "marking again trains nothing"
    result = alone(tmp_path, rubrics=tmp_path / "changed")
    assert runs(sandbox) == FIRST + MORE, "grading with the new rubric does"
    assert (criterion(result, "ann", "plain").value, result.in_doubt()) == (pytest.approx(0.45), 0)


def test_marking_again_uses_the_seeds_there_are(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    reach({1: NEAR, 2: 0.3, 3: 0.2})
    first = alone(tmp_path)
    pages = files_below(tmp_path / "out")
    result = again(tmp_path, 0.2)
    assert criterion(result, "ann", "plain").value == pytest.approx(0.3)
    assert (result.in_doubt(), result.extra_trainings) == (0, 2)
    assert marks(again(tmp_path, 0.35)) == marks(first)
    assert files_below(tmp_path / "out") == pages


def test_seeds_of_an_earlier_run_do_not_change_marks(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    """Otherwise a class's marks would hang on what its folder had been used for."""
    reach({1: 0.51, 2: 0.2, 3: 0.2})
    alone(tmp_path, seeds=[1, 2, 3])
    sandbox.jobs.clear()
    assert criterion(alone(tmp_path), "ann", "plain").values == pytest.approx([0.51])
    assert sandbox.jobs == []


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_marks_do_not_hang_on_the_order_in_which_trainings_end(
    tmp_path: Path, sandbox: FakeSandbox, reach: Reach, jobs: int
) -> None:
    sources = {f"s{i}": toy.GOOD.replace("0.02", f"0.0{i}") for i in range(1, 7)}
    draw = random.Random(1)
    reach({s: {seed: 0.30 + draw.randrange(25) / 100 for seed in (1, 2, 3)} for s in sources.values()})
    submissions = toy.write_class(tmp_path / "class", sources)
    result = graded(submissions, options(tmp_path, jobs=jobs))
    other = graded(submissions, options(tmp_path / "other", jobs=1))
    assert marks(result) == marks(other)
    assert [m.key for t in student(result, "s1").tasks for m in t.measurements] == [
        m.key for t in student(other, "s1").tasks for m in t.measurements
    ]
    assert 0 < result.extra_trainings == other.extra_trainings < 12


def test_the_card_and_the_class_page_show_it(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    reach({1: NEAR, 2: 0.3, 3: 0.4})
    alone(tmp_path)
    card = (tmp_path / "out" / "cards" / "ann.html").read_text()
    assert "0.36, the median of 3 seeds: 0.36, 0.3, 0.4" in card
    assert "95 % interval" in card and "0.2283 to 0.4784, of the mean over seeds" in card
    assert "Median of three seeds: 2 of them reach the target" in card
    assert "Extra trainings" in (tmp_path / "out" / "index.html").read_text()


def test_a_measured_run_is_what_the_class_says(tmp_path: Path, sandbox: FakeSandbox, reach: Reach) -> None:
    """Every seed of a variant stands in the results, the given one under each as well."""
    reach({1: NEAR, 2: 0.3, 3: 0.4})
    found: list[Measurement] = task_of(alone(tmp_path), "ann").measurements
    assert [(m.variant, m.seed) for m in found] == [
        *(("plain", seed) for seed in (1, 2, 3)),
        ("wide", 1),
        *(("naive", seed) for seed in (1, 2, 3)),
    ]
