"""What the driver does for a unit depends on that unit alone, not on how many there are; and is right all the same."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, graded, options

from harness.records.store import Records
from harness.workflow import collect
from harness.workflow.collect import Collection
from harness.workflow.plan import ClassPlan, Decided, Unit
from harness.workflow.stored import DECIDED, keep_whole, kept_plan


def sources(number: int) -> dict[str, str]:
    return {f"s{n}": f"{toy.GOOD}\n# {n}\n" for n in range(number)}


def all_open(collection: Collection, running: Iterable[Unit]) -> int:
    """Return how many units are left, looked up one by one."""
    plan = collection.plan
    keys = {key for s in plan.everyone for e in s.tasks for key in collection.open_keys(e)}
    keys |= {key for given in plan.given.values() for key in given.values() if key not in collection.have}
    return len(keys | {unit.key for unit in running})


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_is_left_is_counted_right_at_every_moment(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    left, seen = Collection.left, list[int]()

    def counted(collection: Collection, running: Iterable[Unit]) -> int:
        units = [*running]
        seen.append(left(collection, units))
        assert seen[-1] == all_open(collection, units)
        return seen[-1]

    monkeypatch.setattr(Collection, "left", counted)
    students = {**sources(3), "same": sources(1)["s0"], "broken": toy.SYNTAX_ERROR, "misnamed": toy.MISNAMED}
    graded(toy.write_class(tmp_path / "class", students), options(tmp_path, jobs=jobs))
    assert seen[-1] == 0
    assert max(seen) > 10


def test_work_grows_with_the_class_and_no_faster(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in entries looked at and characters stored, beside the plan, which is stored a fixed number of times."""
    looked, stored, plans = list[int](), list[int](), list[int]()
    wanted, put = collect.wanted_keys, Records.put_document

    def looking(*arguments: Any) -> dict[str, str]:
        looked[-1] += 1
        return wanted(*arguments)

    def putting(records: Records, name: str, body: str, **more: Any) -> None:
        (plans if name == "plan" else stored)[-1] += 1 if name == "plan" else len(body)
        put(records, name, body, **more)

    monkeypatch.setattr(collect, "wanted_keys", looking)
    monkeypatch.setattr(Records, "put_document", putting)
    for number in (4, 8):
        looked.append(0), stored.append(0), plans.append(0)
        folder = tmp_path / str(number)
        graded(toy.write_class(folder / "class", sources(number)), options(folder))
    assert looked[1] <= 2.1 * looked[0]
    assert stored[1] <= 2.1 * stored[0]
    assert plans[1] == plans[0]


def test_decisions_made_since_count_until_the_plan_is_stored_again(tmp_path: Path, sandbox: FakeSandbox) -> None:
    graded(toy.write_class(tmp_path / "class", sources(1)), options(tmp_path))
    records = Records(tmp_path / "out")
    plan = kept_plan(records)
    assert isinstance(plan, ClassPlan)
    assert records.documents(DECIDED) == {}, "all is in the plan"
    assert plan.asked
    (name,) = plan.asked
    keep_whole(records, plan.model_copy(update={"asked": {}}))
    assert kept_plan(records) == plan.model_copy(update={"asked": {}})
    records.put_document(DECIDED + name, Decided(asked=plan.asked[name]).model_dump_json())
    records.put_document(f"{DECIDED}toy/damaged", "{")
    assert kept_plan(records) == plan
    records.close()
