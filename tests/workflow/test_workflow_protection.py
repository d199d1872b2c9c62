"""How strong a barrier is asked for, and that student code does not run behind a weaker one."""

from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, graded, options, reaches

from harness.errors import UsageError
from harness.sandbox import landlock
from harness.sandbox.levels import Level
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.workflow import machine
from harness.workflow.protection import Protection

WHY = {Level.BUBBLEWRAP: "Expected bwrap on this machine, found none."}


@pytest.mark.parametrize(
    ("name", "guess"),
    [("bublewrap", "Did you mean 'bubblewrap'?"), ("Landlock", "Did you mean 'landlock'?"), ("high", ""), ("0", "")],
)
def test_an_unknown_level_is_refused(name: str, guess: str) -> None:
    with pytest.raises(UsageError, match="There is no isolation level") as error:
        Protection(name)
    assert repr(name) in str(error.value)
    assert guess in str(error.value)


@pytest.mark.parametrize("least", ["", *Level])
@pytest.mark.parametrize("level", [level for level in Level if level != Level.NONE])
def test_a_barrier_as_strong_as_asked_for_is_taken_and_a_weaker_one_refused(
    monkeypatch: pytest.MonkeyPatch, least: str, level: Level
) -> None:
    walls = reaches(monkeypatch, level, WHY)
    if not least or level.rank >= Level(least).rank:
        assert Protection(least).walls("cpu") == walls
        return
    with pytest.raises(UsageError) as error:
        Protection(least, trusted=True).walls("cpu")
    assert f"at least {least}, this machine reaches {level}" in str(error.value)
    assert WHY[Level.BUBBLEWRAP] in str(error.value)


def test_without_any_barrier_only_trusted_submissions_run(monkeypatch: pytest.MonkeyPatch) -> None:
    walls = reaches(monkeypatch, Level.NONE, WHY)
    for protection in (Protection(), Protection("none")):
        with pytest.raises(UsageError, match="--trust-submissions") as error:
            protection.walls("cpu")
        assert WHY[Level.BUBBLEWRAP] in str(error.value)
    assert Protection(trusted=True).walls("cpu") == walls
    with pytest.raises(UsageError, match="at least landlock"):
        Protection("landlock", trusted=True).walls("cpu")


def test_a_class_is_refused_before_anything_is_made(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaches(monkeypatch, Level.NONE, WHY)
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    with pytest.raises(UsageError, match="barrier"):
        graded(submissions, options(tmp_path, protection=Protection()))
    assert sandbox.jobs == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (Level.NONE, "none: trusted submissions"),
        (Level.SEATBELT, "seatbelt: Seatbelt; memory by limits and watch"),
        (Level.LANDLOCK, "landlock: Landlock 4, seccomp; memory by limits and watch"),
        (Level.BUBBLEWRAP, "bubblewrap: Landlock 4, seccomp; memory by limits and watch"),
    ],
)
def test_results_and_cards_name_the_level(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch, level: Level, words: str
) -> None:
    reaches(monkeypatch, level, WHY)
    monkeypatch.setattr(landlock, "abi", lambda: 4)
    monkeypatch.setattr("harness.sandbox.cgroup.delegated", lambda: False)
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    result = graded(submissions, options(tmp_path))
    (task,) = result.students[0].tasks
    assert {measurement.provenance.isolation for measurement in task.measurements} == {words}
    cards = [path.read_text() for path in (tmp_path / "out" / "cards").glob("*.html")]
    assert cards
    for card in cards:
        assert "Isolation" in card and words in card
    assert words in (tmp_path / "out" / "results.json").read_text()


def test_a_control_group_is_named_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.sandbox.cgroup.delegated", lambda: True)
    assert machine.describe_walls(make(Level.BUBBLEWRAP, view("cpu"))).endswith("memory by control group")
