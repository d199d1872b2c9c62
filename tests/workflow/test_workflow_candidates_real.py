"""A real class whose students choose settings: honest ones are trained, and hostile ones end in a sentence."""

from pathlib import Path

import pytest
import toy
import toy_search
from workflow.classes import criterion, fault_of, graded, options, student, task_of

from harness.grading.results import ClassResult
from harness.records.models import Status
from harness.report.card_page.card import ClassFacts
from harness.report.pages import render_card

FORGED = """\
import harness.training.contract as contract
contract.chosen = lambda *_: b'{"search": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"
"""
HOSTILE = {
    "endless generator": "(dict(units=n) for n in iter(int, 1))",
    "huge list": "[{}] * 10**7",
    "deep nesting": "eval('[' * 50 + ']' * 50)",
    "subclass of dict": "[type('Dict', (dict,), {})(units=8)]",
    "subclass of int": "[{'units': type('Whole', (int,), {})(8)}]",
    "huge number": "[{'units': 10**400}]",
    "not a number": "[{'rate': float('nan')}]",
    "odd comparison": "[{'units': type('Odd', (), {'__eq__': lambda *_: 1 / 0, '__hash__': lambda _: 1})()}]",
    "raising": "[{}][1]",
}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, real_launcher: None) -> ClassResult:
    folder = tmp_path_factory.mktemp("searched")
    sources = {
        "Ada": toy_search.GOOD,
        "Bea": toy_search.choosing("[{'units': 300}]"),
        "forged bytes": FORGED + toy_search.GOOD,
        **{name: toy_search.choosing(code) for name, code in HOSTILE.items()},
    }
    chosen = options(folder, registry=toy_search.REGISTRY, jobs=0, seeds=[1])
    toy.write_rubrics(folder / "rubrics", toy_search.RUBRIC)
    return graded(toy.write_class(folder / "class", sources), chosen)


def test_what_a_student_chose_is_trained_and_marked(school: ClassResult) -> None:
    settings = {m.variant: m.settings.get("units") for m in task_of(school, "Ada").measurements}
    assert settings == {"candidate_1": 8, "candidate_2": 64, "plain": None, "naive": None}
    assert criterion(school, "Ada", "varied").value == 2.0
    winner = criterion(school, "Ada", "winner")
    assert winner.value in {m.measures["test_accuracy"].value for m in task_of(school, "Ada").measurements}
    assert criterion(school, "Ada", "small").value == 16 * 16 + 16 + 16 * 10 + 10


def test_the_card_shows_settings_and_measures_over_variants(school: ClassResult) -> None:
    page = render_card(student(school, "Ada"), ClassFacts("Search"), revealed=True, figures={})
    assert "units = 64, rate = 0.01, optimizer = adam, bias = True" in page
    assert "all.winner" in page


def test_a_setting_out_of_range_is_a_fault_of_the_contract(school: ClassResult) -> None:
    fault = task_of(school, "Bea").fault
    assert fault and (fault.owner, fault.kind) == ("student", "contract")
    assert fault.message == "Expected units of candidate 1 of search to be a whole number from 1 to 256, received 300."


@pytest.mark.parametrize("name", [*HOSTILE, "forged bytes"])
def test_a_hostile_return_ends_in_a_sentence_and_stops_nobody(school: ClassResult, name: str) -> None:
    fault = fault_of(school, name)
    assert (fault.owner, fault.step) == ("student", "contract")
    assert fault.message.startswith(("Expected ", "The step contract stopped with an error: toy.py line "))
    assert len(fault.message) < 250
    assert "Traceback" not in fault.message
    assert task_of(school, name).status is Status.STUDENT_ERROR


def test_everybody_is_done(school: ClassResult, tmp_path: Path) -> None:
    assert school.complete
