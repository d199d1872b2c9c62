"""`harness preflight` says by its table, its page and its exit code whether a rubric separates."""

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
import toy
from typer.testing import Result
from workflow.classes import FakeSandbox, reaches

from harness.course.found import Course
from harness.records.models import Fault
from harness.sandbox.job import Job
from harness.sandbox.levels import Level
from harness.shipped import Rooms

Harness = Callable[..., Result]
PREFLIGHT = ("preflight", "--rubrics", "rubrics", "--flawed", "flawed", "--jobs", "1")
STUCK = '"""It never learns.\n\nLoses: plain\n"""\n' + toy.UNTRAINABLE
UNTOLD = '"""It <b>is</b> [bold]as good.\n\nLoses: plain, beats-naive\n"""\n' + toy.GOOD
PAGE = Path("results/preflight/preflight.html")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, toys: FakeSandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reference that passes, a template that does not, and a flawed submission that is told apart."""
    for room, source in {"reference_models": toy.GOOD, "student_template": toy.UNTRAINABLE}.items():
        write(tmp_path, f"{room}/toy.py", source)
    write(tmp_path, "flawed/toy/stuck.py", STUCK)
    course = Course(tmp_path, tasks=toy.REGISTRY, rooms=Rooms(tmp_path, frozenset({"toy"})), named=True)
    monkeypatch.setattr("harness.course.found.find_course", lambda *_: course)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_rubric_that_separates_exits_with_0(harness: Harness, toys: FakeSandbox) -> None:
    done = harness(*PREFLIGHT)
    assert done.exit_code == 0, done.output
    assert "1 rubric separates what it should." in done.stdout
    assert "stuck: It never learns. Loses 50 of 50 on plain." in done.stdout
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["reference", "50/50", "30/30"] in rows
    assert ["template", "0/50", "0/30"] in rows
    assert ["stuck", "0/50", "*", "0/30"] in rows
    assert "No flawed submission is meant for beats-naive." in done.stdout
    assert {seed for _, _, seed in toys.trained()} == {1}, "all under one seed, in doubt or not"
    assert f"Page: {PAGE}" in done.stdout and PAGE.is_file()


def test_each_once_leaves_out_what_shows_no_mistake(harness: Harness, toys: FakeSandbox) -> None:
    done = harness(*PREFLIGHT, "--each-once")
    assert done.exit_code == 0, done.output
    by_source: dict[str, set[int]] = {}
    for source, units, _ in toys.trained():
        by_source.setdefault(source, set()).add(units)
    assert sorted(map(sorted, by_source.values())) == [[8], [8, 64], [8, 64]]
    assert "stuck: It never learns. Loses 50 of 50 on plain." in done.stdout


def test_a_second_run_trains_nothing(harness: Harness, toys: FakeSandbox) -> None:
    first = harness(*PREFLIGHT)
    before = len(toys.jobs)
    again = harness(*PREFLIGHT)
    assert again.stdout == first.stdout
    assert len(toys.jobs) == before > 0


def test_a_folder_that_holds_a_class_is_refused_in_words_about_rehearsals(harness: Harness, folder: Path) -> None:
    """Once the sentence was about --key, which this verb does not have."""
    write(folder, "results/records/key", f"{toy.KEY.value}\n")
    done = harness(*PREFLIGHT, "--out", "results")
    assert done.exit_code == 2
    assert "Expected a new folder to rehearse in" in done.stderr and "'results', which holds a class" in done.stderr
    assert "--key" not in done.stderr


def test_a_mistake_that_is_not_told_exits_with_1(harness: Harness, folder: Path) -> None:
    write(folder, "flawed/toy/untold.py", UNTOLD)
    done = harness(*PREFLIGHT)
    assert done.exit_code == 1
    for criterion, points in (("plain", 50), ("beats-naive", 30)):
        said = f"untold is not told from the reference by {criterion}: {points} of {points}"
        assert said in done.stdout and said in PAGE.read_text()
    assert "It <b>is</b> [bold]as good." in done.stdout
    assert "It &lt;b&gt;is&lt;/b&gt; [bold]as good." in PAGE.read_text()
    assert "1 of 1 rubric does not separate: 2 failures." in done.stdout


@pytest.mark.parametrize(
    ("place", "source", "said"),
    [
        ("reference_models", toy.UNTRAINABLE, "reference loses 50 of 50 on plain"),
        ("reference_models", toy.MISNAMED, "reference loses 50 of 50 on plain"),
        ("student_template", toy.GOOD, "template earns 50 of 50 on plain"),
    ],
)
def test_a_reference_or_template_that_is_not_one_exits_with_1(
    harness: Harness, folder: Path, toys: FakeSandbox, place: str, source: str, said: str
) -> None:
    fault = Fault(owner="student", kind="contract", step="contract", message="Expected a function build_model.")
    toys.fails = lambda job: fault if "build_modell" in job.files[job.entry].decode() else None
    write(folder, f"{place}/toy.py", source)
    done = harness(*PREFLIGHT)
    assert done.exit_code == 1
    assert said in done.stdout
    assert ("Stopped by: Expected a function build_model." in done.stdout) == (source == toy.MISNAMED)


def test_without_flawed_submissions_the_table_says_so(harness: Harness) -> None:
    done = harness("preflight", "--rubrics", "rubrics")
    assert done.exit_code == 0
    assert "There were no flawed submissions: only the reference and the template are checked." in done.stdout
    assert "There were no flawed submissions" in PAGE.read_text()


def test_json_is_all_that_is_printed(harness: Harness, folder: Path) -> None:
    write(folder, "flawed/toy/untold.py", UNTOLD)
    done = harness(*PREFLIGHT, "--json", "--out", "elsewhere")
    assert (done.exit_code, done.stderr) == (1, "")
    (task,) = json.loads(done.stdout)["tasks"]
    assert [(r["name"], r["role"]) for r in task["rows"]] == [
        ("reference", "reference"),
        ("template", "template"),
        ("stuck", "flawed"),
        ("untold", "flawed"),
    ]
    assert len(task["failures"]) == 2 and not (task["criteria"].keys() & {"report"})
    assert (folder / "elsewhere" / "preflight.html").is_file()


def test_a_fault_of_the_harness_exits_with_3(harness: Harness, toys: FakeSandbox) -> None:
    def broken(job: Job) -> Fault | None:
        ours = Fault(owner="harness", kind="harness", step=job.step.name, message="A process could not be started.")
        return ours if '"""It never learns' in job.files[job.entry].decode() else None

    toys.fails = broken
    done = harness(*PREFLIGHT)
    assert done.exit_code == 3
    assert "stuck was not decided by plain" in done.stdout
    assert "A process could not be started." in done.stdout


