"""The verbs of a student: new, check and watch."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import toy
from full import room_for
from selfcheck.made import SELF_CHECK, Pretended, pretend
from typer.testing import Result

from harness import shipped
from harness.errors import SandboxError
from harness.pytest_plugin import is_self_check
from harness.selfcheck.watch import matters
from harness.tasks import names

Harness = Callable[..., Result]


@pytest.fixture
def fake(harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretended:
    toy.write_rubrics(tmp_path / "rubrics")
    (tmp_path / "toy.py").write_text(toy.GOOD)
    return pretend(monkeypatch)


CHECK = ("check", "--rubrics", "rubrics")


@pytest.mark.parametrize("task", names())
def test_new_writes_the_template_and_the_self_check(harness: Harness, tmp_path: Path, task: str) -> None:
    done = harness("new", task)
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / f"{task}.py").read_bytes() == (shipped.folder("student_template") / f"{task}.py").read_bytes()
    assert is_self_check(tmp_path / "test_self_check.py")
    assert {p.name for p in tmp_path.iterdir()} == {f"{task}.py", "test_self_check.py"}


def test_new_all_writes_every_task(harness: Harness, tmp_path: Path) -> None:
    assert harness("new", "--all").exit_code == 0
    assert {p.name for p in tmp_path.iterdir()} == {*(f"{n}.py" for n in names()), "test_self_check.py"}


def test_a_second_task_joins_the_first(harness: Harness, tmp_path: Path) -> None:
    first, second, *_ = names()
    harness("new", first)
    (tmp_path / "test_self_check.py").write_text(SELF_CHECK + "# mine\n")
    done = harness("new", second)
    assert done.exit_code == 0
    assert "# mine" in (tmp_path / "test_self_check.py").read_text()


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_new_never_overwrites_and_writes_nothing_then(harness: Harness, tmp_path: Path, suffix: str) -> None:
    first, second, *_ = names()
    (tmp_path / f"{second}{suffix}").write_text("my work")
    done = harness("new", first, second)
    assert done.exit_code == 2
    assert f"{second}{suffix}" in done.stderr
    assert done.stderr.count("\n") == 1
    assert {p.name for p in tmp_path.iterdir()} == {f"{second}{suffix}"}
    assert (tmp_path / f"{second}{suffix}").read_text() == "my work"


def test_new_leaves_nothing_on_a_full_disk(harness: Harness, tmp_path: Path) -> None:
    """Half a template would be taken for work that is there, and never be written again."""
    sizes = {name: (shipped.folder("student_template") / f"{name}.py").stat().st_size for name in names()}
    small, large = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
    with room_for(sizes[large] - 1):
        done = harness("new", small, large)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert f"{large}.py (File too large); nothing was written, so make room" in done.stderr
    assert not list(tmp_path.iterdir())
    assert harness("new", small, large).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("autoencodr",), "Did you mean 'autoencoder'?"), ((), "--all"), (("autoencoder", "--all"), "--all")],
)
def test_new_says_what_is_wrong(harness: Harness, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = harness("new", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not list(tmp_path.iterdir())


def test_check_prints_contract_then_criteria(harness: Harness, fake: Pretended) -> None:
    done = harness(*CHECK)
    assert done.exit_code == 0, done.output
    contract, _, criteria = done.stdout.partition("Contract checked")
    assert "Gradients reach every weight." in contract
    assert "waiting for the backend's import" in criteria
    assert "plain" in criteria
    assert "80 / 80 points" in criteria


@pytest.mark.parametrize(
    ("pass_mark", "said"),
    [
        ("", "In all: passed. The pass mark is 50 %."),  # 80 of 100 points, of which 20 are for a person to mark
        ("80%", "In all: passed. The pass mark is 80 %."),
        ("90", "In all: open. The pass mark is 90 %; whether it is reached depends on points still open."),
    ],
)
def test_check_says_whether_that_would_pass(harness: Harness, fake: Pretended, pass_mark: str, said: str) -> None:
    done = harness(*CHECK, *(("--pass-mark", pass_mark) if pass_mark else ()))
    assert (done.exit_code, said in done.stdout) == (0, True), done.output


def test_check_judges_by_the_pass_mark_asked_for(harness: Harness, fake: Pretended, tmp_path: Path) -> None:
    (tmp_path / "toy.py").write_text(toy.UNTRAINABLE)
    assert "In all: not passed. The pass mark is 50 %." in harness(*CHECK).stdout
    told = json.loads(harness(*CHECK, "--json", "--pass-mark", "0").stdout)
    assert told["result"] == {"passed": True, "grade": "", "pass_mark": 0.0}
    wrong = harness(*CHECK, "--pass-mark", "1.5")
    assert wrong.exit_code == 2 and "write 1.5% or" in wrong.stderr


def test_check_of_a_file_is_check_of_its_folder_s_task(harness: Harness, fake: Pretended, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(toy.GOOD)
    done = harness("check", "mine.py", "--task", "toy", "--rubrics", "rubrics")
    assert done.exit_code == 0, done.output
    assert "Read mine.py as toy.py." in done.stdout


def test_contract_only(harness: Harness, fake: Pretended) -> None:
    done = harness(*CHECK, "--contract")
    assert done.exit_code == 0
    assert "points" not in done.stdout
    assert not fake.trained()


def test_what_is_missed_comes_with_a_next_step_and_exit_code_1(
    harness: Harness, fake: Pretended, tmp_path: Path
) -> None:
    (tmp_path / "toy.py").write_text(toy.UNTRAINABLE)
    done = harness(*CHECK)
    assert done.exit_code == 1
    for words in ("plain.test_accuracy", "at least 0.35", "1 seed", "likely mistake", "next step"):
        assert words in done.stdout


def test_a_failed_check_alone_is_exit_code_1(harness: Harness, fake: Pretended) -> None:
    fake.losses = (1, 2, 3, 4)
    assert harness(*CHECK, "--contract").exit_code == 1


def test_a_fault_of_the_harness_is_exit_code_3(harness: Harness, fake: Pretended) -> None:
    fake.fails = lambda job: SandboxError("No process.")
    assert harness(*CHECK, "--contract").exit_code == 3
    assert harness(*CHECK).exit_code == 3


def test_remarks_stand_in_json_too(harness: Harness, fake: Pretended, tmp_path: Path) -> None:
    work = toy.write_class(tmp_path / "class", {"ann": toy.GOOD}) / "ann"
    (work / "notes.txt").write_text("mine")
    told = json.loads(harness("check", "class/ann", "--rubrics", "rubrics", "--contract", "--json").stdout)
    assert told["remarks"] == ["Ignored 1 file, not Python: notes.txt."]
    graded = json.loads(harness("grade", "class", "--out", "results", "--rubrics", "rubrics", "--json").stdout)
    assert graded["students"][0]["notes"] == told["remarks"]


def test_json_is_json_and_nothing_else(harness: Harness, fake: Pretended, tmp_path: Path) -> None:
    (tmp_path / "toy.py").write_text(toy.UNTRAINABLE)
    rubric = toy.RUBRIC.replace("    points: 30\n", "    points: 30\n    hidden: true\n").replace("beats-", "secret-")
    toy.write_rubrics(tmp_path / "rubrics", rubric)
    done = harness(*CHECK, "--json")
    told = json.loads(done.stdout)
    assert next(c["id"] for c in told["contract"][0]["checks"]) == "import"
    (task,) = told["tasks"]
    assert (task["earned"], task["possible"], task["hidden"]) == (0, 50, 1)
    assert [c["id"] for c in task["criteria"]] == ["plain", "report"]
    assert task["criteria"][0]["details"]["next step"]
    assert "secret" not in done.stdout


def test_report_writes_the_card(harness: Harness, fake: Pretended, tmp_path: Path) -> None:
    done = harness(*CHECK, "--report", "card.html")
    assert done.exit_code == 0
    assert "Test accuracy" in (tmp_path / "card.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "nowhere"), "nowhere"),
        (("check", "--seeds", "x"), "'x'"),
        (("check", "--profile", "qick"), "Did you mean 'quick'?"),
        (("check", "--task", "toi"), "Did you mean 'toy'?"),
        (("check", "--report", "no/such.html"), "make the folder first"),
        (("check", "--report", "a.html", "--contract"), "--contract or --report"),
        (("check", "--min-isolation", "strong"), "strong"),
        (("watch", "--seeds", "x"), "'x'"),
    ],
)
def test_a_mistake_is_one_line(harness: Harness, fake: Pretended, arguments: tuple[str, ...], words: str) -> None:
    done = harness(*arguments, *(() if "--rubrics" in arguments else ("--rubrics", "rubrics")))
    assert done.exit_code == 2, done.output
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not fake.jobs


def test_watch_checks_now_and_after_every_save(
    harness: Harness, fake: Pretended, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = iter((toy.UNTRAINABLE, toy.SYNTAX_ERROR, ""))

    def changes_in(folder: Path, **_: object) -> Iterator[set[str]]:
        for version in versions:
            (tmp_path / "toy.py").write_text(version) if version else (tmp_path / "toy.py").rename(tmp_path / "tox.py")
            yield {"saved"}
        raise KeyboardInterrupt

    monkeypatch.setattr("watchfiles.watch", changes_in)
    done = harness("watch", "--rubrics", "rubrics")
    assert done.exit_code == 130
    first, second, third, fourth = done.stdout.split("Waiting for the next save")[:4]
    assert "80 / 80 points" in first
    assert "0 / 80 points" in second
    assert "toy.py line 5 is not valid Python" in third
    assert "Did you mean 'toy'?" in fourth


def test_only_sources_matter_to_watch(tmp_path: Path) -> None:
    (tmp_path / "one.py").touch()
    for name in ("toy.py", "inner/blocks.py", "toy.ipynb"):
        assert matters(tmp_path / name, tmp_path)
    for name in ("card.html", ".harness/quick/work/toy.py", "__pycache__/toy.py", ".git/x.py", "toy.pyc"):
        assert not matters(tmp_path / name, tmp_path)
    assert matters(tmp_path / "one.py", tmp_path / "one.py")
    assert not matters(tmp_path / "two.py", tmp_path / "one.py")


def test_help_names_the_student_s_verbs(harness: Harness) -> None:
    shown = harness("--help").stdout
    assert all(re.search(rf"\b{verb}\b", shown) for verb in ("new", "check", "watch"))
