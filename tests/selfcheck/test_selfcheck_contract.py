"""What each check before training says, from what the sandbox handed back."""

import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import toy
from selfcheck.made import Loaded, Pretended, write_work

from harness.errors import SandboxError, UsageError
from harness.records.models import Fault
from harness.sandbox.job import Job
from harness.selfcheck.checks import Check, Contract, Ending
from harness.selfcheck.session import SelfCheck, options_for
from harness.selfcheck.timed import judged
from harness.task import ArrayOutput, Step
from harness.workflow.options import Options
from harness.workflow.speed import speed


def checked(work: Path, **chosen: object) -> Contract:
    with SelfCheck(work, options_for(work, rubrics=work.parent / "rubrics", **chosen)) as own:
        (contract,) = own.contract()
    return contract


def ending(contract: Contract, name: str) -> tuple[Ending, str]:
    check: Check = contract.check(name)
    return check.ending, check.words


def fault(job: Job, kind: str, message: str, limit: str = "") -> Fault:
    return Fault(owner="student", kind=kind, step=job.step.name, message=message, limit=limit)  # type: ignore[arg-type]


def test_a_sound_submission_passes_every_check(fake: Pretended, work: Path) -> None:
    contract = checked(work)
    assert {c.ending for c in contract.checks} == {Ending.PASSED}
    assert "2 → " in ending(contract, "build_model-loss")[1]
    assert "All 2 weights" in ending(contract, "build_model-gradients")[1]
    assert "p_train, p_val, p_test" in ending(contract, "build_model-outputs")[1]


def test_both_variants_are_built_and_one_is_tried(fake: Pretended, work: Path) -> None:
    checked(work)
    built = [job.step.settings["build"] for job in fake.jobs if job.step.name == "contract"]
    units = [call["arguments"]["units"] for calls in built for call in calls]
    assert sorted(units) == [8, 64]
    assert fake.steps().count("trial") == 1


def test_nothing_hidden_and_no_test_image_is_at_hand(fake: Pretended, work: Path) -> None:
    seen: dict[str, np.ndarray] = {}

    def look(job: Job) -> None:
        seen.update({f"{job.step.name}/{n}": np.load(p) for n, p in job.inputs.items() if isinstance(p, Path)})

    fake.seen = look
    checked(work)
    few = fake.truth["x_train"][: len(seen["predict/x_test"])]
    np.testing.assert_array_equal(seen["predict/x_test"], few)
    assert not any("y_test" in name for name in seen)
    assert max(len(array) for name, array in seen.items() if not name.startswith("timing/")) <= 64
    assert {name for name in seen if name.startswith("timing/")} == {
        f"timing/{part}" for part in ("x_train", "y_train", "x_val", "y_val")
    }


def test_a_file_that_is_no_python_fails_before_anything_runs(fake: Pretended, tmp_path: Path) -> None:
    contract = checked(write_work(tmp_path, toy.SYNTAX_ERROR))
    assert ending(contract, "import")[0] is Ending.FAILED
    assert "line 5" in ending(contract, "import")[1]
    assert {c.ending for c in contract.checks if c.id != "import"} == {Ending.SKIPPED}
    assert not fake.jobs


def test_an_import_error_is_said_at_the_import(fake: Pretended, work: Path) -> None:
    fake.fails = lambda job: fault(job, "import", "toy.py could not be imported: No module named 'x'")
    contract = checked(work)
    assert ending(contract, "import") == (Ending.FAILED, "toy.py could not be imported: No module named 'x'.")
    assert fake.steps() == ["contract"], "nothing else was tried"


def test_a_wrong_signature_leaves_the_import_sound(fake: Pretended, work: Path) -> None:
    said = "Expected build_model(input_shape, num_classes, units), received build_model(a)"
    fake.fails = lambda job: fault(job, "contract", said) if job.step.settings.get("calls") else None
    contract = checked(work)
    assert ending(contract, "import")[0] is Ending.PASSED
    assert ending(contract, "build_model-arguments") == (Ending.FAILED, f"{said}.")
    assert ending(contract, "build_model-loss")[0] is Ending.SKIPPED
    assert "trial" not in fake.steps()


