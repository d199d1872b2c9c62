"""Backends load while a class is read, and nobody is left waiting where they turn out to be of no use."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import toy
from workflow.classes import NoLauncher

from harness.errors import DataError
from harness.sandbox import cgroup, detect, pool
from harness.sandbox.walls import Walls
from harness.workflow import machine, workshop
from harness.workflow.beginning import Asked, Begun, begun
from harness.workflow.machine import Machine
from harness.workflow.options import Options
from harness.workflow.protection import Protection


@dataclass
class Noting(NoLauncher):
    """Notes for how many steps it began, and whether it was closed."""

    began: list[int] = field(default_factory=list)
    dismissed: bool = False
    closed: bool = False

    def begin(self, steps: int = 1) -> None:
        self.began.append(steps)

    def dismiss(self) -> None:
        self.dismissed = True

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Noting]:
    """The launchers that are made, early ones first."""
    found: list[Noting] = []

    def note(walls: Walls) -> Noting:
        found.append(Noting(walls=walls))
        return found[-1]

    monkeypatch.setattr("harness.workflow.machine.launcher", lambda machine, *_: note(machine.walls))
    monkeypatch.setattr(pool, "on_cpu", lambda backend, walls: note(walls))
    monkeypatch.setattr(detect, "likely", lambda device: detect.strongest(device).walls)
    monkeypatch.setattr(cgroup, "delegated", lambda: False)
    return found


ASKED = Asked("tensorflow", "cpu", 3)


def test_as_many_servers_begin_as_steps_will_run_at_once(made: list[Noting]) -> None:
    with begun(ASKED) as found:
        assert found and found.launcher is made[0]
        assert made[0].began == [3] and not made[0].closed
    assert made[0].closed


@pytest.mark.parametrize("asked", [None, replace(ASKED, backend="tensorfow"), replace(ASKED, jobs=-1)])
def test_nothing_begins_for_nobody_and_options_that_cannot_be_met(made: list[Noting], asked: Asked | None) -> None:
    with begun(asked) as found:
        assert found is None and not made


def test_nothing_begins_where_no_walls_can_be_built(made: list[Noting], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "likely", lambda _: None)
    with begun(ASKED) as found:
        assert found is None and not made


def test_nothing_begins_where_a_task_says_how_much_memory_a_server_may_take(
    made: list[Noting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroup, "delegated", lambda: True)
    with begun(ASKED) as found:
        assert found is None and not made


@pytest.mark.skipif(sys.platform != "linux", reason="walls are guessed on Linux only")
def test_the_walls_that_servers_begin_behind_are_those_that_hold() -> None:
    """Or what began would be thrown away, and would have taken time from what takes its place."""
    likely, found = detect.likely("cpu"), detect.strongest("cpu")
    if likely is None or likely.level in found.refused:
        pytest.skip("something is wrong here with what should hold")
    assert likely == found.walls


def chosen() -> Machine:
    return machine.choose("tensorflow", "cpu", Protection(trusted=True))


def equip(options: Options) -> workshop.Equipment:
    return workshop.equipped(chosen(), {toy.TASK.name: toy.TASK}, options, options.out, lambda said: None, begin=True)


def test_what_has_begun_is_used_and_begins_only_once(made: list[Noting], tmp_path: Path) -> None:
    with begun(ASKED) as found:
        assert equip(Options(out=tmp_path, jobs=3, begun=found)).launcher is made[0]
    assert len(made) == 1 and made[0].began == [3]


def test_what_has_begun_for_another_machine_is_not_used(made: list[Noting], tmp_path: Path) -> None:
    other = Begun("jax", Noting(walls=chosen().walls))
    assert equip(Options(out=tmp_path, jobs=2, begun=other)).launcher is made[0]
    assert made[0].began == [2]


def test_servers_start_anew_behind_walls_that_hide_what_was_found(
    made: list[Noting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "searched", finding("/answers.csv"))
    found = equip(Options(out=tmp_path, jobs=2, search=True))
    early, late = made
    assert early.closed and not late.closed
    assert found.launcher is late and late.began == [2] and "/answers.csv" in late.walls.view.hidden


def test_servers_stay_where_nothing_was_found(
    made: list[Noting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "searched", finding())
    assert equip(Options(out=tmp_path, jobs=2, search=True)).launcher is made[0]
    assert made[0].began == [2] and not made[0].closed


def test_who_had_servers_begin_waits_for_their_end(made: list[Noting], tmp_path: Path) -> None:
    with begun(ASKED) as found:
        assert found
        workshop.put_away(found.launcher, Options(out=tmp_path, begun=found))
        assert made[0].dismissed and not made[0].closed, "marking goes on meanwhile"
        other = Noting()
        workshop.put_away(other, Options(out=tmp_path, begun=found))
        assert other.closed
    assert made[0].closed


def finding(*paths: str) -> Callable[..., tuple[Machine, list[str]]]:
    """Return a search that finds hidden data at these paths, and has them closed."""

    def search(machine: Machine, *_: object) -> tuple[Machine, list[str]]:
        view = machine.walls.view
        walls: Walls = replace(machine.walls, view=replace(view, hidden=(*view.hidden, *paths)))
        return replace(machine, walls=walls), []

    return search


def test_servers_end_where_data_is_missing(made: list[Noting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise DataError("Expected data, found none.")

    monkeypatch.setattr(workshop, "contexts_of", missing)
    with pytest.raises(DataError):
        equip(Options(out=tmp_path, jobs=2))
    assert made[0].closed
