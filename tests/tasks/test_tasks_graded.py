"""Each task graded for real under `quick`: the reference earns full marks, the template none, twice the same."""

import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from workflow.classes import KeptLauncher, graded, numbers, task_of

from harness import shipped
from harness.grading.results import ClassResult, TaskResult
from harness.records.models import Status
from harness.sandbox.pool import ServerPool
from harness.tasks import find, names
from harness.workflow.measure import Options

pytestmark = pytest.mark.slow
FOLDERS = {"reference": "reference_models", "template": "student_template"}


@dataclass(frozen=True)
class Graded:
    name: str
    result: ClassResult
    out: Path

    def of(self, who: str) -> TaskResult:
        return task_of(self.result, who)


def grade_shipped(name: str, who: Mapping[str, str], folder: Path) -> Graded:
    """Grade files that travel with the harness as if students had handed them in."""
    for student, place in who.items():
        (folder / "class" / student).mkdir(parents=True)
        shutil.copy(shipped.folder(place) / f"{name}.py", folder / "class" / student)
    options = Options(folder / "out", tasks=[name], device="cpu")
    return Graded(name, graded(folder / "class", options), options.out)


@pytest.fixture(scope="module", autouse=True)
def launcher(fork_server: ServerPool) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(fork_server))
        yield


@pytest.fixture(scope="module", params=names())
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, launcher: None) -> Graded:
    return grade_shipped(request.param, FOLDERS, tmp_path_factory.mktemp(request.param))


def reasons(task: TaskResult) -> list[str]:
    return [f"{c.id}: {c.earned} of {c.points}: {c.reason}" for c in task.criteria if not c.manual]


def test_the_reference_earns_every_automatic_point(course: Graded) -> None:
    reference = course.of("reference")
    assert reference.fault is None
    assert reference.status is Status.PASSED, reasons(reference)
    assert reference.earned == reference.possible > 0
    assert reference.possible + reference.manual_points == sum(c.points for c in reference.criteria)


def test_the_template_runs_and_earns_nothing(course: Graded) -> None:
    template = course.of("template")
    assert template.fault is None
    assert not [m.fault for m in template.measurements if m.fault], "what a student starts from has no fault"
    assert template.status is Status.FAILED
    assert template.earned == 0, reasons(template)


def test_every_measure_is_there_and_a_number(course: Graded) -> None:
    task = find(course.name)
    for who in FOLDERS:
        by_variant = {m.variant: m for m in course.of(who).measurements}
        assert set(by_variant) == {v.name for v in task.variants}
        for m in by_variant.values():
            assert set(m.measures) == {x.name for x in task.measures}
            assert all(math.isfinite(v.value) and v.signature for v in m.measures.values())


def test_what_was_trained_has_a_curve_parameters_and_usage(course: Graded) -> None:
    task = find(course.name)
    profile = task.profiles["quick"]
    trained = {v.name for v in task.variants if not v.given}
    for m in course.of("reference").measurements:
        if m.variant in trained:
            assert (m.parameters or 0) > 0
            assert {len(column) for column in m.curve.values()} == {profile.epochs}
            assert all(u.cpu_s < profile.limits.cpu_s / 2 for u in m.usage.values()), "room for slower machines"
            assert all(u.peak_memory_mb < profile.limits.memory_mb for u in m.usage.values())


def test_the_card_is_drawn(course: Graded) -> None:
    card = (course.out / "cards" / "reference.html").read_text()
    assert find(course.name).title in card
    assert "<svg" in card or "data:image" in card
    for criterion in course.of("reference").criteria:
        assert criterion.hidden or criterion.id in card or criterion.text.partition("'")[0][:40] in card
    assert "Traceback" not in card


def test_the_same_seed_gives_the_same_numbers_in_another_folder(course: Graded, tmp_path: Path) -> None:
    again = grade_shipped(course.name, {"reference": FOLDERS["reference"]}, tmp_path)
    assert numbers(again.of("reference").measurements) == numbers(course.of("reference").measurements)
