"""A class on workers of two kinds: each submission on one of them, today and whenever the command runs again."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import toy
from typer.testing import CliRunner
from workers.conftest import of_course, written
from workers.test_workers_local import on_workers, quiet
from workflow.classes import FakeSandbox, graded, marks
from workflow.test_workflow_shards import told_of

from harness.cli import app
from harness.grading.results import ClassResult
from harness.records.models import GIVEN
from harness.records.store import Records
from harness.workers.asked import Asked
from harness.workers.cluster import DaskCluster
from harness.workflow.grade import grade
from harness.workflow.plan import ClassPlan
from harness.workflow.result_folder import stored_plan
from harness.workflow.schedule import Board

CLASS = {
    "ann": toy.GOOD,
    "bob": toy.GOOD + "\n# Bob's\n",
    "cy": toy.UNTRAINABLE,
    "dee": toy.SYNTAX_ERROR,
    "eve": toy.GOOD,  # the same work as Ann's
    "fay": toy.GOOD + "\n# Fay's\n",
}
OTHER = "another processor, one core a step"


def on_kinds(
    folder: Path, course: Path, signs: Path, workers: int = 2, told: Any = None, show: Any = quiet, **changes: Any
) -> ClassResult:
    """Grade on workers of which the first that was ever started is of this machine's kind, all others of another."""
    (signs / "two kinds").touch()
    said = told if told is not None else []
    chosen = of_course(folder, course, **{"out": folder / "elsewhere", **changes})
    return grade(folder / "class", chosen, show, said.append, DaskCluster(Asked(local=workers), mixed=True))


def machines(result: ClassResult) -> dict[str, str]:
    """Return the machine of everybody who was measured; nobody has two, whatever of theirs was measured."""
    there = {s.name: {m.provenance.machine for t in s.tasks for m in t.measurements} for s in result.students}
    assert all(len(some) <= 1 for some in there.values())
    return {name: some.pop() for name, some in there.items() if some}


def plan_in(folder: Path) -> ClassPlan:
    with closing(Records(folder, create=False)) as records:
        return stored_plan(records, folder)


def but_for_machines(found: Any) -> Any:
    """Return what was told of a class without where it was measured, nor keys, which say so too and name files."""
    if isinstance(found, dict):
        kept = {k: v for k, v in found.items() if k not in ("key", "machine", "contract", "extra", "evidence")}
        return {k: but_for_machines(v) for k, v in kept.items()}
    return [but_for_machines(one) for one in found] if isinstance(found, list) else found


def test_each_submission_is_measured_on_one_kind_of_machine_and_stays_there(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox
) -> None:
    written(tmp_path, CLASS)
    said: list[str] = []
    result = on_kinds(tmp_path, course, pretending_workers, told=said)
    here = graded(tmp_path / "class", of_course(tmp_path, course))
    assert said == []
    assert marks(result) == marks(here)
    assert but_for_machines(told_of(result)) == but_for_machines(told_of(here))
    where, (this,) = machines(result), set(machines(here).values())
    assert where.keys() == CLASS.keys() - {"dee"}
    assert set(where.values()) == {OTHER, this}
    assert where["ann"] == where["eve"], "the same work is measured once"
    given = {
        m.provenance.machine for s in result.students for t in s.tasks for m in t.measurements if m.source == GIVEN
    }
    assert given == {OTHER, this}, "what is compared with comes from the same machine"
    for page in ("index.html", "cards/ann.html", "cards/bob.html"):
        name = where[Path(page).stem] if "cards" in page else OTHER
        assert name in (tmp_path / "elsewhere" / page).read_text()
        assert this not in (tmp_path / "out" / page).read_text(), "a class on one kind tells nothing of it"

    toy.write_class(tmp_path / "class", {"zed": toy.GOOD + "\n# Zed's\n"})
    again = on_kinds(tmp_path, course, pretending_workers, 1, told=said)
    assert said == []
    assert machines(again) == {**where, "zed": OTHER}, "who is new goes where somebody is"


@pytest.mark.slow
def test_who_is_pinned_to_machines_that_are_gone_waits_for_them(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox
) -> None:
    written(tmp_path, {"ann": toy.GOOD, "bob": toy.GOOD + "\n# Bob's\n"})
    first = on_kinds(tmp_path, course, pretending_workers)
    where = machines(first)
    (gone,) = (name for name in where if where[name] != OTHER)
    (there,) = where.keys() - {gone}
    said, anew = list[str](), {"again": [gone, there]}

    def show(board: Board, plan: ClassPlan) -> None:
        if said and board.done and not board.running:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        on_kinds(tmp_path, course, pretending_workers, 1, said, show, **anew)
    assert len(said) == 1
    assert f"{gone} waits for one" in said[0] and where[gone] in said[0]
    plan = plan_in(tmp_path / "elsewhere")
    assert len(plan.fingerprints) == 2

    (pretending_workers / "first").unlink()
    result = on_kinds(tmp_path, course, pretending_workers, 2, **anew)
    assert (marks(result), machines(result)) == (marks(first), where)


@pytest.mark.slow
def test_without_it_a_class_stays_on_one_kind(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox
) -> None:
    written(tmp_path, CLASS)
    (pretending_workers / "two kinds").touch()
    said: list[str] = []
    result = on_workers(tmp_path, course, told=said, out=tmp_path / "elsewhere")
    (sole,) = set(machines(result).values())
    assert len(said) == 1 and "gets nothing: it would measure with another machine" in said[0]
    assert plan_in(tmp_path / "elsewhere").fingerprints == {}

    (pretending_workers / "first").unlink()
    toy.write_class(tmp_path / "class", {"zed": toy.GOOD + "\n# Zed's\n"})
    mixed = on_kinds(tmp_path, course, pretending_workers)
    assert {name: where for name, where in machines(mixed).items() if name != "zed"} == dict.fromkeys(
        machines(result), sole
    ), "who was measured before the class was mixed stays too"


def test_mixed_is_for_workers(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    done = CliRunner().invoke(app, ["grade", str(tmp_path / "class"), "--mixed", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "Expected --mixed with --workers, received it alone" in done.output
    assert "--mixed" in CliRunner().invoke(app, ["grade", "--help"]).output
