"""Which kind of machine a submission is pinned to, and that it stays there."""

import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import toy
from records.made import PROVENANCE, measurement
from workflow.classes import with_tasks

from harness.intake.gather import gather
from harness.records.store import Records
from harness.workflow.class_plan import HandedIn, make_plan
from harness.workflow.fingerprints import as_measured_on, given_of, name_of, provenance_of, with_fingerprints
from harness.workflow.joining import joined
from harness.workflow.options import Options
from harness.workflow.pinning import Mixed, pinned
from harness.workflow.plan import ClassPlan, StudentEntry, asking, given_units
from harness.workflow.planned import PlannedTask

OTHER = replace(toy.TASK, name="other", title="Another toy")
REGISTRY = with_tasks(toy.TASK, OTHER)
ORIGINS = {name: PROVENANCE.model_copy(update={"machine": name}) for name in ("small", "large", "gone")}
NAMES = {machine: name_of({"toy": origin}) for machine, origin in ORIGINS.items()}
SLOTS = {"small": 1, "large": 3}


def contexts() -> Mapping[str, PlannedTask]:
    return {name: PlannedTask(task, toy.QUICK, PROVENANCE) for name, task in REGISTRY.items()}


def mixed(before: ClassPlan | None = None, slots: Mapping[str, int] = SLOTS) -> Mixed:
    kinds = {NAMES[machine]: as_measured_on(contexts(), {"toy": origin}) for machine, origin in ORIGINS.items()}
    free = {NAMES[machine]: n for machine, n in slots.items()}
    return Mixed(kinds, lambda name: free.get(name, 0), before)


def planned(folder: Path, sources: Mapping[str, Mapping[str, str]], *tasks: str) -> ClassPlan:
    """Return the plan of a class in whose folders these files lie, for one kind of machine."""
    shutil.rmtree(folder / "class", ignore_errors=True)
    for student, files in sources.items():
        (folder / "class" / student).mkdir(parents=True)
        for name, source in files.items():
            (folder / "class" / student / f"{name}.py").write_text(source)
    options = Options(folder / "out", tasks=tasks, registry=REGISTRY)
    wanted = {name: one for name, one in contexts().items() if name in (tasks or REGISTRY)}
    handed_in = HandedIn("class", gather(folder / "class", (*REGISTRY,)))
    with closing(Records(folder / "out")) as records:
        return make_plan(handed_in, wanted, options, records, {})


def on_kinds(folder: Path, plan: ClassPlan, asked: Mixed) -> ClassPlan:
    with closing(Records(folder / "out")) as records:
        return pinned(plan, asked, records)


def where(plan: ClassPlan) -> dict[str, str]:
    """Return the machine of each student, whose tasks are all on one."""
    machines = {name: machine for machine, name in NAMES.items()}
    return {student.name: machines[one_of(student)] for student in plan.students}


def one_of(student: StudentEntry) -> str:
    (name,) = {entry.fingerprint for entry in student.tasks}
    return name


def works(*names: str) -> dict[str, dict[str, str]]:
    """Return a work of their own in two tasks for each."""
    return {name: {"toy": f"{toy.GOOD}# {name}\n", "other": f"{toy.GOOD}# other {name}\n"} for name in names}


def test_new_submissions_are_dealt_out_by_free_slots_and_keys_name_the_machine(tmp_path: Path) -> None:
    alike = planned(tmp_path, works(*"abcdefgh"))
    plan = on_kinds(tmp_path, alike, mixed())
    assert sorted(where(plan).values()) == ["large"] * 6 + ["small"] * 2
    assert plan == on_kinds(tmp_path, alike, mixed()), "the same each time"
    for student in plan.students:
        for entry in student.tasks:
            assert provenance_of(plan, entry).machine == where(plan)[student.name]
            context = mixed().contexts[entry.fingerprint][entry.task]
            assert entry.keys == {f"{v}/1": context.key(entry.source, v, 1) for v in ("plain", "wide")}
            assert given_of(plan, entry) == {"naive": context.key("given", "naive", 0)}
    assert {(u.fingerprint, u.task) for u in given_units(plan)} == {
        (NAMES[machine], task) for machine in SLOTS for task in REGISTRY
    }


