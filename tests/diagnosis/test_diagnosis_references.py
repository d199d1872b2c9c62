"""Sound work is told nothing: references and strong designs as they trained for a preflight, every task's.

`test_tasks_graded` asks the same of what it trains, and so of tasks whose curves are not kept here yet.
"""

from dataclasses import replace
from itertools import groupby

import pytest
import toy
from diagnosis.made import measured, recorded

from harness.diagnosis import check, findings
from harness.errors import UsageError
from harness.task import Variant
from harness.tasks import find

SOUND = [(f"{m.task}-{who}", m) for who, m in recorded("references")]
BY_SUBMISSION = {name: [m for _, m in group] for name, group in groupby(SOUND, key=lambda one: one[0])}
OVERFITTED = measured({"loss": [1, 0.5, 0.3, 0.2, 0.1, 0.05, 0.04], "val_loss": [1, 0.5, 0.6, 0.7, 0.8, 0.9, 1]})


@pytest.mark.parametrize("name", sorted(BY_SUBMISSION))
def test_sound_work_is_told_at_most_what_was_expected(name: str) -> None:
    rows = BY_SUBMISSION[name]
    assert [(f.variant, f.title, f.evidence) for f in findings(find(rows[0].task), rows) if not f.expected] == []


def test_the_rows_are_of_the_tasks_as_they_are() -> None:
    """After a new version: `harness preflight --task NAME --out OUT`, then `tools/sound_rows.py` with OUT."""
    assert {(m.task, m.version) for _, m in SOUND} == {(m.task, find(m.task).version) for _, m in SOUND}


def test_the_sound_ones_are_many() -> None:
    assert len(SOUND) > 150
    assert len(BY_SUBMISSION) == 2 * len({m.task for _, m in SOUND}) == 30


@pytest.mark.parametrize(("shows", "told"), [((), ["Overfitting from epoch 3 on"]), (("overfitting",), [])])
def test_what_a_variant_is_there_to_show_is_told_to_nobody(shows: tuple[str, ...], told: list[str]) -> None:
    """As a network without dropout, beside one with it."""
    plain = Variant("plain", "without dropout", shows=shows)
    task = replace(toy.TASK, variants=(plain,), findings=("overfitting",))
    assert [f.title for f in findings(task, [OVERFITTED])] == told


def test_what_a_variant_shows_has_to_be_a_finding() -> None:
    task = replace(toy.TASK, variants=(Variant("plain", "without dropout", shows=("overfiting",)),))
    with pytest.raises(
        UsageError, match=r"plain of task toy shows the finding 'overfiting'\. Did you mean 'overfitting'"
    ):
        check(task)
