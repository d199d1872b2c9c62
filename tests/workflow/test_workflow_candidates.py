"""Settings that a student chooses: checked as data, trained as variants, resumable, and marked from records alone."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import toy
import toy_search
from workflow.classes import (
    FakeSandbox,
    criterion,
    files_below,
    graded,
    marks,
    options,
    source,
    task_of,
    units,
)

from harness.grading.results import ClassResult
from harness.records.models import Fault, Status
from harness.records.store import Records
from harness.sandbox.job import Job
from harness.workflow.baseline import measure_references
from harness.workflow.candidates import CandidatesError, read
from harness.workflow.grade import Regrading, regrade
from harness.workflow.options import Options
from harness.workflow.plan import ClassPlan

TWO = [{"units": 8}, {"units": 64, "rate": 0.01}]
WHOLE = "a whole number from 1 to 256"
FULL = [
    {"units": 8, "rate": 0.02, "optimizer": "adam", "bias": True},
    {"units": 64, "rate": 0.01, "optimizer": "adam", "bias": True},
]


def as_bytes(candidates: object) -> bytes:
    return json.dumps({"search": candidates}).encode()


def checked(candidates: object) -> list[dict[str, Any]]:
    return read(as_bytes(candidates), [toy_search.SEARCH])["search"]


def test_defaults_are_filled_in_and_a_whole_number_may_stand_for_any_number() -> None:
    assert checked(TWO) == FULL
    (one,) = checked([{"rate": 1}])
    assert (one["rate"], type(one["rate"])) == (1.0, float)


BAD = {
    "none at all": ([], "Expected search to return from 1 to 3 candidates, received none."),
    "too many": ([{"units": n} for n in (1, 2, 3, 4)], "Expected search to return from 1 to 3 candidates, received 4."),
    "a misspelt setting": (
        [{"units": 1}, {"unit": 8}],
        "Expected candidate 2 of search to have the settings units, rate, optimizer, bias, received 'unit'."
        " Did you mean 'units'?",
    ),
    "a setting of its own": (
        [{"depth": 3}],
        "Expected candidate 1 of search to have the settings units, rate, optimizer, bias, received 'depth'.",
    ),
    "a text for a number": ([{"units": "8"}], f"Expected units of candidate 1 of search to be {WHOLE}, received '8'."),
    "a number that is not whole": (
        [{"units": 8.5}],
        f"Expected units of candidate 1 of search to be {WHOLE}, received 8.5.",
    ),
    "True for a number": ([{"units": True}], f"Expected units of candidate 1 of search to be {WHOLE}, received True."),
    "too large": ([{}, {"units": 257}], f"Expected units of candidate 2 of search to be {WHOLE}, received 257."),
    "NaN": (
        [{"rate": float("nan")}],
        "Expected rate of candidate 1 of search to be a number from 0 to 1, received nan.",
    ),
    "infinity": (
        [{"rate": float("inf")}],
        "Expected rate of candidate 1 of search to be a number from 0 to 1, received inf.",
    ),
    "none for a number": (
        [{"rate": None}],
        "Expected rate of candidate 1 of search to be a number from 0 to 1, received None.",
    ),
    "a choice misspelt": (
        [{"optimizer": "adm"}],
        "Expected optimizer of candidate 1 of search to be one of 'adam', 'sgd', received 'adm'. Did you mean 'adam'?",
    ),
    "a number for True": ([{"bias": 1}], "Expected bias of candidate 1 of search to be True or False, received 1."),
    "a list for a number": (
        [{"units": [[8]]}],
        f"Expected units of candidate 1 of search to be {WHOLE}, received a list.",
    ),
    "the same twice after defaults": (
        [{"units": 8}, {"units": 16}, {"units": 8, "bias": True}],
        "Expected candidates of search that differ, received 1 and 3 with the same settings (units=8, rate=0.02,"
        " optimizer='adam', bias=True); change or remove one.",
    ),
    "a control character and a long text": (
        [{"optimizer": "\x1b[2J\u202e" + "x" * 10_000}],
        "Expected optimizer of candidate 1 of search to be one of 'adam', 'sgd', received"
        " '\\x1b[2J\\u202exxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'.",
    ),
    "no list": ({"units": 8}, "Expected search to return a list of dictionaries, received something else."),
    "no dictionaries": ([8], "Expected search to return a list of dictionaries, received something else."),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_list_is_one_sentence_that_names_candidate_and_setting(case: str) -> None:
    candidates, said = BAD[case]
    with pytest.raises(CandidatesError) as error:
        checked(candidates)
    assert str(error.value) == said


HOSTILE = {
    "no bytes": b"",
    "no JSON": b"\x80\x04\x95 pickle",
    "nested without end": b'{"search": ' + b"[" * 60_000,
    "nested deeply": b'{"search": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "a number of many digits": b'{"search": [{"units": 1' + b"0" * 400 + b"}]}",
    "a float beyond all": b'{"search": [{"rate": 1e999}]}',
    "another function": b'{"serch": [{}]}',
    "a list of functions": b"[[{}]]",
    "more than is read": b'{"search": [{"optimizer": "' + b"a" * 100_000 + b'"}]}',
}


@pytest.mark.parametrize("case", HOSTILE)
def test_bytes_that_no_honest_check_hands_back_are_one_sentence(case: str) -> None:
    with pytest.raises(CandidatesError, match=r"^Expected .{20,200}$"):
        read(HOSTILE[case], [toy_search.SEARCH])


@pytest.fixture
def searched(sandbox: FakeSandbox) -> FakeSandbox:
    sandbox.chosen = lambda job: as_bytes(TWO)
    return sandbox


def chosen(folder: Path, **changes: Any) -> Options:
    made = options(folder, registry=toy_search.REGISTRY, **changes)
    toy.write_rubrics(folder / "rubrics", toy_search.RUBRIC)
    return made


def run(folder: Path, students: Sequence[str] = ("ann",), **changes: Any) -> ClassResult:
    place = folder / "class"
    if not place.exists():
        toy.write_class(place, dict.fromkeys(students, toy_search.GOOD))
    return graded(place, chosen(folder, **changes))


def test_each_candidate_is_a_variant_with_its_settings_and_those_beyond_are_not_there(
    tmp_path: Path, searched: FakeSandbox
) -> None:
    result = run(tmp_path, seeds=[1])
    task = task_of(result, "ann")
    settings = {m.variant: m.settings for m in task.measurements}
    assert settings == {"candidate_1": FULL[0], "candidate_2": FULL[1], "plain": {}, "naive": {}}
    assert result.complete
    assert [f for m in task.measurements if (f := m.fault)] == []
    assert sorted(units(job) for job in searched.jobs if job.step.name == "train") == [8, 16, 64]
    contract = Records(tmp_path / "out").find([task.contract])[task.contract]
    assert contract.candidates == {"search": FULL}


def test_measures_over_candidates_are_marked(tmp_path: Path, searched: FakeSandbox) -> None:
    result = run(tmp_path, seeds=[1])
    winner, varied = criterion(result, "ann", "winner"), criterion(result, "ann", "varied")
    assert winner.value == pytest.approx(0.71), "the wide one is best on the validation images"
    assert (varied.value, varied.earned) == (2.0, 30)
    assert criterion(result, "ann", "small").value == 1000


def test_a_bad_list_is_a_fault_of_the_contract_and_trains_nothing(tmp_path: Path, searched: FakeSandbox) -> None:
    searched.chosen = lambda job: as_bytes([{"unit": 8}])
    result = run(tmp_path)
    fault = task_of(result, "ann").fault
    assert fault and (fault.owner, fault.kind, fault.step) == ("student", "contract", "contract")
    assert "Did you mean 'units'?" in fault.message
    assert searched.trained() == []
    assert result.complete
    assert task_of(result, "ann").status is Status.STUDENT_ERROR


def fault_for(some: int) -> Callable[[Job], Fault | None]:
    fault = Fault(owner="student", kind="exception", step="train", message="ValueError: too wide.")
    return lambda job: fault if units(job) == some and job.step.name == "train" else None


def test_a_candidate_that_fails_takes_no_other_with_it(tmp_path: Path, searched: FakeSandbox) -> None:
    searched.fails = fault_for(64)
    result = run(tmp_path, seeds=[1])
    assert criterion(result, "ann", "winner").value == pytest.approx(0.51), "the winner of those that ran"
    assert criterion(result, "ann", "small").earned == 10
    broken = next(m for m in task_of(result, "ann").measurements if m.fault)
    assert (broken.variant, broken.settings) == ("candidate_2", FULL[1])


def test_a_run_goes_on_where_it_stopped_without_asking_the_student_again(tmp_path: Path, searched: FakeSandbox) -> None:
    class Stop(Exception):
        pass

    searched.fails = lambda job: Stop() if units(job) == 64 else None
    with pytest.raises(Stop):
        run(tmp_path, seeds=[1])
    before = len(searched.jobs)
    searched.fails = lambda job: None
    searched.chosen = lambda job: as_bytes([{"units": 99}])  # a function may answer otherwise the next time
    result = run(tmp_path, seeds=[1])
    again = searched.jobs[before:]
    assert {job.step.name for job in again} == {"train", "predict"}
    assert 99 not in {units(job) for job in again}
    assert {m.variant: m.settings for m in task_of(result, "ann").measurements}["candidate_2"] == FULL[1]
    other = tmp_path / "other"
    searched.chosen = lambda job: as_bytes(TWO)
    assert marks(run(other, seeds=[1])) == marks(result)


def test_marking_again_needs_records_only(tmp_path: Path, searched: FakeSandbox) -> None:
    first = run(tmp_path, seeds=[1])
    before = len(searched.jobs)
    assert (marks(marked_again(tmp_path)), len(searched.jobs)) == (marks(first), before)
    kinder = toy_search.RUBRIC.replace("all.varied", "all.winner").replace(
        "{target: 2, floor: 0}", "{target: 1, floor: 0}"
    )
    toy.write_rubrics(tmp_path / "rubrics", kinder)
    assert criterion(marked_again(tmp_path), "ann", "varied").value == pytest.approx(0.71)


def marked_again(folder: Path) -> ClassResult:
    return regrade(folder / "out", Regrading(folder / "rubrics", tasks=toy_search.REGISTRY))


def test_two_submissions_with_the_same_source_are_trained_once(tmp_path: Path, searched: FakeSandbox) -> None:
    result = run(tmp_path, ["ann", "bob"], seeds=[1])
    assert len(searched.trained()) == 3
    assert [m.key for m in task_of(result, "ann").measurements] == [m.key for m in task_of(result, "bob").measurements]
    assert result.complete


def test_other_settings_are_another_record(tmp_path: Path, searched: FakeSandbox) -> None:
    place = toy.write_class(tmp_path / "class", {"ann": toy_search.GOOD, "bob": toy_search.GOOD + "\n"})
    searched.chosen = lambda job: as_bytes(TWO if source(job) == toy_search.GOOD else TWO[::-1])
    result = graded(place, chosen(tmp_path, seeds=[1]))
    settings = {n: {m.variant: m.settings for m in task_of(result, n).measurements} for n in ("ann", "bob")}
    assert settings["ann"]["candidate_1"] == settings["bob"]["candidate_2"] == FULL[0]


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_doubt_in_a_measure_over_candidates_runs_those_there_are_again(
    tmp_path: Path, searched: FakeSandbox, jobs: int
) -> None:
    rubric = toy_search.RUBRIC.replace("{target: 0.4, floor: 0.15}", "{target: 0.72, floor: 0.15}")
    folder = chosen(tmp_path, jobs=jobs)
    toy.write_rubrics(tmp_path / "rubrics", rubric)
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy_search.GOOD}), folder)
    winner = criterion(result, "ann", "winner")
    assert winner.values == pytest.approx([0.71, 0.72, 0.73])
    assert (winner.value, winner.earned, result.extra_trainings) == (pytest.approx(0.72), 60, 4)
    ran = {(m.variant, m.seed) for m in task_of(result, "ann").measurements if m.usage}
    assert ran == {*((f"candidate_{i}", s) for i in (1, 2) for s in (1, 2, 3)), ("plain", 1)}


def test_a_plan_that_does_not_know_the_candidates_yet_is_not_complete(tmp_path: Path, searched: FakeSandbox) -> None:
    first = run(tmp_path, seeds=[1])
    records = Records(tmp_path / "out")
    plan = ClassPlan.model_validate_json(records.document("plan") or "")
    records.put_document("plan", plan.model_copy(update={"chosen": {}}).model_dump_json())
    records.close()
    found = marked_again(tmp_path)
    assert (first.complete, found.complete) == (True, False)
    assert criterion(found, "ann", "winner").status is Status.NOT_RUN
    assert marks(run(tmp_path, seeds=[1])) == marks(first)


def test_nothing_but_what_there_is_goes_into_a_task_of_candidates_alone(tmp_path: Path, searched: FakeSandbox) -> None:
    alone = replace(toy_search.TASK, variants=toy_search.VARIANTS[:3])
    rubric = toy_search.RUBRIC.partition("  - id: small")[0]
    folder = replace(chosen(tmp_path, seeds=[1]), registry={"toy": alone})
    toy.write_rubrics(tmp_path / "rubrics", rubric)
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy_search.GOOD}), folder)
    assert result.complete
    assert criterion(result, "ann", "winner").value == pytest.approx(0.71)
    assert files_below(tmp_path / "out")


def test_a_baseline_of_a_reference_that_chooses_holds_what_there_is(
    tmp_path: Path, searched: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "project" / "reference_models"
    folder.mkdir(parents=True)
    (folder / "toy.py").write_text(toy_search.GOOD)
    monkeypatch.setattr("harness.shipped.folder", lambda name: folder.parent / name)
    asked = chosen(tmp_path, out=tmp_path / "measured", seeds=[1, 2])
    (path,) = measure_references(asked, None, lambda *_: None)
    body = json.loads(path.read_text())
    assert body["measures"]["all.winner"]["values"] == pytest.approx([0.71, 0.72])
    assert body["measures"]["all.varied"]["values"] == [2.0, 2.0]
    assert "candidate_3.test_accuracy" not in body["measures"]
    assert body["budgets"]["candidate_2.fit_ratio"]["values"] == [1.0, 1.0]
    result = run(tmp_path, seeds=[1])
    winner = criterion(result, "ann", "winner")
    assert winner.reference == pytest.approx(0.715)
    assert "sd above the target" in winner.certainty


def test_a_candidate_that_runs_into_a_limit_stops_no_other(tmp_path: Path, searched: FakeSandbox) -> None:
    limit = Fault(owner="student", kind="limit", step="train", message="Too slow.", limit="cpu")
    searched.fails = lambda job: limit if units(job) == 8 and job.step.name == "train" else None
    result = run(tmp_path, seeds=[1])
    assert {m.variant: m.fault is None for m in task_of(result, "ann").measurements} == {
        "candidate_1": False,
        "candidate_2": True,
        "plain": True,
        "naive": True,
    }
    assert criterion(result, "ann", "winner").value == pytest.approx(0.71)


def test_a_candidate_s_models_are_held_to_the_number_of_parameters(tmp_path: Path, searched: FakeSandbox) -> None:
    small = replace(toy_search.TASK, max_parameters=5_000)
    asked = replace(chosen(tmp_path, seeds=[1]), registry={"toy": small})
    graded(toy.write_class(tmp_path / "class", {"ann": toy_search.GOOD}), asked)
    looked = [job.step.settings for job in searched.jobs if job.step.name == "contract"]
    sizes = {tuple(c["arguments"]["units"] for c in s["build"]): s["max_parameters"] for s in looked if s["build"]}
    assert sizes == {(16,): 5_000, (8,): 5_000, (64,): 5_000}
