"""Rules are found like tasks are; a task says which apply, and each has a test of its own."""

from dataclasses import replace
from pathlib import Path

import pytest
import toy
from diagnosis.made import measured

from harness.diagnosis import check, findings, rules, rules_of
from harness.errors import UsageError
from harness.recipes.regressor import FINDINGS as REGRESSION
from harness.records.models import Finding, Measurement
from harness.task import FindingRule
from harness.tasks import find, names

TESTS = "".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py") if p.name != Path(__file__).name)


@pytest.mark.parametrize("name", sorted(rules()))
def test_a_rule_has_a_test_and_says_what_it_is_for(name: str) -> None:
    assert name in TESTS or title(name) in TESTS, f"no test speaks of {name}"
    assert rules()[name].__doc__


def title(name: str) -> str:
    """Return the words by which tests of findings know a rule that they do not call by name."""
    titles = {
        "zero_weights": "Nothing is learned from zero weights",
        "last_month": "The last month is passed off",
        "same_forecast": "The same forecast for every month",
        "other_unit": "another unit",
        "not_a_distribution": "not a distribution",
    }
    return titles.get(name, name)


@pytest.mark.parametrize("name", names())
def test_a_task_asks_for_rules_that_are_there(name: str) -> None:
    assert rules_of(find(name))
    check(find(name))


def test_every_rule_is_asked_for_by_some_task_or_recipe() -> None:
    """A function among them is a task's own."""
    asked = {rule for name in names() for rule in find(name).findings if isinstance(rule, str)}
    assert {*REGRESSION, *asked} == set(rules())


def test_a_rule_that_is_not_there_is_named_with_one_that_is() -> None:
    with pytest.raises(UsageError, match=r"Task toy asks for the finding 'divergd'\. Did you mean 'diverged'\?"):
        findings(replace(toy.TASK, findings=("divergd",)), [measured()])


def test_only_the_rules_of_the_task_speak() -> None:
    ran_away = measured({"loss": [1.0, 0.5, 9.0]})
    assert findings(replace(toy.TASK, findings=("diverged",)), [ran_away])
    assert findings(replace(toy.TASK, findings=("overfitting",)), [ran_away]) == []


def test_a_task_may_bring_a_rule_of_its_own_and_says_which_comes_first() -> None:
    def always(m: Measurement) -> Finding:
        return Finding(variant=m.variant, title="Looked at", evidence="It was.", next_step="None.")

    both = replace(toy.TASK, findings=(always, "diverged"))
    assert [f.title for f in findings(both, [measured({"loss": [1.0, 0.5, 9.0]})])] == ["Looked at"]


def broken(m: Measurement) -> Finding:
    raise KeyError(m.variant)


def no_finding(m: Measurement) -> object:
    return "Looked at"


@pytest.mark.parametrize(
    ("rule", "said"),
    [(broken, "KeyError: 'plain'"), (no_finding, "TypeError: expected a Finding or None, received ['Looked at']")],
)
def test_where_a_rule_raises_the_others_speak_on(rule: FindingRule, said: str) -> None:
    task, failed = replace(toy.TASK, findings=(rule, "diverged")), dict[str, str]()

    def note(name: str, error: Exception) -> None:
        failed[name] = f"{type(error).__name__}: {error}"

    (finding,) = findings(task, [measured({"loss": [1.0, 0.5, 9.0]})], note)
    assert finding.title == "The loss ran away"
    assert failed == {rule.__name__: said}
