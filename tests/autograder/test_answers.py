"""What platforms read of one submission: valid by their schemas, plain text, no zero for the harness's fault."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import toy
from autograder.schemas import CLASSROOM50, GRADESCOPE
from selfcheck.made import Pretended, pretend, write_work

from harness.autograder.answer import Asked, answer
from harness.autograder.settings import Settings
from harness.errors import SandboxError, UsageError

RUNNER = {
    "CLASSROOM": "dl",
    "ASSIGNMENT": "toy",
    "OWNER": "jdoe",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r",
    "REVIEW_URL": "https://example.org/v",
    "GITHUB_ACTOR": "jdoe",
    "GITHUB_ACTOR_ID": "77",
}
HIDDEN = toy.RUBRIC.replace("    points: 30\n", "    points: 30\n    hidden: true\n").replace("beats-naive", "secret")
Answered = Callable[..., str]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Pretended:
    return pretend(monkeypatch)


@pytest.fixture
def answered(fake: Pretended, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answered:
    """Return a function that examines a source as a platform does, and returns what was written."""
    from harness.course.found import Course

    monkeypatch.setattr("harness.autograder.answer.Course", lambda: Course(tasks=toy.REGISTRY))

    def run(kind: str, source: str = toy.GOOD, rubric: str = toy.RUBRIC, **settings: Any) -> str:
        work = write_work(tmp_path, source, rubric)
        made = Settings(tasks=["toy"], trusted=True, **settings)
        (tmp_path / "harness.json").write_text(made.model_dump_json())
        subprocess.run(["git", "init", "-q"], cwd=work, check=True)
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        date = {"GIT_COMMITTER_DATE": "2026-06-01T16:32:01+02:00", "PATH": "/usr/bin:/bin"}
        subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "x"], cwd=work, check=True, env=date)
        out = tmp_path / "written"
        answer(Asked(kind, tmp_path / "harness.json", work, out, tmp_path / "card.html"), RUNNER)
        return out.read_text(encoding="utf-8")

    return run


def test_gradescope_reads_scores_and_what_a_person_marks(answered: Answered, tmp_path: Path) -> None:
    page = json.loads(answered("gradescope", leaderboard=["plain.test_accuracy"]))
    jsonschema.validate(page, GRADESCOPE)
    scores = {t["name"]: t.get("score") for t in page["tests"]}
    assert scores == {"Toy: checks before training": None, "plain": 50, "beats-naive": 30, "report": None}
    assert [b["name"] for b in page["leaderboard"]] == ["plain.test_accuracy"]
    assert "score" not in page
    assert page["stdout_visibility"] == "hidden"
    assert "<html" in (tmp_path / "card.html").read_text()


def test_hidden_criteria_have_a_visibility_of_their_own(answered: Answered) -> None:
    page = json.loads(answered("gradescope", toy.UNTRAINABLE, HIDDEN, leaderboard=["wide.test_accuracy"]))
    jsonschema.validate(page, GRADESCOPE)
    seen = {t["name"]: t["visibility"] for t in page["tests"]}
    assert seen["secret"] == "after_published"
    assert seen["plain"] == "visible"
    visible = json.dumps([page["output"], *(t for t in page["tests"] if t["visibility"] == "visible")])
    assert "secret" not in visible
    assert "leaderboard" not in page  # only the hidden criterion reads that measure


def test_checks_before_training_alone_are_a_point_each(answered: Answered, fake: Pretended) -> None:
    page = json.loads(answered("gradescope", contract=True))
    jsonschema.validate(page, GRADESCOPE)
    assert {t["max_score"] for t in page["tests"]} == {1}
    assert all(t["score"] == 1 for t in page["tests"])


@pytest.mark.parametrize("kind", ["gradescope", "classroom50", "github"])
def test_what_cannot_be_read_is_told_to_the_student(answered: Answered, kind: str, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir(exist_ok=True)
    text = answered(kind, toy.SYNTAX_ERROR)
    assert "toy.py" in text or "toy&#46;py" in text
    assert str(tmp_path) not in text


def test_classroom_50_reads_whole_points(answered: Answered) -> None:
    page = json.loads(answered("classroom50", rubric=toy.RUBRIC.replace("points: 30", "points: 30.5").replace(
        "points: 100", "points: 100.5")))  # fmt: skip
    jsonschema.validate(page, CLASSROOM50)
    assert (page["score"], page["max-score"]) == (81, 81)  # 80.5, halves up; what a person marks is in neither
    assert page["datetime"] == "2026-06-01T14:32:01Z"
    assert page["submitted_by"] == {"username": "jdoe", "id": 77}
    assert [t["test-name"] for t in page["tests"]] == ["toy: plain", "toy: beats-naive"]


def test_classroom_50_without_its_runner_is_one_sentence(answered: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNNER, "OWNER", "")
    with pytest.raises(UsageError, match="runner to say OWNER"):
        answered("classroom50")


def test_a_comment_says_nothing_that_markup_could_be_made_of(answered: Answered) -> None:
    hostile = toy.GOOD.replace(
        "    model = ", "    raise ValueError('<img src=x> @all [a](http://x)')\n    model = ", 1
    )
    text = answered("github", hostile)
    assert text.startswith("<!-- coursework-harness -->\n## ")
    assert not [word for word in ("<img", "@all", "](http") if word in text]


@pytest.mark.parametrize("kind", ["gradescope", "classroom50", "github"])
def test_a_fault_of_the_harness_is_no_result(answered: Answered, kind: str, tmp_path: Path, fake: Pretended,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def broken(*_: object, **__: object) -> None:
        raise SandboxError("the walls fell")

    monkeypatch.setattr("harness.workflow.execute.run_job", broken)
    with pytest.raises(SandboxError):
        answered(kind)
    assert not (tmp_path / "written").exists()


def test_damaged_settings_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "harness.json").write_text("{")
    with pytest.raises(UsageError, match="received damage"):
        answer(Asked("github", tmp_path / "harness.json", tmp_path, tmp_path / "o"), {})
    with pytest.raises(UsageError, match="Did you mean 'github'"):
        answer(Asked("gitub", tmp_path / "harness.json", tmp_path, tmp_path / "o"), {})
