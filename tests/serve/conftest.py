"""A graded class of the toy task, served to visitors that are no browsers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import toy
from serve.visitor import Visitor
from workflow.classes import FakeSandbox, answered_by, graded, options, truth

from harness.serve.app import create_app
from harness.serve.desk import Desk
from harness.serve.gate import Gate
from harness.serve.reporter import Reporter
from harness.serve.room import Room
from harness.workflow.graded_class import GradedClass, opened

HOSTILE = '<script>alert(1)</script>" onload=x'
NAMES = {
    "Ann Example": toy.GOOD,
    "Bob Noyce": toy.UNTRAINABLE,
    HOSTILE: toy.GOOD + "#\n",
    "Dan Simon": toy.SYNTAX_ERROR,
}
HIDDEN = "Nobody may read this line."
RUBRIC = toy.RUBRIC.replace(
    "  - id: report\n",
    f"  - id: talk\n    text: {HIDDEN}\n    manual: true\n    hidden: true\n    points: 5\n  - id: report\n",
).replace("points: 100\n", "points: 105\n")


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a class, rubrics, and the results in `out`; not to be changed."""
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        answered_by(patch, FakeSandbox(truth()))
        submissions = toy.write_class(folder / "class", {n.replace("/", "∕"): s for n, s in NAMES.items()})
        graded(submissions, options(folder, rubrics=toy.write_rubrics(folder / "ruled", RUBRIC)))
    return folder


@pytest.fixture
def out(original: Path, tmp_path: Path) -> Path:
    """Results of a class that a test may mark."""
    shutil.copytree(original, tmp_path / "served")
    return tmp_path / "served" / "out"


@pytest.fixture
def class_(out: Path) -> Iterator[GradedClass]:
    with opened(out, tasks=toy.REGISTRY) as found:
        yield found


@pytest.fixture
def room(class_: GradedClass) -> Room:
    """The desk of a grader called Prof, whose reports are written when a test says so."""
    desk = Desk(class_)
    return Room(desk, Gate(), Reporter(desk), "Prof")


@pytest.fixture
def visitor(room: Room) -> Visitor:
    """Grace, who has come in."""
    return Visitor(create_app(room), room.gate).enter()


@pytest.fixture
def second(visitor: Visitor) -> Visitor:
    """Alan, at another browser."""
    return Visitor(visitor.app, visitor.gate, "Alan").enter()
