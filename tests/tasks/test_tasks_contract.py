"""Every task keeps its promises: four files of one name, and one contract on all of them. New tasks inherit this."""

import ast
import json
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml
from tasks.promised import COURSE, NAMES, OWN, PROFILES, data_of, file_of, find, runs

from harness.data.folders import folders
from harness.data.load import names as dataset_names
from harness.diagnosis import rules_of
from harness.errors import UsageError
from harness.grading.baselines import load_baseline
from harness.grading.rubric import load_rubric
from harness.task import (
    OVERALL,
    Task,
    Variant,
)

pytestmark = pytest.mark.parametrize("name", NAMES)
TIMES = 2 if OWN else 15  # what the reference took: the rule for limits in docs/students.md; courses set their own
ASKED_TIMES = 2 if OWN else 5  # the same of steps in which nothing is trained


def signatures(path: Path) -> dict[str, list[str]]:
    """Return the arguments of every function at the top of a file, without running it."""
    functions = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)]
    return {f.name: [a.arg for a in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs)] for f in functions}


def documented(task: Task) -> dict[str, list[str]]:
    return {b.name: [a.name for a in b.arguments] for b in task.builders}


@pytest.mark.parametrize(
    ("room", "suffix"), [("reference_models", ".py"), ("student_template", ".py"), ("rubrics", ".yaml")]
)
def test_the_files_beside_the_task_bear_its_name(name: str, room: str, suffix: str) -> None:
    assert file_of(name, room, suffix).is_file()


def test_the_task_bears_its_module_s_name(name: str) -> None:
    task = find(name)
    assert task.name == name
    assert task.version >= 1
    assert name.isidentifier()
    assert len(task.summary) > 80, "a student reads it"


def test_it_is_found_by_a_close_name(name: str) -> None:
    with pytest.raises(UsageError, match=rf"Did you mean '{name}'\?"):
        find(f"{name}s")


def test_both_profiles_are_there_and_can_be_run(name: str) -> None:
    task = find(name)
    assert set(PROFILES) <= set(task.profiles)
    for key, profile in task.profiles.items():
        assert profile.name == key
        for dataset in (profile.dataset, *(further.dataset for further in profile.further.values())):
            assert dataset in dataset_names(folders(None, COURSE.data))
        assert min(profile.epochs, profile.batch_size, profile.seeds, profile.limits.cpu_s) > 0
        assert profile.limits.wall_s >= profile.limits.cpu_s, "a step alone on its core may use up its CPU seconds"
    quick = task.profiles["quick"]
    assert quick.limits.cpu_s <= 900, "a step that never ends is ended within a quarter of an hour"
    assert data_of(name, "quick").arrays, "offline"


def test_a_step_may_take_many_times_what_the_reference_took(name: str) -> None:
    """As its baseline recorded it, so that the models of tutorials have room; limits follow the speed of a machine."""
    task = find(name)
    baseline = load_baseline(COURSE.rooms.own("baselines"), task, "quick", "cpu")
    if baseline is None and OWN:
        pytest.skip("a course measures its references when it wants")
    assert baseline is not None
    quick, data = task.profiles["quick"], data_of(name, "quick")
    trainings = {f"{v.name}.{s.name}" for v in task.trained() for s in task.steps(quick, v, data) if s.trains}
    for step, usage in baseline.usage.items():
        times, limits = (TIMES, quick.limits) if step in trainings else (ASKED_TIMES, quick.asking)
        assert times * max(usage.cpu_s) * baseline.provenance.speed <= limits.cpu_s, step
        assert max(usage.peak_memory_mb) < limits.memory_mb / 2, step


def test_its_baseline_says_which_steps_predict(name: str) -> None:
    """Else cards say that seconds of predicting were not measured."""
    task = find(name)
    baseline = load_baseline(COURSE.rooms.own("baselines"), task, "quick", "cpu")
    if baseline is None:
        pytest.skip("a course measures its references when it wants")
    quick, data = task.profiles["quick"], data_of(name)
    predicting = {f"{v.name}.{s.name}" for v in task.trained() for s in task.steps(quick, v, data) if s.predicts}
    said = {step for step, usage in baseline.usage.items() if usage.predicts}
    assert said == predicting & baseline.usage.keys()


@pytest.mark.skipif(bool(OWN), reason="courses set limits of their own")
@pytest.mark.parametrize("profile", PROFILES)
def test_what_trains_nothing_may_not_take_what_a_training_may(name: str, profile: str) -> None:
    """A function that hangs holds up a class as long as its step may take."""
    chosen = find(name).profiles[profile]
    for variant in find(name).trained():
        for step in find(name).steps(chosen, variant, data_of(name)):
            assert step.limits == (chosen.limits if step.trains else chosen.asking), step.name


@pytest.mark.skipif(bool(OWN), reason="the page tells of the tasks that ship")
def test_the_students_page_says_the_limits(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "students.md").read_text(encoding="utf-8")
    limits = find(name).profiles["quick"].limits
    row = f"| `{name}` | {limits.cpu_s:,.0f} s | {limits.wall_s:,.0f} s | {limits.memory_mb / 1000:g} GB |"
    assert row in page.splitlines()


