"""`harness autograder` as an instructor types it."""

import json
import zipfile
from pathlib import Path

import pytest
from cli.conftest import Harness

TASK = ("--task", "network_training")


@pytest.mark.parametrize(
    ("kind", "member"),
    [("gradescope", "run_autograder"), ("classroom50", "autograder.py"), ("github", ".github/workflows/harness.yml")],
)
def test_a_zip_is_written(harness: Harness, tmp_path: Path, kind: str, member: str) -> None:
    done = harness("autograder", kind, *TASK, "--contract", "--out", "a.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        assert member in made.namelist()
        (settings,) = (name for name in made.namelist() if name.endswith("harness.json"))
        packed = json.loads(made.read(settings))
    assert packed["tasks"] == ["network_training"]
    assert packed["trusted"] is (kind == "github")
    if kind == "gradescope":
        assert "set the container to" in done.stdout


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "Expected --task"),
        ((*TASK, "--hidden", "never"), "Expected --hidden to be hidden, after_due_date, after_published or visible"),
        ((*TASK, "--backend", "torch"), "Expected --backend to be tensorflow or jax"),
        (("--task", "network_trainin"), "Did you mean 'network_training'"),
        ((*TASK, "--profile", "quik"), "quick"),
    ],
)
def test_a_mistake_is_one_sentence(harness: Harness, tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
    done = harness("autograder", "gradescope", *asked, "--out", "a.zip")
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "a.zip").exists()


def test_what_the_platform_runs_is_no_verb_for_people(harness: Harness) -> None:
    assert " run " not in harness("autograder", "--help").output
