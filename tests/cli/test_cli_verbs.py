"""What a user sees: listings, exit codes, JSON a program can read, and start-up without a backend."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from typer.testing import Result
from workflow.classes import FakeSandbox, reaches

from harness import __version__, shipped
from harness.cli.options import say
from harness.errors import SandboxError
from harness.grading.results import ClassResult
from harness.records.models import Fault
from harness.report.files import read_results
from harness.sandbox.levels import Level
from harness.tasks import find, names

Harness = Callable[..., Result]

GRADE = ("grade", "class", "--rubrics", "rubrics", "--device", "cpu", "--jobs", "1")
START = """
import sys
large = {"tensorflow", "keras", "jax", "torch", "numpy", "pandas", "scipy", "sklearn", "matplotlib", "nltk", "pydantic"}
from harness.cli import main
sys.argv = ["harness", "--help"]
try:
    main()
except SystemExit as end:
    print("loaded", end.code, *large & set(sys.modules))
"""


def test_what_is_said_on_the_way_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """As a sentence with the words of a worker in it."""
    say("the worker \x1b[2Jtls://a:1 gets nothing")
    assert capsys.readouterr().err == "harness: the worker \ufffd[2Jtls://a:1 gets nothing\n"


def test_version(harness: Harness) -> None:
    done = harness("--version")
    assert (done.exit_code, done.stdout.strip()) == (0, __version__)


def test_help_names_every_verb(harness: Harness) -> None:
    done = harness("--help")
    assert done.exit_code == 0
    for verb in ("tasks", "grade", "regrade", "bundle", "baseline", "doctor", "schema"):
        assert f" {verb} " in done.stdout


def test_help_answers_at_once_because_it_loads_nothing_large() -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout.splitlines()[-1] == "loaded 0"


def test_tasks_lists_every_task(harness: Harness) -> None:
    done = harness("tasks")
    assert done.exit_code == 0
    for name in names():
        assert name in done.stdout
        assert find(name).title in done.stdout


def test_tasks_as_json(harness: Harness) -> None:
    listed = json.loads(harness("tasks", "--json").stdout)
    assert [(t["name"], t["version"]) for t in listed] == [(n, find(n).version) for n in names()]


@pytest.mark.parametrize("name", names())
def test_a_task_shows_all_that_a_student_must_write(harness: Harness, name: str) -> None:
    done = harness("tasks", name)
    shown = " ".join(done.stdout.split())
    assert done.exit_code == 0
    task = find(name)
    assert f"{name}.py" in shown
    for builder in task.builders:
        assert f"{builder.name}({', '.join(a.name for a in builder.arguments)})" in shown
        for argument in builder.arguments:
            assert argument.text[:40] in shown
            assert all(word in shown for word in argument.type.split(" or ")), "a long type is wrapped in its column"
        assert builder.returns[:40] in shown
    for text in (*(v.name for v in task.variants), *(m.name for m in task.measures), *task.profiles):
        assert text in shown


@pytest.mark.parametrize("name", names())
def test_a_task_as_json_holds_its_contract(harness: Harness, name: str) -> None:
    contract = json.loads(harness("tasks", name, "--json").stdout)
    task = find(name)
    assert contract["file"] == f"{name}.py"
    shown = {b["name"]: [a["name"] for a in b["arguments"]] for b in contract["builders"]}
    assert shown == {b.name: [a.name for a in b.arguments] for b in task.builders}
    assert set(contract["profiles"]) == set(task.profiles)


def test_doctor_says_what_there_is(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.terminal.describe.try_launcher", lambda: "fork server")
    facts = json.loads(harness("doctor", "--json").stdout)
    assert facts["harness"] == __version__
    assert facts["steps start by"] == "fork server"
    assert "data: digits" in facts
    assert 0.1 <= float(facts["speed"].partition(" ")[0]) <= 2
    assert "tensorflow" in facts["backend"]
    shown = harness("doctor")
    assert shown.exit_code == 0
    assert "data: digits" in shown.stdout


@pytest.mark.parametrize("level", Level)
def test_doctor_names_the_level_and_why_it_is_no_stronger(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, level: Level
) -> None:
    monkeypatch.setattr("harness.terminal.describe.try_launcher", lambda: "fork server")
    reaches(monkeypatch, level, {Level.BUBBLEWRAP: "Expected bwrap on this machine, found none."})
    facts = json.loads(harness("doctor", "--json").stdout)
    assert facts["isolation"].startswith(f"{level}: ")
    assert level.sentence in facts["isolation"]
    assert facts["not bubblewrap"] == "Expected bwrap on this machine, found none."
    assert level.sentence[:30] in harness("doctor").stdout


def test_doctor_says_that_the_backend_cannot_be_loaded(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise SandboxError("Expected Keras to load, but it did not.")

    monkeypatch.setattr("harness.terminal.describe.try_launcher", broken)
    done = harness("doctor")
    assert done.exit_code == 3
    assert done.stderr == "harness: Expected Keras to load, but it did not.\n"


def test_schema_is_valid_json_and_the_one_that_is_shipped(harness: Harness, tmp_path: Path) -> None:
    printed = harness("schema").stdout
    assert json.loads(printed)["$schema"].startswith("https://json-schema.org/")
    assert harness("schema", "--out", "s.json").exit_code == 0
    assert (tmp_path / "s.json").read_text() == printed
    committed = shipped.folder("rubrics") / "rubric.schema.json"
    if not committed.is_file():
        pytest.skip("no schema is committed")
    assert committed.read_text() == printed, "`make schema` writes it anew"


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        ({"ann": toy.GOOD}, 0),
        ({"ann": toy.GOOD, "bob": toy.UNTRAINABLE}, 1),
        ({"ann": toy.GOOD, "bob": toy.SYNTAX_ERROR}, 1),
    ],
    ids=["all passed", "one failed", "one broken"],
)
def test_exit_code_of_a_class(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, sources: dict[str, str], code: int
) -> None:
    toy.write_class(tmp_path / "class", sources)
    done = harness(*GRADE)
    assert done.exit_code == code, done.output
    assert "results/index.html" in done.stdout
    for name in sources:
        assert name in done.stdout
    again = harness("regrade", "results", "--rubrics", "rubrics")
    assert again.exit_code == code
    assert again.stdout == done.stdout


def test_a_pass_mark_decides_the_exit_code_and_is_kept(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.UNTRAINABLE})
    done = harness(*GRADE, "--pass-mark", "0")
    assert done.exit_code == 0, done.output
    assert "2 of 2 passed (pass mark 0 %)" in done.stdout
    again = harness("regrade", "results", "--rubrics", "rubrics")
    assert (again.exit_code, again.stdout) == (0, done.stdout)
    other = harness("regrade", "results", "--rubrics", "rubrics", "--pass-mark", "62.5%")
    assert other.exit_code == 1
    assert "1 of 2 passed, 1 did not (pass mark 62.5 %)" in other.stdout
    assert "pass mark 62.5 %" in harness("regrade", "results", "--rubrics", "rubrics").stdout
    found = read_results(tmp_path / "results" / "results.json")
    assert found.scale.pass_mark == 0.625
    assert [s.passed for s in found.students] == [True, False]
    assert "The pass mark is 62.5 %." in (tmp_path / "results" / "cards" / "ann.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", [GRADE, ("regrade", "results")])
def test_a_pass_mark_that_is_none_is_one_sentence(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    if verb[0] == "regrade":
        harness(*GRADE)
    done = harness(*verb, "--pass-mark", "half")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "harness: --pass-mark: Expected a share of the points, such as 50, 50% or 0.5, received 'half'.\n"
    )


def test_a_fault_of_the_harness_has_its_own_exit_code(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    toys.fails = lambda job: SandboxError("No process.")
    done = harness(*GRADE)
    assert done.exit_code == 3
    assert "harness error" in done.stdout


def test_interruption_has_its_own_exit_code_and_says_how_to_go_on(
    harness: Harness, toys: FakeSandbox, tmp_path: Path
) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    toys.fails = lambda job: KeyboardInterrupt() if job.step.name == "train" else None
    done = harness(*GRADE, "--json")
    assert done.exit_code == 130
    assert done.stderr.splitlines() == [
        "Class page so far: results/index.html",
        "harness: interrupted; what was measured is kept, the same command goes on from there.",
    ]
    assert (tmp_path / "results" / "index.html").is_file()
    toys.fails = lambda job: None
    assert harness(*GRADE).exit_code == 0


@pytest.mark.parametrize("verb", ["grade", "regrade"])
def test_json_is_all_that_is_printed_and_reads_back(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, verb: str
) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.MISNAMED})
    done = harness(*GRADE, "--json")
    if verb == "regrade":
        done = harness("regrade", "results", "--rubrics", "rubrics", "--json")
    assert done.stderr == ""
    assert [s.name for s in ClassResult.model_validate_json(done.stdout).students] == ["ann", "bob"]
    _, _, rest = (tmp_path / "results" / "results.json").read_text().partition(",")
    assert done.stdout == "{" + rest, "the file has a digest in front"


@pytest.mark.parametrize(("text", "seeds"), [("2", [1, 2]), ("3,5,8", [3, 5, 8]), ("4,", None), ("7,2", [7, 2])])
def test_seeds(harness: Harness, toys: FakeSandbox, tmp_path: Path, text: str, seeds: list[int] | None) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    done = harness(*GRADE, "--json", "--seeds", text)
    if seeds is None:
        assert done.exit_code == 2
        return
    assert json.loads(done.stdout)["seeds"] == seeds
    assert {seed for _, _, seed in toys.trained()} == set(seeds)


def test_reveal_shows_hidden_criteria(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    toy.write_rubrics(tmp_path / "rubrics", toy.RUBRIC.replace("points: 50\n", "points: 50\n    hidden: true\n"))
    card = tmp_path / "results" / "cards" / "ann.html"
    harness(*GRADE)
    assert "it has never seen" not in card.read_text()
    harness(*GRADE, "--reveal")
    assert "it has never seen" in card.read_text()


def test_hostile_words_reach_the_terminal_as_text(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    """Neither a name nor a message may colour the terminal or end the table's markup."""
    message = "Nothing [red]works[/red] [/] here"
    toys.fails = lambda job: Fault(owner="student", kind="exception", step="contract", message=message)
    toy.write_class(tmp_path / "class", {"[red]eve \x1b[31m": toy.GOOD})
    done = harness(*GRADE)
    assert done.exit_code == 1
    assert "\x1b[31m" not in done.output
    assert "[red]eve" in done.stdout
    assert message in done.stdout