def test_a_tiny_size_serves_tests_and_earns_nothing(name: str) -> None:
    task, tiny = find(name), find(name).profile("tiny")
    quick = task.profiles["quick"]
    assert tiny.name == "tiny" and "tiny" not in task.profiles
    assert tiny.dataset == quick.dataset and tiny.limits.memory_mb == quick.limits.memory_mb
    assert type(tiny.settings) is type(quick.settings)
    assert tiny.epochs <= quick.epochs
    rubric = load_rubric(file_of(name, "rubrics", ".yaml"), task)
    assert not any("tiny" in criterion.profiles for criterion in rubric.criteria)


def test_names_are_unique_and_everything_is_explained(name: str) -> None:
    task = find(name)
    for things in (task.variants, task.measures, task.builders, *(b.arguments for b in task.builders)):
        found = [thing.name for thing in things]
        assert len(set(found)) == len(found)
        assert all(len(thing.text) > 5 for thing in things)
    assert not any("." in thing.name or "/" in thing.name for thing in (*task.variants, *task.measures))


def test_calls_name_a_builder_and_give_it_the_documented_arguments(name: str) -> None:
    task = find(name)
    for profile, variant in runs(task):
        call = task.call(profile, variant, data_of(name))
        given = [*call.arguments, *call.arrays, *call.models, *chosen(task, variant)]
        assert sorted(given) == sorted(documented(task)[call.builder]), (profile.name, variant.name)
        for one in call.earlier:
            assert sorted(one.arguments) == sorted(documented(task)[one.builder]), (profile.name, variant.name)
        assert variant.builder in ("", call.builder)
        assert set(call.inputs) <= set(data_of(name).arrays) - data_of(name).hidden
        assert call.returns
        assert all(spec.inputs and spec.outputs for spec in call.returns)


def chosen(task: Task, variant: Variant) -> list[str]:
    """Return the arguments that a student's candidate gives."""
    return [setting.name for c in task.candidates if c.function == variant.chosen_by for setting in c.settings]


def test_every_builder_is_called_and_every_variant_differs(name: str) -> None:
    task = find(name)
    profile = task.profiles["quick"]
    calls = [task.call(profile, v, data_of(name)) for v in task.trained()]
    beside = {f.name for v in task.trained() for f in task.functions_of(task.builder_of(v))}
    earlier = {e.builder for c in calls for e in c.earlier}
    assert {c.builder for c in calls} | earlier | beside == set(documented(task))
    distinct = set()
    for variant, call in zip(task.trained(), calls, strict=True):
        settings = [dict(s.settings) for s in task.steps(profile, variant, data_of(name))]
        chooses = [asdict(one) if one else None for one in (variant.candidate, variant.winner)]
        distinct.add(json.dumps([asdict(call), chooses, settings], sort_keys=True))
    assert len(distinct) == len(calls)


@pytest.mark.parametrize("folder", ["student_template", "reference_models"])
def test_files_define_every_builder_with_exactly_its_arguments(name: str, folder: str) -> None:
    path = file_of(name, folder)
    if not path.is_file():
        pytest.fail(f"{path} is missing")
    found = signatures(path)
    optional = {b.name for b in find(name).builders if b.optional}
    for builder, arguments in documented(find(name)).items():
        assert found.get(builder) == arguments or (builder in optional and builder not in found)
    assert ast.get_docstring(ast.parse(path.read_text())), "says what it is"


@pytest.mark.parametrize("folder", ["student_template", "reference_models"])
def test_files_import_nothing_but_keras_and_the_standard_library(name: str, folder: str) -> None:
    """So that they run on every backend, and a student needs nothing else."""
    path = file_of(name, folder)
    if not path.is_file():
        pytest.fail(f"{path} is missing")
    nodes = list(ast.walk(ast.parse(path.read_text())))
    modules = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    modules |= {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    assert {m.partition(".")[0] for m in modules} <= {"keras", "math", "numpy", "functools", "itertools", "__future__"}


def test_the_template_says_where_to_write(name: str) -> None:
    assert "TODO" in file_of(name, "student_template").read_text()


def test_the_rubric_loads_and_covers_both_profiles(name: str) -> None:
    task = find(name)
    rubric = load_rubric(file_of(name, "rubrics", ".yaml"), task)
    automatic = [c for c in rubric.criteria if not c.manual]
    assert automatic
    for criterion in automatic:
        assert "quick" in criterion.profiles, criterion.id
    in_full = sum(c.points for c in automatic if "full" in c.profiles)
    assert in_full >= 0.95 * sum(c.points for c in automatic), "a comparison may show in one size only"


def test_the_rubric_asks_only_for_what_is_measured(name: str) -> None:
    known = find(name).measure_names()
    text = yaml.safe_load(file_of(name, "rubrics", ".yaml").read_text())
    asked = {c[k] for c in text["criteria"] for k in ("measure", "over") if k in c}
    assert asked <= set(known)


def test_measures_over_variants_and_findings_name_what_is_there(name: str) -> None:
    task = find(name)
    known = task.measure_names()
    for measure in task.overall:
        assert measure.needs and set(measure.needs) <= set(known) - {f"{OVERALL}.{measure.name}"}
        assert set(task.variants_behind(f"{OVERALL}.{measure.name}")) <= {v.name for v in task.variants}
    assert len(rules_of(task)) >= len(set(task.findings)) == len(task.findings), "some look at every task"
