"""The self-check of a task in which students choose settings."""

import json
from functools import partial
from pathlib import Path

import pytest
import toy_search
from selfcheck.made import Pretended, write_work
from selfcheck.test_selfcheck_contract import checked, ending, fault

from harness.course.found import Course
from harness.selfcheck import tests as asked
from harness.selfcheck.checks import Ending, planned
from harness.workflow.options import Options


@pytest.fixture
def searching(fake: Pretended, monkeypatch: pytest.MonkeyPatch) -> Pretended:
    monkeypatch.setattr(
        "harness.workflow.options.Options", partial(Options, registry=toy_search.REGISTRY, device="cpu")
    )
    monkeypatch.setattr("harness.course.found.find_course", lambda *_: Course(tasks=toy_search.REGISTRY))
    fake.chosen = lambda job: json.dumps({"search": [{"units": 8}, {"units": 64}]}).encode()
    return fake


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return write_work(tmp_path, toy_search.GOOD, toy_search.RUBRIC)


def built(fake: Pretended) -> list[int]:
    calls = [c for job in fake.jobs if job.step.name == "contract" for c in job.step.settings["build"]]
    return sorted(call["arguments"]["units"] for call in calls)


def test_there_is_a_check_for_each_function_and_what_it_chose_is_built(searching: Pretended, work: Path) -> None:
    assert "search-candidates" in [check.id for check in planned(toy_search.TASK)]
    contract = checked(work)
    assert {c.ending for c in contract.checks} == {Ending.PASSED}
    assert ending(contract, "search-candidates") == (Ending.PASSED, "Chose 2 candidates.")
    assert built(searching) == [8, 16, 64], "the third one is not there"


def test_a_bad_list_is_told_and_the_rest_is_checked_without_it(searching: Pretended, work: Path) -> None:
    searching.chosen = lambda job: b'{"search": [{"unit": 8}]}'
    contract = checked(work)
    how, words = ending(contract, "search-candidates")
    assert (how, words[-21:]) == (Ending.FAILED, "Did you mean 'units'?")
    assert ending(contract, "build_model-models") == (Ending.PASSED, "Built 1 variant.")
    assert built(searching) == [16]


def test_a_function_that_raises_is_the_student_s_fault(searching: Pretended, work: Path) -> None:
    searching.fails = lambda job: (
        fault(job, "exception", "toy.py line 6: KeyError: 'units'") if job.step.settings.get("candidates") else None
    )
    assert ending(checked(work), "search-candidates") == (Ending.FAILED, "toy.py line 6: KeyError: 'units'.")


def test_a_candidate_that_cannot_be_built_is_named(searching: Pretended, work: Path) -> None:
    def too_wide(job):  # type: ignore[no-untyped-def]
        units = [call["arguments"]["units"] for call in job.step.settings.get("build", ())]
        return fault(job, "contract", "Expected at most 32 units.") if 64 in units else None

    searching.fails = too_wide
    how, words = ending(checked(work), "build_model-models")
    assert (how, words) == (Ending.FAILED, "In the variant candidate_2: Expected at most 32 units.")


def test_pytest_has_a_test_for_it(searching: Pretended, work: Path) -> None:
    tests = asked.Tests(asked.Wanted(work, rubrics=work.parent / "rubrics"), say=lambda line: None)
    try:
        (task,) = tests.tasks()
        assert "search-candidates" in task.checks
        assert tests.check("toy", "search-candidates").passed
        assert tests.criterion("toy", "varied").words.startswith("The search varies two settings.")
    finally:
        tests.close()