def test_the_variant_that_cannot_be_built_is_named(fake: Pretended, work: Path) -> None:
    def fails(job: Job) -> Fault | None:
        wide = any(c["arguments"]["units"] == 64 for c in job.step.settings.get("build", ()))
        return fault(job, "exception", "ValueError: too wide") if wide else None

    fake.fails = fails
    contract = checked(work)
    assert ending(contract, "build_model-models") == (Ending.FAILED, "In the variant wide: ValueError: too wide.")
    assert ending(contract, "build_model-loss")[0] is Ending.PASSED, "the other variant can be tried"


@pytest.mark.parametrize(
    ("losses", "words"),
    [((2, 2, 2, 2), "did not fall"), ((2, 3, 4, 5), "did not fall"), ((2, np.nan, np.nan, np.nan), "not a number")],
)
def test_a_loss_that_does_not_fall(fake: Pretended, work: Path, losses: tuple[float, ...], words: str) -> None:
    fake.losses = losses
    found, said = ending(checked(work), "build_model-loss")
    assert found is Ending.FAILED
    assert words in said or "stopped being a number" in said
    assert "learning rate" in said


def test_a_weight_that_stands_still_is_named(fake: Pretended, work: Path) -> None:
    fake.weights = {"dense/kernel": 2, "unused/kernel": 1, "unused/bias": 1}
    found, said = ending(checked(work), "build_model-gradients")
    assert found is Ending.FAILED
    assert "2 of 3 weights did not change: unused/kernel, unused/bias." in said


@pytest.mark.parametrize(("weights", "words"), [({"a/b": 1}, "No weight changed"), ({}, "no trainable weight")])
def test_no_weight_at_all(fake: Pretended, work: Path, weights: dict[str, int], words: str) -> None:
    fake.weights = weights
    found, said = ending(checked(work), "build_model-gradients")
    assert found is Ending.FAILED
    assert words in said


def test_names_of_weights_cannot_play_tricks(fake: Pretended, work: Path) -> None:
    fake.weights = {"a\x1b[2J\u202eb": 1, "c": 2}
    said = ending(checked(work), "build_model-gradients")[1]
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_trial_that_takes_too_long_decides_nothing(fake: Pretended, work: Path) -> None:
    fake.fails = lambda job: fault(job, "limit", "ended", "wall") if job.step.name == "trial" else None
    contract = checked(work)
    assert ending(contract, "build_model-loss")[0] is Ending.SKIPPED
    assert not contract.ended(Ending.FAILED)


def test_outputs_out_of_range_are_told_before_training(fake: Pretended, work: Path) -> None:
    said = "Expected p_test within [0, 1], received values from -3 to 4."
    fake.fails = lambda job: fault(job, "output", said) if job.step.name == "predict" else None
    assert ending(checked(work), "build_model-outputs") == (Ending.FAILED, said)


def test_a_fault_of_the_harness_is_no_failure_and_is_tried_again(fake: Pretended, work: Path) -> None:
    fake.fails = lambda job: SandboxError("No process.") if job.step.name == "trial" else None
    assert ending(checked(work), "build_model-loss")[0] is Ending.ERROR
    fake.fails = lambda job: None
    assert ending(checked(work), "build_model-loss")[0] is Ending.PASSED


def test_unchanged_source_is_not_checked_again_and_changed_source_is(fake: Pretended, work: Path) -> None:
    first = checked(work)
    fake.jobs.clear()
    again = checked(work)
    assert not fake.jobs
    assert again.checks == first.checks
    (work / "toy.py").write_text(toy.GOOD + "\n# changed\n")
    checked(work)
    assert fake.jobs


def test_a_lent_launcher_is_not_started_anew_and_stays_open(fake: Pretended, work: Path) -> None:
    """`harness watch` lends it from save to save, so that the backend is imported once."""
    chosen = options_for(work, rubrics=work.parent / "rubrics")
    with SelfCheck(work, chosen) as own:
        launcher = own.keep_launcher()
        own.contract()
    assert isinstance(launcher, Loaded)
    (work / "toy.py").write_text(toy.GOOD + "\n# changed\n")
    with SelfCheck(work, chosen, launcher=launcher) as own:
        own.contract()
    assert launcher.begun == 1