def test_the_same_work_is_measured_once_and_whoever_shares_half_of_it_is_on_one_machine(tmp_path: Path) -> None:
    sources = works("a", "b", "c", "d")
    sources["twin"] = sources["a"]
    sources["both"] = {"toy": sources["a"]["toy"], "other": sources["b"]["other"]}
    plan = on_kinds(tmp_path, planned(tmp_path, sources), mixed(slots={"small": 1, "large": 1}))
    assert where(plan)["twin"] == where(plan)["a"]
    assert where(plan)["both"] in ORIGINS
    a, both = (s for s in plan.students if s.name in ("a", "both"))
    assert (asking(a.tasks[0]) == asking(both.tasks[0])) is (one_of(a) == one_of(both))


def test_a_pin_outlives_its_machines_where_something_is_recorded(tmp_path: Path) -> None:
    alike = planned(tmp_path, works("a", "b"))
    before = on_kinds(tmp_path, alike, mixed(slots={"gone": 2}))
    assert set(where(before).values()) == {"gone"}
    with closing(Records(tmp_path / "out")) as records:
        records.add(measurement(before.students[0].tasks[1].contract), {}, "")
    plan = on_kinds(tmp_path, alike, mixed(before))
    assert where(plan) == {"a": "gone", "b": "large"}
    more = planned(tmp_path, works("a", "b", "c"))
    assert where(on_kinds(tmp_path, more, mixed(plan, {"small": 9, "large": 1}))) == {
        "a": "gone",
        "b": "large",
        "c": "small",
    }
    edited = {**works("b"), "a": {name: text + "# new\n" for name, text in works("a")["a"].items()}}
    assert where(on_kinds(tmp_path, planned(tmp_path, edited), mixed(plan)))["a"] == "large", "new work is new"


def test_another_task_of_a_student_goes_where_the_first_is(tmp_path: Path) -> None:
    toys = {name: {"toy": files["toy"]} for name, files in works("a", "b", "c").items()}
    before = on_kinds(tmp_path, planned(tmp_path, toys, "toy"), mixed(slots={"small": 1}))
    others = {name: {"other": files["other"]} for name, files in works("a", "b").items()}
    now = on_kinds(tmp_path, planned(tmp_path, others, "other"), mixed(before, {"small": 1, "large": 9}))
    whole = joined(now, before, ("other",), REGISTRY).plan
    assert where(whole) == dict.fromkeys("abc", "small")
    assert all(given_of(whole, entry) for student in whole.students for entry in student.tasks)


@pytest.mark.parametrize("task", [(), ("toy",)])
def test_a_class_that_was_on_one_kind_stays_there_when_it_becomes_mixed(tmp_path: Path, task: tuple[str, ...]) -> None:
    alike = planned(tmp_path, works("a", "b"), *task)
    sole = {name: origin.model_copy(update={"machine": "gone"}) for name, origin in alike.provenance.items()}
    before = alike.model_copy(update={"provenance": sole, "asked": {asking(alike.students[0].tasks[0]): {"wide": "?"}}})
    named = with_fingerprints(before)
    assert where(named) == {"a": "gone", "b": "gone"}
    assert named.asked == {asking(named.students[0].tasks[0]): {"wide": "?"}}
    assert given_of(named, named.students[0].tasks[0]) == before.given[named.students[0].tasks[0].task]
    assert with_fingerprints(named) == named
    assert where(on_kinds(tmp_path, alike, mixed(before, {"gone": 1, "large": 9}))) == {"a": "gone", "b": "gone"}


def test_those_of_a_mixed_class_who_are_kept_stay_beside_others(tmp_path: Path) -> None:
    """Whoever is graded later without --mixed has the keys of one kind, and kept ones theirs."""
    before = on_kinds(tmp_path, planned(tmp_path, works("a", "b")), mixed(slots={"small": 1}))
    now = planned(tmp_path, works("b", "c"))
    whole = joined(now, before, (), REGISTRY).plan
    a, b, c = whole.students
    assert provenance_of(whole, a.tasks[0]).machine == "small"
    assert (b.tasks, c.tasks) == tuple(s.tasks for s in now.students)
    assert given_of(whole, a.tasks[0]) == given_of(before, a.tasks[0])
