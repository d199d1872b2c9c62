"""A fault of the harness costs nobody marks and is tried again; hidden answers stay outside the sandbox."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import toy
from numpy.typing import NDArray
from opened import needs_descriptors, nothing_left_open
from workflow.classes import (
    FakeSandbox,
    NoLauncher,
    criterion,
    fault_of,
    graded,
    marks,
    options,
    share_right,
    task_of,
    truth,
    with_tasks,
)

from harness.errors import HarnessError, SandboxError, UsageError
from harness.records.models import Finding, Measurement, Status
from harness.records.store import Records
from harness.report.drawing.figures import draw
from harness.sandbox.job import Job
from harness.sandbox.supervise import run_job
from harness.task import Recorded, Scored, Step, VariantRun
from harness.workflow.context import prepare
from harness.workflow.grade import grade
from harness.workflow.machine import Machine
from harness.workflow.plan import ClassPlan

OTHER = toy.GOOD.replace("0.02", "0.01")
PAIR = {"ann": toy.GOOD, "bob": OTHER}
MACHINE = Machine("tensorflow", "cpu", "some processor", NoLauncher().walls, "a process")


def is_bobs(job: Job) -> bool:
    return b"0.01" in job.files[job.entry]


@pytest.mark.parametrize("step", ["contract", "train", "predict"])
def test_a_sandbox_that_fails_twice_costs_no_marks_and_is_tried_next_time(
    tmp_path: Path, sandbox: FakeSandbox, step: str
) -> None:
    sandbox.fails = lambda job: SandboxError("No process.") if job.step.name == step and is_bobs(job) else None
    submissions = toy.write_class(tmp_path / "class", PAIR)
    result = graded(submissions, options(tmp_path))
    bob = task_of(result, "bob")
    assert bob.status is Status.HARNESS_ERROR
    assert (bob.earned, bob.possible) == (0, 0), "no points are lost because none are counted"
    assert fault_of(result, "bob").owner == "harness"
    assert task_of(result, "ann").earned == 80, "nobody else is touched"
    assert "costs no marks" in (tmp_path / "out" / "cards" / "bob.html").read_text()
    sandbox.fails = lambda job: None
    sandbox.jobs.clear()
    mended = graded(submissions, options(tmp_path))
    assert task_of(mended, "bob").earned == 80
    assert all(is_bobs(job) for job in sandbox.jobs), "only what had failed is tried again"
    assert sandbox.jobs


def test_a_fault_of_the_harness_is_not_recorded(tmp_path: Path, sandbox: FakeSandbox) -> None:
    sandbox.fails = lambda job: SandboxError("No process.")
    graded(toy.write_class(tmp_path / "class", PAIR), options(tmp_path))
    records = Records(tmp_path / "out", create=False)
    try:
        plan = ClassPlan.model_validate_json(records.document("plan") or "")
        keys = [k for s in plan.students for t in s.tasks for k in (t.contract, *t.keys.values())]
        assert len(keys) == 6
        assert records.find(keys) == {}
    finally:
        records.close()


def test_a_sandbox_that_fails_once_is_tried_again_at_once(tmp_path: Path, sandbox: FakeSandbox) -> None:
    failed: set[tuple[str, int]] = set()

    def fails(job: Job) -> BaseException | None:
        place = (job.step.name, len(sandbox.trained()))
        if job.step.name != "predict" or place in failed:
            return None
        failed.add(place)
        return SandboxError("No process.")

    sandbox.fails = fails
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path))
    assert failed
    assert task_of(result, "ann").status is Status.PASSED
    assert len(sandbox.trained()) == 2, "only the step that failed is repeated"


def test_a_launcher_that_cannot_start_anything_is_a_harness_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = NoLauncher()
    monkeypatch.setattr("harness.workflow.machine.launcher", lambda *_: launcher)
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path))
    assert launcher.starts == 2
    assert task_of(result, "ann").status is Status.HARNESS_ERROR
    assert criterion(result, "ann", "plain").earned is None
    assert fault_of(result, "ann").message == "Expected a process, received none."


@needs_descriptors
def test_a_start_that_fails_leaves_no_descriptor_open(tmp_path: Path) -> None:
    """A class of a few hundred would otherwise run out of descriptors over one broken launcher."""
    step = prepare(toy.TASK, "quick", None, MACHINE, tmp_path).contract_step()
    job = Job(step, "toy.py", {"toy.py": toy.GOOD.encode()}, {}, 1)
    for _ in range(5):
        with nothing_left_open(), pytest.raises(SandboxError):
            run_job(job, NoLauncher(), Event())


def test_a_scorer_that_fails_is_the_harness_s_fault(tmp_path: Path, sandbox: FakeSandbox) -> None:
    def score(run: VariantRun) -> Scored:
        if run.variant.name == "wide":
            raise ZeroDivisionError("division by zero")
        return toy.score(run)

    chosen = options(tmp_path, registry=with_tasks(replace(toy.TASK, score=score)))
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), chosen)
    assert criterion(result, "ann", "plain").earned == 50
    assert criterion(result, "ann", "beats-naive").status is Status.HARNESS_ERROR
    assert criterion(result, "ann", "beats-naive").earned is None
    assert fault_of(result, "ann").step == "score"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"measures": {"test_accuracy": 0.5}}, "measure test_accuracy is 0.5"),
        ({"signs": {"spread": None}}, "sign spread is None"),
        ({"evidence": {"confusion": np.array([None])}}, "array confusion is array([None], dtype=object)"),
    ],
)
def test_a_scorer_that_says_no_numbers_stops_nobody(
    tmp_path: Path, sandbox: FakeSandbox, said: Mapping[str, Any], message: str
) -> None:
    """As one of a course may."""

    def score(run: VariantRun) -> Scored:
        return replace(toy.score(run), **said) if run.variant.name == "wide" else toy.score(run)

    chosen = options(tmp_path, registry=with_tasks(replace(toy.TASK, score=score)))
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), chosen)
    assert criterion(result, "ann", "plain").earned == 50
    assert fault_of(result, "ann").message.endswith(message)


def no_rule(m: Measurement) -> Finding | None:
    raise KeyError("spread")


def test_a_rule_of_a_finding_that_raises_costs_its_finding_alone(tmp_path: Path, sandbox: FakeSandbox) -> None:
    """The class is written; staff read which rule it was, and students nothing of it."""
    chosen, told = options(tmp_path, registry=with_tasks(replace(toy.TASK, findings=(no_rule,)))), list[str]()
    result = grade(toy.write_class(tmp_path / "class", PAIR), chosen, lambda board, plan: None, told.append)
    assert [task_of(result, name).earned for name in PAIR] == [80, 80]
    said = (
        "The rule no_rule for findings of toy failed (KeyError: 'spread'); the cards of 2 submissions lack what it"
        " would say, and no marks hang on it. Mend it, then mark again with `harness regrade`."
    )
    assert result.remarks == [said]
    assert said in told
    assert "The rule no_rule for findings of toy" in (tmp_path / "out" / "index.html").read_text()
    assert "no_rule" not in (tmp_path / "out" / "cards" / "ann.html").read_text()


@pytest.mark.parametrize(
    "wrong",
    [{"findings": ("divergd",)}, {"variants": tuple(replace(v, shows=("divergd",)) for v in toy.VARIANTS)}],
)
def test_a_finding_that_is_not_there_is_named_before_anything_runs(
    tmp_path: Path, sandbox: FakeSandbox, wrong: Mapping[str, Any]
) -> None:
    chosen = options(tmp_path, registry=with_tasks(replace(toy.TASK, **wrong)))
    with pytest.raises(UsageError, match=r"the finding 'divergd'\. Did you mean 'diverged'\?"):
        graded(toy.write_class(tmp_path / "class", PAIR), chosen)
    assert sandbox.jobs == []


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e308, -1e308, 5e-324, 0.0])
def test_an_odd_learning_curve_stops_nobody(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    """A curve is whatever student code says it is."""
    monkeypatch.setattr("harness.report.drawing.figures.draw", draw)

    def array(name: str, shape: tuple[int, ...], job: Job) -> NDArray[Any]:
        if is_bobs(job) and name in ("curve", "facts"):
            return np.full(shape, value if name == "curve" or np.isfinite(value) else 1.0)
        return FakeSandbox.array(sandbox, name, shape, job)

    sandbox.array = array  # type: ignore[method-assign]
    submissions = toy.write_class(tmp_path / "class", PAIR)
    result = graded(submissions, options(tmp_path))
    assert task_of(result, "bob").earned == 80
    assert task_of(result, "ann").earned == 80
    assert (tmp_path / "out" / "cards" / "bob.html").is_file()
    assert marks(graded(submissions, options(tmp_path))) == marks(result), "and it reads back"


def test_a_learning_curve_without_a_loss_stops_nobody(tmp_path: Path, sandbox: FakeSandbox) -> None:
    """A model whose own `fit` reports only a validation loss is all it takes."""

    def array(name: str, shape: tuple[int, ...], job: Job) -> NDArray[Any]:
        if not (is_bobs(job) and name == "curve"):
            return FakeSandbox.array(sandbox, name, shape, job)
        curve = np.full(shape, np.nan)
        curve[:, toy.CURVE.index("val_loss")] = np.linspace(1, 2, len(curve))
        return curve

    sandbox.array = array  # type: ignore[method-assign]
    longer = replace(toy.TASK, profiles={"quick": replace(toy.QUICK, epochs=6)})
    chosen = options(tmp_path, registry=with_tasks(longer))
    result = graded(toy.write_class(tmp_path / "class", PAIR), chosen)
    assert [task_of(result, n).earned for n in PAIR] == [80, 80]


def test_a_figure_that_cannot_be_drawn_stops_nobody(tmp_path: Path, sandbox: FakeSandbox) -> None:
    def figures(runs: Mapping[str, Recorded]) -> tuple[Any, ...]:
        if runs["plain"].measures["test_accuracy"] < 0.5:
            raise ValueError("nothing to see")
        return toy.figures(runs)

    chosen = options(tmp_path, registry=with_tasks(replace(toy.TASK, figures=figures)))
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.UNTRAINABLE, "bob": toy.GOOD})
    result = graded(submissions, chosen)
    assert [task_of(result, n).earned for n in ("ann", "bob")] == [0, 80]
    assert (tmp_path / "out" / "cards" / "ann.html").is_file()


def test_a_step_that_asks_for_a_hidden_array_is_refused(tmp_path: Path) -> None:
    def steps(*args: Any) -> tuple[Step, ...]:
        train, predict = toy.steps(*args)
        return train, replace(predict, inputs=(*predict.inputs, "y_test"))

    context = prepare(replace(toy.TASK, steps=steps), "quick", None, MACHINE, tmp_path)
    with pytest.raises(HarnessError, match=r"Step predict of task toy asks for \['y_test'\]"):
        context.steps(toy.TASK.variant("plain"))


def test_no_hidden_array_lies_where_student_code_could_read_it(tmp_path: Path, sandbox: FakeSandbox) -> None:
    answers = truth()["y_test"]
    seen: list[Path] = []

    def look(job: Job) -> None:
        inputs = [p for p in job.inputs.values() if isinstance(p, Path)]
        for path in {*inputs, *(tmp_path / "out" / "work").rglob("*.npy")}:
            array = np.load(path)
            assert array.shape != answers.shape or not np.array_equal(array, answers), path
            seen.append(path)

    sandbox.seen = look
    graded(toy.write_class(tmp_path / "class", PAIR), options(tmp_path))
    assert {p.stem for p in seen} >= {"x_train", "y_train", "x_val", "y_val", "x_test"}
    assert not (tmp_path / "out" / "work").exists(), "nothing is left behind"


def test_a_step_gets_what_it_declares_and_nothing_of_other_students(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", PAIR)
    (submissions / "ann" / "blocks.py").write_text("A = 1\n")
    graded(submissions, options(tmp_path))
    for job in sandbox.jobs:
        assert set(job.inputs) == set(job.step.inputs)
        assert set(job.files) == ({"toy.py"} if is_bobs(job) else {"toy.py", "blocks.py"})
    predicting = [job for job in sandbox.jobs if job.step.name == "predict"]
    assert predicting
    assert not any(name.startswith("y_") for job in predicting for name in job.inputs)


def test_what_an_attempt_left_in_the_work_folder_is_gone_in_the_next(tmp_path: Path, sandbox: FakeSandbox) -> None:
    left = tmp_path / "out" / "work" / "toy"
    left.mkdir(parents=True)
    np.save(left / "y_test.npy", truth()["y_test"])
    found: list[bool] = []
    sandbox.seen = lambda job: found.append((left / "y_test.npy").exists())
    graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path))
    assert found
    assert not any(found)


@pytest.mark.parametrize(
    "change",
    [
        {"source": "b"},
        {"variant": "wide"},
        {"seed": 2},
        {"provenance.data_sha256": "b"},
        {"provenance.harness": "9"},
        {"provenance.python": "9"},
        {"provenance.libraries": {"keras": "9"}},
        {"provenance.backend": "jax"},
        {"provenance.device": "gpu"},
        {"provenance.machine": "another"},
        {"profile.epochs": 9},
        {"profile.settings": {}},
        {"task.version": 9},
        {"task.name": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_record_is_found_only_under_everything_it_depends_on(tmp_path: Path, change: dict[str, Any]) -> None:
    context = prepare(toy.TASK, "quick", None, MACHINE, tmp_path)
    place = {"source": "a", "variant": "plain", "seed": 1}
    key = context.key(**place)
    assert prepare(toy.TASK, "quick", None, MACHINE, tmp_path).key(**place) == key
    ((name, value),) = change.items()
    if name in place:
        assert context.key(**{**place, name: value}) != key
        return
    part, _, attribute = name.partition(".")
    old = getattr(context, part)
    new = old.model_copy(update={attribute: value}) if part == "provenance" else replace(old, **{attribute: value})
    assert replace(context, **{part: new}).key(**place) != key


def test_the_pretended_accuracies_are_what_is_scored(tmp_path: Path, sandbox: FakeSandbox) -> None:
    graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path, seeds=[7]))
    assert [share_right(j) for j in sandbox.jobs if j.step.name == "train"] == pytest.approx([0.57, 0.77])
