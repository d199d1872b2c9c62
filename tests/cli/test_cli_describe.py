"""What `harness tasks NAME` says of measures over variants, budgets and settings that students choose."""

import json

import pytest
import toy_search

from harness.task import BUDGETS
from harness.tasks import find, names
from harness.terminal.describe import show_task, show_tasks


@pytest.fixture(autouse=True)
def searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NO_COLOR", "1")


def test_a_person_reads_what_may_be_chosen_and_what_is_measured_over_variants(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_task(toy_search.TASK.name, toy_search.REGISTRY, as_json=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "search() Settings worth trying." in said
    assert "units a whole number from 1 to 256 units of the hidden layer; 16 if left out" in said
    assert "optimizer one of 'adam', 'sgd' what lowers the loss; adam if left out" in said
    assert "a list of 1 to 3 dictionaries of these settings, each trained as a variant of its own" in said
    assert "all.winner test accuracy of the winner by validation; higher is better" in said
    assert all(f"{b.name} {b.text}" in said for b in BUDGETS)


def test_at_80_columns_no_name_that_has_to_be_typed_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show_tasks({name: find(name) for name in names()}, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    words = " ".join(lines).split()
    assert {*names(), *(b.name for name in names() for b in find(name).builders)} <= set(words)


def test_a_program_reads_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    show_task(toy_search.TASK.name, toy_search.REGISTRY, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert [m["name"] for m in found["overall"]] == ["winner", "varied"]
    assert found["overall"][1]["needs"] == [f"{name}.val_accuracy" for name in toy_search.CHOSEN]
    (candidates,) = found["candidates"]
    assert (candidates["function"], candidates["most"]) == ("search", 3)
    assert candidates["settings"][0]["high"] == 256
    assert [m["name"] for m in found["budgets"]] == [b.name for b in BUDGETS]
