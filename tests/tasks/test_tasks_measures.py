"""What a task declares of measures over variants and of settings that students choose fits together."""

import pytest
import toy_search

from harness.task import Task
from harness.tasks import find, names

TASKS = {**{name: find(name) for name in names()}, "with candidates": toy_search.TASK}
OF_TASKS = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


@OF_TASKS
def test_a_measure_over_variants_needs_what_is_measured(task: Task) -> None:
    known = task.measure_names().keys()
    for measure in task.overall:
        assert set(measure.needs) <= known, measure.name
        assert len(task.variants_behind(f"all.{measure.name}")) > 0
    assert len({m.name for m in task.overall}) == len(task.overall)


@OF_TASKS
def test_a_measure_that_every_submission_must_have_needs_no_candidate_that_it_may_lack(task: Task) -> None:
    spare = {v.name for v in task.variants if v.candidate and v.candidate.place > 0}
    for measure in task.overall:
        behind = set(task.variants_behind(f"all.{measure.name}"))
        assert measure.optional or not behind & spare, measure.name


@OF_TASKS
def test_every_candidate_has_a_variant_and_every_setting_an_argument(task: Task) -> None:
    places = {c.function: list(range(c.most)) for c in task.candidates}
    found: dict[str, list[int]] = {name: [] for name in places}
    for variant in task.variants:
        if variant.candidate:
            found[variant.candidate.function].append(variant.candidate.place)
            (declared,) = [c for c in task.candidates if c.function == variant.candidate.function]
            arguments = {a.name for a in task.builder_of(variant).arguments}
            assert {s.name for s in declared.settings} <= arguments, variant.name
    assert found == places
