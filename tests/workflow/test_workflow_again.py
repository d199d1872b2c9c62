"""Grading again measures what is new and nothing else; a broken submission is not trained to its end."""

import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import toy
from workflow.classes import (
    WIDE,
    FakeSandbox,
    criterion,
    files_below,
    graded,
    marks,
    options,
    student,
    task_of,
    with_tasks,
)

from harness.records.models import Fault, Status
from harness.sandbox.detect import strongest
from harness.sandbox.ending import Started
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.job import Job

PAIR = {"ann": toy.GOOD, "bob": toy.UNTRAINABLE}
OTHER = toy.GOOD.replace("0.02", "0.01")


def test_again_trains_nothing_and_changes_no_page(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", PAIR)
    first = graded(submissions, options(tmp_path))
    pages = {n: b for n, b in files_below(tmp_path / "out").items() if n.startswith("cards")}
    sandbox.jobs.clear()
    second = graded(submissions, options(tmp_path))
    assert sandbox.jobs == []
    assert marks(second) == marks(first)
    assert {n: b for n, b in files_below(tmp_path / "out").items() if n.startswith("cards")} == pages


def test_marks_are_those_of_the_measured_numbers(tmp_path: Path, sandbox: FakeSandbox) -> None:
    result = graded(toy.write_class(tmp_path / "class", PAIR), options(tmp_path))
    assert criterion(result, "ann", "plain").value == pytest.approx(0.51)
    assert criterion(result, "ann", "plain").earned == 50
    assert criterion(result, "bob", "plain").value == pytest.approx(0.10)
    assert criterion(result, "bob", "plain").earned == 0
    assert [task_of(result, n).status for n in PAIR] == [Status.PASSED, Status.FAILED]
    assert task_of(result, "ann").possible == 80
    assert task_of(result, "ann").manual_points == 20


def test_an_edited_submission_trains_only_itself(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", PAIR)
    graded(submissions, options(tmp_path))
    (submissions / "bob" / "toy.py").write_text(OTHER)
    sandbox.jobs.clear()
    result = graded(submissions, options(tmp_path))
    assert sandbox.trained() == [(OTHER, 8, 1), (OTHER, WIDE, 1)]
    assert task_of(result, "bob").status is Status.PASSED


def test_an_edited_helper_module_counts_as_an_edit(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    helper = submissions / "ann" / "blocks.py"
    helper.write_text("UNITS = 1\n")
    graded(submissions, options(tmp_path))
    helper.write_text("UNITS = 2\n")
    sandbox.jobs.clear()
    graded(submissions, options(tmp_path))
    assert len(sandbox.trained()) == 2


def test_identical_submissions_train_once_and_both_get_marks(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.GOOD, "cyd": toy.GOOD})
    result = graded(submissions, options(tmp_path))
    assert sandbox.trained() == [(toy.GOOD, 8, 1), (toy.GOOD, WIDE, 1)]
    assert sum(job.step.name == "contract" for job in sandbox.jobs) == 1
    assert [task_of(result, n).earned for n in ("ann", "bob", "cyd")] == [80, 80, 80]


def test_a_renamed_student_trains_nothing(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    graded(submissions, options(tmp_path))
    (submissions / "ann").rename(submissions / "Ann Example")
    sandbox.jobs.clear()
    result = graded(submissions, options(tmp_path))
    assert sandbox.jobs == []
    assert task_of(result, "Ann Example").earned == 80


def test_more_seeds_train_only_the_new_ones(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    graded(submissions, options(tmp_path, seeds=[1, 2]))
    assert {seed for _, _, seed in sandbox.trained()} == {1, 2}
    sandbox.jobs.clear()
    result = graded(submissions, options(tmp_path, seeds=[1, 2, 3]))
    assert sandbox.trained() == [(toy.GOOD, 8, 3), (toy.GOOD, WIDE, 3)]
    assert criterion(result, "ann", "plain").values == pytest.approx([0.51, 0.52, 0.53])
    assert criterion(result, "ann", "plain").value == pytest.approx(0.52), "the median decides"
    assert result.seeds == [1, 2, 3]


def test_fewer_seeds_leave_the_others_out(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    graded(submissions, options(tmp_path, seeds=[1, 2, 3]))
    sandbox.jobs.clear()
    result = graded(submissions, options(tmp_path, seeds=[3]))
    assert sandbox.trained() == []
    assert criterion(result, "ann", "plain").values == pytest.approx([0.53])


def test_a_comparison_with_what_the_harness_computes_holds_under_every_seed(
    tmp_path: Path, sandbox: FakeSandbox
) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    result = graded(submissions, options(tmp_path, seeds=[4, 6]))
    naive = next(m for m in task_of(result, "ann").measurements if m.variant == "naive")
    base = naive.measures["test_accuracy"].value
    assert criterion(result, "ann", "beats-naive").values == pytest.approx([0.74 - base, 0.76 - base])


@pytest.mark.parametrize("change", ["version", "epochs", "limits"])
def test_another_task_version_or_profile_measures_anew(tmp_path: Path, sandbox: FakeSandbox, change: str) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    graded(submissions, options(tmp_path))
    profile = {"version": toy.QUICK, "epochs": replace(toy.QUICK, epochs=4)}.get(change)
    changed = replace(toy.TASK, profiles={"quick": profile}) if profile else toy.tight()
    rubric = toy.RUBRIC
    if change == "version":
        changed, rubric = replace(changed, version=2), rubric.replace("toy@1", "toy@2")
    sandbox.jobs.clear()
    rubrics = toy.write_rubrics(tmp_path / "changed", rubric)
    graded(submissions, options(tmp_path, registry=with_tasks(changed), rubrics=rubrics))
    assert len(sandbox.trained()) == 2


def test_a_newcomer_trains_alone(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", PAIR)
    graded(submissions, options(tmp_path))
    toy.write_class(submissions, {"zoe": OTHER})
    sandbox.jobs.clear()
    result = graded(submissions, options(tmp_path))
    assert {source for source, _, _ in sandbox.trained()} == {OTHER}
    assert [s.name for s in result.students] == ["ann", "bob", "zoe"]


def test_every_contract_is_checked_before_anything_is_trained(tmp_path: Path, sandbox: FakeSandbox) -> None:
    sources = {"ann": toy.GOOD, "bob": OTHER, "cyd": toy.UNTRAINABLE}
    graded(toy.write_class(tmp_path / "class", sources), options(tmp_path, seeds=[1]))
    names = [job.step.name for job in sandbox.jobs]
    assert names == ["contract"] * 3 + ["train", "predict"] * 6
    assert [s for s, _, _ in sandbox.trained()] == [s for s in sources.values() for _ in range(2)]


def student_fault(kind: str) -> Fault:
    return Fault.model_validate({"owner": "student", "kind": kind, "step": "train", "message": "Gave up."})


@pytest.mark.parametrize(
    ("step", "kind", "trained", "note"),
    [
        ("contract", "contract", 0, "a submission that breaks the contract is not trained"),
        ("train", "limit", 2, "one that takes too long in one variant may be quick in the next"),
        ("train", "exception", 2, "one that fails in one variant may do well in the next"),
    ],
)
def test_a_broken_submission_is_charged_and_costs_little(
    tmp_path: Path, sandbox: FakeSandbox, step: str, kind: str, trained: int, note: str
) -> None:
    def fails(job: Job) -> Fault | None:
        return student_fault(kind) if job.step.name == step and b"0.01" in job.files[job.entry] else None

    sandbox.fails = fails
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": OTHER})
    result = graded(submissions, options(tmp_path))
    assert sum(source == OTHER for source, _, _ in sandbox.trained()) == trained, note
    bob = task_of(result, "bob")
    assert (bob.status, bob.earned, bob.possible) == (Status.STUDENT_ERROR, 0, 80)
    assert task_of(result, "ann").earned == 80
    assert result.complete
    sandbox.jobs.clear()
    assert marks(graded(submissions, options(tmp_path))) == marks(result)
    assert sandbox.jobs == [], "a student's fault is a result: it is recorded and not tried again"


def test_a_task_named_twice_counts_once(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    result = graded(submissions, options(tmp_path, tasks=["toy", "toy"]))
    assert len(student(result, "ann").tasks) == 1


def test_a_result_folder_among_the_submissions_is_no_student(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    chosen = options(tmp_path, out=submissions / "results")
    graded(submissions, chosen)
    assert [s.name for s in graded(submissions, chosen).students] == ["ann"]


def test_a_student_without_the_task_is_told_which_file_is_missing(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", PAIR)
    (submissions / "bob" / "toy.py").rename(submissions / "bob" / "toy1.py")
    result = graded(submissions, options(tmp_path))
    bob = student(result, "bob")
    assert bob.fault is not None
    assert "toy.py" in bob.fault.message
    assert any("Did you mean toy.py" in note for note in bob.notes)
    assert task_of(result, "ann").earned == 80


def test_a_single_file_asked_for_by_task_may_have_any_name(tmp_path: Path, sandbox: FakeSandbox) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ann.py").write_text(toy.GOOD)
    result = graded(folder, options(tmp_path, tasks=["toy"]))
    assert task_of(result, "ann").earned == 80
    assert student(result, "ann").notes == ["Read ann.py as toy.py."]


@pytest.mark.skipif(sys.platform != "linux", reason="the fork server needs Linux")
def test_a_run_with_nothing_to_train_does_not_wait_for_the_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """A launcher is begun before it is known whether anything is to be trained, or whether the profile exists."""
    server = ForkServer("tensorflow", "cpu", strongest("cpu").walls)
    server.begin()
    assert isinstance(server._running, Started)
    process = server._running.process
    end = process.wait
    monkeypatch.setattr(process, "wait", lambda timeout=None: pytest.fail("it waited") if timeout else end())
    server.close()
    assert process.returncode == -signal.SIGKILL, "it was not given time to end"
