"""A class that is run or marked again, or ended among its extra seeds, gets the same marks."""

import random
from pathlib import Path

import pytest
import toy
from workflow.classes import (
    FakeSandbox,
    criterion,
    files_below,
    graded,
    marks,
    options,
    student,
    task_of,
    units,
)
from workflow.deciding import FIRST, MORE, NEAR, PLAIN, Reach, alone, runs

from harness.errors import SandboxError
from harness.grading.results import ClassResult
from harness.records.models import Measurement, Status
from harness.records.store import Records
from harness.terminal.class_table import seeds_lines
from harness.workflow.grade import Regrading, regrade

pytestmark = pytest.mark.usefixtures("baseline")


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
