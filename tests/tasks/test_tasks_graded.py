"""Preflight of each task for real under `quick`: the reference earns full marks, the template none, mistakes less.

One class of submissions a task is graded by the command line, and every test here reads that. It takes minutes a task:
`make preflight` runs it, and `test_tasks_trained` goes the same way at the tiny size. Each task has a test class of its
own, made below, so that processes that share the tests take whole tasks, and none is graded twice.
"""

import math
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner
from workflow.classes import KeptLauncher, graded, numbers, task_of

from harness import shipped
from harness.cli import app
from harness.data.key import REHEARSAL
from harness.errors import ResultsError
from harness.grading.baselines import load_baseline
from harness.grading.results import ClassResult, TaskResult
from harness.grading.separation import Separation
from harness.records.models import Measurement, Status
from harness.report.files import read_results
from harness.sandbox.pool import ServerPool
from harness.task import Task
from harness.tasks import find, names
from harness.workflow.options import Options
from harness.workflow.preflight import SEED

pytestmark = [pytest.mark.slow, pytest.mark.preflight]


@dataclass(frozen=True)
class Graded:
    """What preflight of one task left behind, and how it ended."""

    name: str
    result: ClassResult
    separation: Separation
    exit_code: int
    out: Path

    def of(self, who: str) -> TaskResult:
        return task_of(self.result, who)


def preflight(name: str, out: Path) -> Graded:
    options = ["--task", name, "--out", str(out), "--device", "cpu", "--each-once", "--json"]
    done = CliRunner().invoke(app, ["preflight", *options])
    assert done.exit_code in (0, 1), done.output
    separation = Separation.model_validate_json(done.stdout)
    return Graded(name, read_results(out / "results.json"), separation, done.exit_code, out)


@pytest.fixture(scope="module", autouse=True)
def launcher(fork_server: ServerPool) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(fork_server))
        yield


@pytest.fixture(scope="class")
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, launcher: None) -> Graded:
    return preflight(request.cls.task, tmp_path_factory.mktemp(request.cls.task) / "out")


def reasons(task: TaskResult) -> list[str]:
    return [f"{c.id}: {c.earned} of {c.points}: {c.reason}" for c in task.criteria if not c.manual]


def there(task: Task, found: Collection[str]) -> set[str]:
    """Return the variants that a submission must have under quick: of candidates those that it handed in."""
    return {v.name for v in task.variants if v.under("quick") and (v.candidate is None or v.name in found)}


class Preflight:
    """What holds of every task; a subclass names one."""

    task: ClassVar[str]

    def test_the_rubric_separates(self, course: Graded) -> None:
        """A failure here names the submission and the criterion that does not tell it."""
        assert course.separation.failures == []
        assert course.exit_code == 0
        assert sum(task.mistakes for task in course.separation.tasks) >= 3
        assert (course.out / "preflight.html").is_file()

    def test_the_reference_earns_every_automatic_point(self, course: Graded) -> None:
        reference = course.of("reference")
        assert reference.fault is None
        assert reference.status is Status.PASSED, reasons(reference)
        assert reference.earned == reference.possible > 0
        assert reference.possible + reference.manual_points == sum(c.points for c in reference.criteria)

    def test_the_reference_is_told_of_no_mistake(self, course: Graded) -> None:
        """It would cost trust in all others. What is expected is none, and a candidate may lead nowhere."""
        tried = {v.name for v in find(course.name).variants if v.candidate}
        told = [f for f in course.of("reference").findings if not f.expected and f.variant not in tried]
        assert [(f.variant, f.title, f.evidence) for f in told] == []

    def test_the_template_runs_and_earns_nothing(self, course: Graded) -> None:
        template = course.of("template")
        assert template.fault is None
        assert not [m.fault for m in template.measurements if m.fault], "what a student starts from has no fault"
        assert template.status is Status.FAILED
        assert template.earned == 0, reasons(template)

    def test_every_measure_is_there_and_a_number(self, course: Graded) -> None:
        task = find(course.name)
        for who in ("reference", "template"):
            by_variant = {m.variant: m for m in course.of(who).measurements}
            assert set(by_variant) == there(task, by_variant)
            for m in by_variant.values():
                assert set(m.measures) == {x.name for x in task.measures_of(task.variant(m.variant))}
                assert all(math.isfinite(v.value) and v.signature for v in m.measures.values())

    def test_what_was_trained_has_a_curve_parameters_and_usage(self, course: Graded) -> None:
        task = find(course.name)
        profile = task.profiles["quick"]
        trained = {v.name for v in task.trained()}
        for m in course.of("reference").measurements:
            if m.variant in trained:
                assert (m.parameters or 0) > 0
                assert {len(column) for column in m.curve.values()} == {profile.epochs}
                assert all(u.peak_memory_mb < profile.limits.memory_mb for u in m.usage.values())

    def test_the_card_is_drawn(self, course: Graded) -> None:
        card = (course.out / "cards" / "reference.html").read_text()
        assert find(course.name).title in card
        assert "<svg" in card or "data:image" in card
        for criterion in course.of("reference").criteria:
            assert criterion.hidden or criterion.id in card or criterion.text.partition("'")[0][:40] in card
        assert "Traceback" not in card

    def test_the_same_seed_gives_the_same_numbers_in_another_folder(self, course: Graded, tmp_path: Path) -> None:
        """The cheapest variant stands for all: they take the same path, and a class pays for every second here."""
        variant = min(course.of("reference").measurements, key=cost).variant
        (tmp_path / "class" / "again").mkdir(parents=True)
        shutil.copy(shipped.folder("reference_models") / f"{course.name}.py", tmp_path / "class" / "again")
        only = {("again", course.name): [variant]}
        key = REHEARSAL.under(SEED)
        options = Options(tmp_path / "out", tasks=[course.name], seeds=[SEED], device="cpu", only=only, key=key)
        again = numbers(task_of(graded(tmp_path / "class", options), "again").measurements)
        before = numbers(course.of("reference").measurements)
        assert (variant, SEED) in again and again.items() <= before.items()


def cost(m: Measurement) -> float:
    """Return the CPU seconds of a measurement; no end where nothing was trained, or by settings of candidates."""
    return sum(u.cpu_s for u in m.usage.values()) if m.curve and not m.settings else math.inf


def seconds(name: str) -> float:
    """Return the CPU seconds of a task's reference, as its baseline has them; no end where nobody measured it so."""
    try:
        baseline = load_baseline(shipped.folder("reference_models") / "baselines", find(name), "quick", "cpu")
    except ResultsError:  # of another version of the task; tests that read what it says will tell
        return math.inf
    return sum(sum(usage.cpu_s) for usage in baseline.usage.values()) / len(baseline.seeds) if baseline else math.inf


for _name in sorted(names(), key=seconds, reverse=True):  # the dearest first, so that no process waits for it alone
    globals()[f"Test_{_name}"] = type(f"Test_{_name}", (Preflight,), {"task": _name})
