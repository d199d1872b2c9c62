"""Plain `pytest` in a student's folder, as a student runs it."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import toy
from selfcheck.made import SELF_CHECK, Pretended

from harness.records.models import Fault
from harness.sandbox.job import Job

TESTS = Path(__file__).resolve().parents[1]
NO_CACHE = ("-p", "no:cacheprovider", "-p", "no:harness_report")
CHECKS = [
    "import",
    *(f"build_model-{k}" for k in ("arguments", "models", "size", "loss", "gradients", "outputs", "time")),
]
HIDDEN = toy.RUBRIC.replace("    points: 30\n", "    points: 30\n    hidden: true\n").replace(
    "beats-naive", "secret-rival"
)
WORKER = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
import pytest
from selfcheck.made import pretend
fake = pretend(pytest.MonkeyPatch())
def note(job):
    with open("jobs.txt", "a") as file:
        file.write(job.step.name + "\\n")
fake.seen = note
"""


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    """An empty folder with a self-check, a sound submission, and the rubric in its place."""
    pytester.path.joinpath("toy.py").write_text(toy.GOOD)
    pytester.path.joinpath("test_self_check.py").write_text(SELF_CHECK)
    toy.write_rubrics(pytester.path / ".rubrics")
    pytester.makeini("[pytest]\nharness_rubrics = .rubrics\n")
    return pytester


