"""`--each-once` trains less of mistakes, and still shows each of them, and each criterion that is meant for one."""

from pathlib import Path

import pytest
import toy

from harness.errors import UsageError
from harness.grading.goal import variants_of
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Rubric
from harness.grading.separation import Expected, Role
from harness.shipped import SHIPPED
from harness.task import Task
from harness.tasks import find, names
from harness.workflow.flawed import read_flawed
from harness.workflow.rehearsed import UNTRAINED, RehearsedFile, each_once, seconds_of
from harness.workflow.standards import load_rubrics


def mistakes(task: Task, rubric: Rubric) -> list[RehearsedFile]:
    """Return the flawed submissions that are kept beside the tests, as `harness preflight` reads them."""
    return [
        RehearsedFile(
            Expected(name=one.name, task=task.name, role=Role.FLAWED, loses=list(one.loses), fault=one.fault),
            one.source,
            one.compared,
        )
        for folder in SHIPPED.folders("mistakes", task.name)
        for one in read_flawed(folder, task.name, rubric, "quick")
    ]


@pytest.mark.parametrize("name", names())
def test_every_mistake_and_every_criterion_of_a_task_is_shown(name: str) -> None:
    task = find(name)
    rubric = load_rubrics(None, {name: task})[name]
    before = mistakes(task, rubric)
    after = each_once(before, task, rubric, seconds_of(task, "quick", SHIPPED))
    assert [e.source for e in after] == [e.source for e in before] != []
    assert all(set(e.compared) <= (e.variants or set()) for e in after)
    rests = {c.id: variants_of(c, task) for c in rubric.criteria}
    for entry in after:
        assert entry.expected.loses, "the mistake shows"
        assert entry.expected.loses == [c for c in meant(before, entry) if rests[c] <= (entry.variants or set())]
    assert shown(after) == shown(before)


def meant(entries: list[RehearsedFile], like: RehearsedFile) -> list[str]:
    return next(e.expected.loses for e in entries if e.expected.name == like.expected.name)


def shown(entries: list[RehearsedFile]) -> set[str]:
    return {c for e in entries if e.expected.fault not in UNTRAINED for c in e.expected.loses}


def flawed(name: str, *loses: str, fault: str = "", compared: tuple[str, ...] = ()) -> RehearsedFile:
    expected = Expected(name=name, task="toy", role=Role.FLAWED, loses=list(loses), fault=fault)
    return RehearsedFile(expected, Path(f"{name}.py"), compared)


@pytest.fixture
def rubric(tmp_path: Path) -> Rubric:
    return load_rubric(toy.write_rubrics(tmp_path / "rubrics") / "toy.yaml", toy.TASK)


def chosen(rubric: Rubric, *entries: RehearsedFile, **seconds: float) -> dict[str, tuple[set[str], list[str]]]:
    """Return by name in what submissions are trained, and which criteria are left of those meant."""
    after = each_once(entries, toy.TASK, rubric, {"naive": 0.0, **seconds})
    return {e.expected.name: (set(e.variants or ()), e.expected.loses) for e in after}


def test_a_mistake_is_shown_where_that_is_cheapest(rubric: Rubric) -> None:
    both, dear = flawed("both", "plain", "beats-naive"), flawed("dear", "beats-naive")
    assert chosen(rubric, both, dear, plain=1.0, wide=9.0) == {
        "both": ({"plain"}, ["plain"]),
        "dear": ({"wide", "naive"}, ["beats-naive"]),
    }
    assert chosen(rubric, both, plain=9.0, wide=1.0)["both"] == (
        {"wide", "naive", "plain"},
        ["plain", "beats-naive"],
    ), "nobody else would show the other criterion"


def test_what_never_trains_shows_nothing_to_others_and_costs_nothing(rubric: Rubric) -> None:
    misnamed = flawed("misnamed", "plain", "beats-naive", fault="contract")
    found = chosen(rubric, misnamed, flawed("stuck", "plain", "beats-naive"), plain=1.0, wide=9.0)
    assert found["misnamed"] == found["stuck"] == ({"plain", "wide", "naive"}, ["plain", "beats-naive"])


def test_what_it_is_compared_with_is_trained_too(rubric: Rubric) -> None:
    assert chosen(rubric, flawed("switch", "plain", compared=("wide",)))["switch"] == ({"plain", "wide"}, ["plain"])
    with pytest.raises(UsageError, match=r"with variants of toy, received 'wid'\. Did you mean 'wide'"):
        chosen(rubric, flawed("switch", "plain", compared=("wid",)))


def test_reference_and_template_are_trained_in_all_and_designs_are_left_out(rubric: Rubric) -> None:
    roles = {"reference": Role.REFERENCE, "template": Role.TEMPLATE, "weak": Role.DESIGN}
    entries = [RehearsedFile(Expected(name=n, task="toy", role=role), Path(n)) for n, role in roles.items()]
    found = {e.expected.name: e.variants for e in each_once(entries, toy.TASK, rubric, {})}
    assert found == {"reference": None, "template": None}
