"""What is in the zip of an autograder, and what is not: answers, keys, hidden criteria where students read."""

import io
import re
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from harness import shipped
from harness.autograder.containers import SIZES, fits, needs_of
from harness.autograder.packing import CLASSROOM50, GITHUB, GRADESCOPE, Kind, pack
from harness.autograder.settings import Settings
from harness.course.found import Course
from harness.errors import UsageError
from harness.tasks import names

KINDS = [GRADESCOPE, CLASSROOM50, GITHUB]
TASK = "network_training"
SETTINGS = Settings(tasks=[TASK])


@cache
def packed(kind: str) -> bytes:
    """Return the zip of a platform for one task of the harness."""
    return pack(next(k for k in KINDS if k.name == kind), SETTINGS, Course())


def members(content: bytes) -> dict[str, bytes]:
    """Return every file of a zip, those of the wheel in it too."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        found = {name: made.read(name) for name in made.namelist()}
    for name, body in list(found.items()):
        if name.endswith(".whl"):
            found |= members(body)
    return found


def secret_rubric(folder: Path) -> Path:
    """Return a folder with the task's rubric, one criterion of which is hidden."""
    body = yaml.safe_load((shipped.folder("rubrics") / f"{TASK}.yaml").read_text(encoding="utf-8"))
    first = next(c for c in body["criteria"] if not c.get("manual"))
    first |= {"hidden": True, "id": "secret-of-the-house"}
    (folder / f"{TASK}.yaml").write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_no_answer_is_in_it(kind: Kind) -> None:
    found = members(packed(kind.name))
    answers = [p.read_bytes() for p in shipped.folder("reference_models").glob("*.py")]
    assert answers
    assert not [name for name, body in found.items() if body in answers]
    assert not [name for name in found if re.search(r"reference_models/\w+\.py|flawed/|designs/|\.key$", name)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_hidden_criteria_are_only_where_students_cannot_read(kind: Kind, tmp_path: Path) -> None:
    found = members(pack(kind, SETTINGS, Course(), secret_rubric(tmp_path)))
    telling = [name for name, body in found.items() if b"secret-of-the-house" in body]
    assert telling == ([f"rubrics/{TASK}.yaml"] if kind is GRADESCOPE else [])


def test_the_same_makes_the_same_bytes() -> None:
    assert pack(GITHUB, SETTINGS, Course()) == packed("github")


def test_the_wheel_holds_what_it_lists_and_all_tasks() -> None:
    found = members(packed("gradescope"))
    record = next(body for name, body in found.items() if name.endswith("/RECORD")).decode()
    listed = {line.split(",")[0] for line in record.splitlines()}
    assert {name for name in found if name.startswith(("harness/", "coursework_harness-"))} == listed
    assert {f"harness/shipped_files/rubrics/{name}.yaml" for name in names()} <= listed


def test_gradescope_can_run_what_it_runs() -> None:
    with zipfile.ZipFile(io.BytesIO(packed("gradescope"))) as made:
        modes = {info.filename: info.external_attr >> 16 & 0o111 for info in made.infolist()}
        body = made.read("run_autograder")
    assert modes["setup.sh"] and modes["run_autograder"]
    assert body.startswith(b"#!/usr/bin/env bash\n") and b"\r" not in body
    assert b" -I -m harness.cli" in body  # nothing in the student's folder is imported
    assert b"@" not in body.replace(b'"$@"', b"")


def test_the_job_that_runs_student_code_may_write_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(packed("github"))) as made:
        flow = yaml.safe_load(made.read(".github/workflows/harness.yml"))
        assert "wheels/coursework_harness" in " ".join(made.namelist())
    assert flow[True] == "pull_request"  # YAML 1.1 reads `on` so; pull_request_target would hand out a token
    assert flow["permissions"] == {}
    check, comment = flow["jobs"]["check"], flow["jobs"]["comment"]
    assert check["permissions"] == {"contents": "read"}
    assert comment["permissions"] == {"pull-requests": "write"}
    assert not [step for step in comment["steps"] if "harness.cli" in step.get("run", "")]
    assert not [step for step in check["steps"] if "${{" in step.get("run", "")]  # no words of strangers in a shell


def test_jax_leaves_tensorflow_out() -> None:
    if find_spec("jax") is None:
        pytest.skip("jax is not installed")
    found = members(pack(GRADESCOPE, SETTINGS.model_copy(update={"backend": "jax"}), Course()))
    asked = found["requirements.txt"].decode()
    assert "jax==" in asked and "tensorflow" not in asked


def test_what_is_not_there_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="Did you mean 'network_training'"):
        pack(GRADESCOPE, Settings(tasks=["network_trainin"]), Course())
    with pytest.raises(UsageError, match="a measure for the leaderboard"):
        pack(GRADESCOPE, Settings(tasks=[TASK], leaderboard=["x.y"]), Course())


def test_a_sentence_says_what_fits_where() -> None:
    contract = SETTINGS.model_copy(update={"contract": True})
    needs, more = needs_of(contract, Course()), needs_of(SETTINGS, Course())
    assert needs and more and needs.memory_mb < more.memory_mb
    assert any(f"{cpus:g} CPU" in fits(SETTINGS, Course()) for cpus, _ in SIZES)
    assert "with --contract, or with fewer tasks" in fits(Settings(tasks=[*names()] * 20), Course())
    assert "no baseline" in fits(SETTINGS.model_copy(update={"profile": "full"}), Course())
