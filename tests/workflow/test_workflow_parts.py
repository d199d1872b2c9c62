"""A fault in one part of a submission costs the criteria that need that part, and nothing else."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy
from workflow.classes import FakeSandbox, criterion, graded, options, task_of, units, with_tasks

from harness.errors import SandboxError
from harness.grading.results import ClassResult
from harness.records.models import Fault, Status
from harness.records.store import Records
from harness.sandbox.job import Job
from harness.task import ArrayOutput, Builder, Step, Task, Variant
from harness.workflow.options import Options

PLAIN = 8  # units of the variant `plain`


def fault(kind: str, step: str = "train", message: str = "Gave up.") -> Fault:
    limit = "cpu" if kind == "limit" else ""
    return Fault.model_validate({"owner": "student", "kind": kind, "step": step, "message": message, "limit": limit})


def asked(job: Job) -> set[int]:
    """Return the units that a step of the contract check builds with, or a later step is about."""
    built = {int(call["arguments"]["units"]) for call in job.step.settings.get("build", ())}
    return built or {units(job)}


def ann(
    folder: Path, sandbox: FakeSandbox, fails: Callable[[Job], object], chosen: Options | None = None
) -> ClassResult:
    sandbox.fails = fails  # type: ignore[assignment]
    return graded(toy.write_class(folder / "class", {"ann": toy.GOOD}), chosen or options(folder, seeds=[1]))


@pytest.mark.parametrize("kind", ["limit", "exception", "crash", "output"])
def test_a_variant_that_fails_leaves_the_others_measured(tmp_path: Path, sandbox: FakeSandbox, kind: str) -> None:
    """As a character model over its limit leaves the word model."""
    result = ann(tmp_path, sandbox, lambda job: fault(kind) if units(job) == PLAIN else None)
    assert (criterion(result, "ann", "plain").earned, criterion(result, "ann", "beats-naive").earned) == (0, 30)
    assert criterion(result, "ann", "plain").status is Status.STUDENT_ERROR
    assert task_of(result, "ann").fault is None
    assert result.complete


def test_a_variant_that_cannot_be_built_leaves_the_others_measured(tmp_path: Path, sandbox: FakeSandbox) -> None:
    said = "Expected build_model to return 1 Keras model, received 2."
    result = ann(tmp_path, sandbox, lambda job: fault("contract", message=said) if asked(job) == {PLAIN} else None)
    assert criterion(result, "ann", "beats-naive").earned == 30
    assert criterion(result, "ann", "plain").reason == said
    checks = [asked(job) for job in sandbox.jobs if job.step.name == "contract"]
    assert checks == [{PLAIN}, {64}], "a second one is looked at only where the first has a fault"


def test_a_submission_none_of_whose_builders_works_is_told_so_once(tmp_path: Path, sandbox: FakeSandbox) -> None:
    result = ann(tmp_path, sandbox, lambda job: fault("contract", "contract"))
    found = task_of(result, "ann").fault
    assert found is not None and found.step == "contract"
    assert {job.step.name for job in sandbox.jobs} == {"contract"}
    assert task_of(result, "ann").earned == 0


@pytest.mark.parametrize("kind", ["import", "limit", "crash"])
def test_what_would_happen_again_is_not_tried_again(tmp_path: Path, sandbox: FakeSandbox, kind: str) -> None:
    ann(tmp_path, sandbox, lambda job: fault(kind, "contract"))
    assert [job.step.name for job in sandbox.jobs] == ["contract"]


def two_builders() -> Task:
    """Return the toy task with a builder for each of its variants."""
    other = Builder("build_other", "Another.", toy.BUILDER.arguments, toy.BUILDER.returns)
    plain, wide, naive = toy.VARIANTS
    variants: tuple[Variant, ...] = (plain, replace(wide, builder=other.name), naive)
    return replace(toy.TASK, builders=(toy.BUILDER, other), variants=variants)


@pytest.mark.parametrize("kind", ["contract", "limit", "crash"])
def test_a_builder_that_fails_leaves_the_others_measured(tmp_path: Path, sandbox: FakeSandbox, kind: str) -> None:
    """As a GAN that cannot be built leaves the VAE."""
    chosen = options(tmp_path, seeds=[1], registry=with_tasks(two_builders()))
    result = ann(tmp_path, sandbox, lambda job: fault(kind) if asked(job) == {PLAIN} else None, chosen)
    assert (criterion(result, "ann", "plain").earned, criterion(result, "ann", "beats-naive").earned) == (0, 30)


def test_the_check_records_the_largest_model_whichever_builder_comes_last(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = FakeSandbox.array
    sizes = lambda self, name, shape, job: (  # noqa: E731
        np.array([90.0 if asked(job) == {PLAIN} else 70.0, 0, 0]) if name == "facts" else made(self, name, shape, job)
    )
    monkeypatch.setattr(FakeSandbox, "array", sizes)
    chosen = options(tmp_path, seeds=[1], registry=with_tasks(two_builders()))
    key = task_of(ann(tmp_path, sandbox, lambda job: None, chosen), "ann").contract
    with closing(Records(tmp_path / "out", only_read=True)) as records:
        assert records.find([key])[key].parameters == 90


def asking_first() -> Task:
    """Return the toy task with a step before training that it does not need, as the divergence of a VAE."""
    step = Step("divergence", "a:b", ("x_train",), (ArrayOutput("kl", (3,)),), toy.QUICK.limits)
    return replace(toy.TASK, steps=lambda *a: (step, *toy.steps(*a)))


def test_a_step_that_fails_costs_what_needs_what_it_hands_back(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path, seeds=[1], registry=with_tasks(asking_first()))
    fails = lambda job: fault("contract", "divergence") if job.step.name == "divergence" else None  # noqa: E731
    result = ann(tmp_path, sandbox, fails, chosen)
    assert task_of(result, "ann").earned == 80
    assert {m.fault.step for m in task_of(result, "ann").measurements if m.fault} == {"divergence"}


def asking_twice() -> Task:
    """Return the toy task that asks one function before and after training, as blends are drawn of two kinds of codes.

    Nothing else needs what it says.
    """
    before = Step("ask", "a:b", ("x_train",), (ArrayOutput("blends", (3,)),), toy.QUICK.asking)
    after = replace(before, name="blend", outputs=(ArrayOutput("blended", (3,)),))
    return replace(toy.TASK, steps=lambda *a: (before, *toy.steps(*a), after))


@pytest.mark.parametrize(("kind", "asked"), [("limit", 1), ("exception", 2)])
def test_a_function_that_hangs_is_ended_soon_and_not_asked_again(
    tmp_path: Path, sandbox: FakeSandbox, kind: str, asked: int
) -> None:
    chosen = options(tmp_path, seeds=[1], registry=with_tasks(asking_twice()))
    fails = lambda job: fault(kind, job.step.name) if job.step.run == "a:b" else None  # noqa: E731
    result = ann(tmp_path, sandbox, fails, chosen)
    jobs = [job.step for job in sandbox.jobs if job.step.run == "a:b"]
    train = next(job.step for job in sandbox.jobs if job.step.name == "train")
    assert len(jobs) == asked * len(task_of(result, "ann").measurements[:2]), "once in each variant"
    assert jobs[0].limits.cpu_s == pytest.approx(train.limits.cpu_s / 10, abs=1), "in whole seconds of this machine"
    assert (criterion(result, "ann", "plain").earned, criterion(result, "ann", "beats-naive").earned) == (50, 30)


def test_no_step_runs_without_what_it_needs(tmp_path: Path, sandbox: FakeSandbox) -> None:
    ann(tmp_path, sandbox, lambda job: fault("exception") if job.step.name == "train" else None)
    assert "predict" not in {job.step.name for job in sandbox.jobs}


def test_a_fault_of_the_harness_after_one_of_the_students_costs_nothing(tmp_path: Path, sandbox: FakeSandbox) -> None:
    def fails(job: Job) -> object:
        if job.step.name == "divergence":
            return fault("contract", "divergence")
        return SandboxError("No process.") if job.step.name == "train" else None

    result = ann(tmp_path, sandbox, fails, options(tmp_path, seeds=[1], registry=with_tasks(asking_first())))
    assert task_of(result, "ann").status is Status.HARNESS_ERROR
    assert (task_of(result, "ann").earned, task_of(result, "ann").possible) == (0, 0)