def test_results_lie_beside_the_work_and_are_left_alone_by_git_and_intake(fake: Pretended, work: Path) -> None:
    checked(work)
    assert (work / ".harness" / ".gitignore").read_text() == "*\n"
    assert {p.name for p in work.iterdir()} == {"toy.py", "test_self_check.py", ".harness"}


@pytest.mark.parametrize(
    ("name", "words"),
    [("toi.py", "Did you mean 'toy'?"), ("something.py", "harness new"), ("test_self_check.py", "harness new")],
)
def test_a_folder_without_a_task_says_which_file_was_expected(
    fake: Pretended, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / name).write_text(toy.GOOD)
    with pytest.raises(UsageError, match=r"toy\.py") as error:
        SelfCheck(tmp_path, options_for(tmp_path))
    assert words in str(error.value)


def test_a_class_is_no_submission(fake: Pretended, tmp_path: Path) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.GOOD})
    with pytest.raises(UsageError, match="named after a task"):
        SelfCheck(tmp_path / "class", options_for(tmp_path))


@pytest.mark.parametrize(
    ("flag", "check", "words"),
    [
        ("frozen", "gradients", "No weight of the model of build_model can change: trainable is False."),
        ("bounded", "outputs", "Expected the model of build_model to put out logits"),
    ],
)
def test_what_a_model_cannot_learn_with_is_told_by_its_name(
    fake: Pretended, work: Path, flag: str, check: str, words: str
) -> None:
    fake.said = (flag,)
    contract = checked(work)
    found, said = ending(contract, f"build_model-{check}")
    assert found is Ending.FAILED
    assert words in said
    assert [c.id for c in contract.ended(Ending.FAILED)] == [f"build_model-{check}"]


@pytest.mark.parametrize(
    ("share", "found", "words"),
    [(0.1, Ending.PASSED, "needs about"), (1.0, Ending.PASSED, "That is close"), (2.0, Ending.FAILED, "take fewer")],
)
def test_a_model_too_slow_for_its_limit_is_told_before_anything_trains(
    fake: Pretended, work: Path, share: float, found: Ending, words: str
) -> None:
    fake.pace = (1.0, share * toy.QUICK.limits.cpu_s / 1_000 / speed(), 1_000)
    contract = checked(work)
    assert ending(contract, "build_model-time")[0] is found
    assert words in ending(contract, "build_model-time")[1]
    assert "train" not in fake.steps()


def test_seconds_are_told_of_the_slowest_variant_with_two_digits() -> None:
    assert judged({"char": 330.4, "word": 20.0}, 180).words.startswith(
        "char needs about 330 s of CPU, 180 are allowed:"
    )
    assert judged({"char": 330.4}, 180, half=True).words.endswith("build it in float32.")
    assert judged({"a": None}, 180).ending is Ending.SKIPPED
    assert judged({"a": math.inf, "b": 1.0}, 180).ending is Ending.SKIPPED
    assert judged({"a": 1.4}, 60).words == "a needs about 1 s of CPU, 60 are allowed."


def test_a_step_before_training_is_run_as_in_grading(
    fake: Pretended, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the divergence of a VAE is asked about: what it hands back wrongly is told, and training is still tried."""
    asked = Step("divergence", "a:b", ("x_train",), (ArrayOutput("kl", (3,)),), toy.QUICK.limits)
    task = replace(toy.TASK, steps=lambda *a: (asked, *toy.steps(*a)))
    monkeypatch.setattr("harness.workflow.options.Options", partial(Options, registry={"toy": task}, device="cpu"))
    said = "Expected kl_divergence to return one number an example"
    fake.fails = lambda job: fault(job, "contract", said) if job.step.name == "divergence" else None
    contract = checked(work)
    assert [c.id for c in contract.ended(Ending.FAILED)] == ["build_model-outputs"]
    assert ending(contract, "build_model-outputs")[1] == f"{said}."
    assert ending(contract, "build_model-loss")[0] is Ending.PASSED