def test_the_page_needs_nothing_from_elsewhere_and_links_the_cards(harness: Harness) -> None:
    harness(*PREFLIGHT)
    page = unescape(PAGE.read_text())
    assert "default-src 'none'" in page and "<script" not in page and "http" not in page.partition("<body>")[2]
    for slug in ("reference", "template", "stuck"):
        assert f'href="cards/{slug}.html"' in page
        assert (PAGE.parent / "cards" / f"{slug}.html").is_file()


def test_without_a_barrier_only_what_is_shipped_runs_unasked(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    reaches(monkeypatch, Level.NONE)
    assert harness("preflight", "--rubrics", "rubrics").exit_code == 0
    refused = harness(*PREFLIGHT, "--out", "other")
    assert refused.exit_code == 2 and "--trust-submissions" in refused.stderr
    assert harness(*PREFLIGHT, "--out", "other", "--trust-submissions").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--task", "toyy"), "Did you mean 'toy'?"),
        (("--profile", "qick"), "Did you mean 'quick'?"),
        (("--flawed", "nowhere"), "'nowhere'"),
        (("--rubrics", "nowhere"), "nowhere"),
        (("--jobs", "-1"), "--jobs"),
        (("--data-dir", "nowhere"), "nowhere"),
    ],
)
def test_a_mistake_is_one_line_and_makes_nothing(
    harness: Harness, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = harness(*PREFLIGHT, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr and done.stderr.count("\n") == 1
    assert not (folder / "results").exists()


@pytest.mark.parametrize("place", ["reference_models", "student_template"])
def test_a_task_without_a_reference_or_template_is_told(harness: Harness, folder: Path, place: str) -> None:
    (folder / place / "toy.py").unlink()
    done = harness(*PREFLIGHT)
    assert done.exit_code == 2 and f"{place}/toy.py, found none" in done.stderr