def run(folder: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return folder.runpytest_inprocess(*NO_CACHE, *arguments)


def names(result: pytest.RunResult) -> list[str]:
    return [line.split(" ")[0].rpartition("::")[2] for line in result.outlines if "::toy::" in line and "%]" in line]


def test_every_check_and_every_criterion_is_a_test(folder: pytest.Pytester, fake: Pretended) -> None:
    result = run(folder, "-v")
    result.assert_outcomes(passed=len(CHECKS) + 2)
    assert names(result) == [*(f"contract-{c}" for c in CHECKS), "plain", "beats-naive"]
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*Toy: 80 / 80 points*"])
    assert len(fake.trained()) == 2, "one training serves all tests"


def test_collecting_runs_nothing(folder: pytest.Pytester, fake: Pretended) -> None:
    result = run(folder, "--collect-only", "-q")
    assert "test_self_check.py::toy::plain" in result.outlines
    assert not fake.jobs
    assert not (folder.path / ".harness" / "quick" / "work").exists()


def test_a_failure_is_words_and_no_traceback(folder: pytest.Pytester, fake: Pretended) -> None:
    folder.path.joinpath("toy.py").write_text(toy.UNTRAINABLE)
    result = run(folder)
    result.assert_outcomes(passed=len(CHECKS), failed=2)
    shown = result.stdout.str()
    for words in ("plain.test_accuracy", "at least 0.35", "1 seed", "likely mistake", "next step", "0 of 50 points"):
        assert words in shown
    for noise in ("Traceback", "harness/", ".py:", "Error:"):
        assert noise not in shown.replace("test_self_check.py::", "")


def test_a_broken_contract_fails_everything_in_words(folder: pytest.Pytester, fake: Pretended) -> None:
    folder.path.joinpath("toy.py").write_text(toy.SYNTAX_ERROR)
    result = run(folder)
    result.assert_outcomes(failed=3, skipped=len(CHECKS) - 1)
    assert "toy.py line 5 is not valid Python" in result.stdout.str()
    assert not fake.jobs
    assert run(folder, "-k", "plain").ret == 1, "a criterion alone does not look as if it were fine"


def test_x_stops_before_any_training(folder: pytest.Pytester, fake: Pretended) -> None:
    fake.losses = (1, 2, 3, 4)
    result = run(folder, "-x")
    result.assert_outcomes(passed=4, failed=1)
    assert not fake.trained()


def test_k_chooses_criteria_and_contract(folder: pytest.Pytester, fake: Pretended) -> None:
    run(folder, "-k", "contract").assert_outcomes(passed=len(CHECKS), deselected=2)
    assert not fake.trained()
    run(folder, "-k", "beats-naive").assert_outcomes(passed=1, deselected=len(CHECKS) + 1)
    assert len(fake.trained()) == 2


def test_junit_xml_holds_a_case_for_each_with_its_numbers(folder: pytest.Pytester, fake: Pretended) -> None:
    folder.path.joinpath("toy.py").write_text(toy.UNTRAINABLE)
    run(folder, "--junitxml", "out.xml")
    cases = {c.get("name"): c for c in ET.parse(folder.path / "out.xml").iter("testcase")}
    assert len(cases) == len(CHECKS) + 2
    plain = cases["plain"]
    assert "plain.test_accuracy" in (plain.find("failure").text or "")  # type: ignore[union-attr]
    told = {p.get("name"): p.get("value") for p in plain.iter("property")}
    assert told["points"] == "0 of 50 points"
    assert told["target"] == "at least 0.35"


def test_a_fault_of_the_harness_is_an_error_and_no_failure(folder: pytest.Pytester, fake: Pretended) -> None:
    fault = Fault(owner="harness", kind="harness", step="train", message="The machine is on fire.")
    fake.fails = lambda job: fault if job.step.name == "train" else None
    result = run(folder)
    result.assert_outcomes(passed=len(CHECKS), errors=2)
    assert "The machine is on fire" in result.stdout.str()


def test_hidden_criteria_are_counted(folder: pytest.Pytester, fake: Pretended) -> None:
    toy.write_rubrics(folder.path / ".rubrics", HIDDEN)
    result = run(folder, "-v", "--harness-report", "card.html")
    result.assert_outcomes(passed=len(CHECKS) + 1)
    assert "1 more criterion worth 30 points is hidden" in result.stdout.str()
    assert "secret-rival" not in result.stdout.str() + folder.path.joinpath("card.html").read_text()


def test_options_and_ini_settings(folder: pytest.Pytester, fake: Pretended) -> None:
    folder.makeini("[pytest]\nharness_rubrics = .rubrics\nharness_seeds = 2\nharness_report = card.html\n")
    run(folder).assert_outcomes(passed=len(CHECKS) + 2)
    assert {seed for _, _, seed in fake.trained()} == {1, 2}
    assert "<html" in folder.path.joinpath("card.html").read_text()
    fake.jobs.clear()
    run(folder, "--harness-seeds", "3,4").assert_outcomes(passed=len(CHECKS) + 2)
    assert {seed for _, _, seed in fake.trained()} == {3, 4}, "the command line goes before the ini file"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--harness-profile", "qick"), "Did you mean 'quick'?"),
        (("--harness-task", "toi"), "Did you mean 'toy'?"),
        (("--harness-seeds", "x"), "3,5,8"),
        (("--harness-report", "no/such/card.html"), "make the folder first"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    folder: pytest.Pytester, fake: Pretended, option: tuple[str, str], words: str
) -> None:
    result = run(folder, *option)
    assert words in result.stdout.str()
    assert "Traceback" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_the_student_s_code_never_runs_in_pytest(folder: pytest.Pytester, fake: Pretended) -> None:
    touch = "open('ran.txt', 'w').close()\n"
    folder.path.joinpath("toy.py").write_text(touch + toy.GOOD)
    folder.path.joinpath("test_self_check.py").write_text(SELF_CHECK + touch)
    run(folder).assert_outcomes(passed=len(CHECKS) + 2)
    assert not folder.path.joinpath("ran.txt").exists()


def test_a_file_of_this_name_that_says_nothing_is_an_ordinary_test(folder: pytest.Pytester, fake: Pretended) -> None:
    folder.path.joinpath("test_self_check.py").write_text("def test_mine():\n    assert True\n")
    run(folder).assert_outcomes(passed=1)
    assert not fake.jobs


def test_remarks_are_told_once_at_the_end(folder: pytest.Pytester, fake: Pretended) -> None:
    source = toy.GOOD.replace("def build_model", "model = keras.Sequential()\nmodel.fit(1)\ndef build_model")
    folder.path.joinpath("toy.py").write_text(source)
    shown = run(folder).stdout.str()
    assert shown.count("toy.py line 6 trains a model each time the file is imported") == 1


def test_xdist_agrees_with_a_plain_run_and_trains_once(folder: pytest.Pytester, fake: Pretended) -> None:
    pytest.importorskip("xdist")
    folder.path.joinpath("toy.py").write_text(toy.UNTRAINABLE)

    def outcomes() -> dict[str, str]:
        cases = ET.parse(folder.path / "out.xml").iter("testcase")
        return {c.get("name", ""): next((child.tag for child in c if child.tag != "properties"), "ok") for c in cases}

    run(folder, "--junitxml", "out.xml")
    plain = outcomes()
    shutil.rmtree(folder.path / ".harness")
    folder.makeconftest(WORKER)
    folder.runpytest_subprocess(*NO_CACHE, "--junitxml", "out.xml", "-n", "2")
    assert folder.path.joinpath("jobs.txt").read_text().count("train\n") == 2
    assert outcomes() == plain
    assert plain["plain"] == "failure"
    assert len(plain) == len(CHECKS) + 2


def test_other_runs_of_pytest_load_nothing_of_the_harness(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\n\ndef test_it():\n"
        "    loaded = {m for m in sys.modules if m.startswith('harness')}\n"
        "    assert loaded <= {'harness', 'harness.pytest_plugin'}, loaded\n"
        "    assert not {'numpy', 'pydantic', 'keras', 'tensorflow', 'rich'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout


def test_a_step_that_fails_in_one_variant_fails_its_criterion_alone(folder: pytest.Pytester, fake: Pretended) -> None:
    def fails(job: Job) -> Fault | None:
        wide = job.step.name == "train" and job.step.settings["call"]["arguments"]["units"] == 64
        message = "The step train stopped with an error: ValueError: too wide"
        return Fault(owner="student", kind="exception", step="train", message=message) if wide else None

    fake.fails = fails
    result = run(folder, "-v")
    result.assert_outcomes(passed=len(CHECKS) + 1, failed=1)
    assert "too wide" in result.stdout.str()
