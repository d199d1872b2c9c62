"""A real class: every way to go wrong gets its marks and one sentence, and nobody else is stopped by it."""

import csv
import html
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import toy
from workflow.classes import (
    NoLauncher,
    criterion,
    fault_of,
    graded,
    marks,
    numbers,
    options,
    student,
    task_of,
    with_tasks,
)
from workflow.grade_toy import LIMITED

from harness.grading.results import ClassResult
from harness.records.models import Status
from harness.report.files import read_results, results_json
from harness.workflow.speed import scaled, speed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and signals of Linux")

CPU_S = scaled(LIMITED.profiles["quick"].limits, speed()).cpu_s  # what a step may take on this machine
SCRIPT = Path(__file__).with_name("grade_toy.py")
CLASS = {
    "Lovelace": toy.GOOD,
    "Backus": toy.UNTRAINABLE,
    "Conway": toy.IMPORT_ERROR,
    "Dijkstra": toy.SYNTAX_ERROR,
    "Engelbart": toy.MISNAMED,
    "Floyd": toy.RAISING,
    "Gosper": toy.ENDLESS,
    "Hopper": toy.ABORTING,
    "Iverson": toy.WIDE_FAILS,
    "Juno =1+1 <b>": toy.GOOD,
}


@dataclass(frozen=True)
class Graded:
    result: ClassResult
    out: Path


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, real_launcher: None) -> Graded:
    folder = tmp_path_factory.mktemp("school")
    chosen = options(folder, registry=with_tasks(LIMITED), jobs=0)
    return Graded(graded(toy.write_class(folder / "class", CLASS), chosen), chosen.out)


def test_everybody_is_graded(school: Graded) -> None:
    assert {s.name for s in school.result.students} == set(CLASS)
    assert school.result.complete
    assert school.result.seconds > 0


@pytest.mark.parametrize(
    ("name", "status", "earned"),
    [
        ("Lovelace", Status.PASSED, 80),
        ("Backus", Status.FAILED, pytest.approx(0, abs=2)),  # of three networks that guess one is lucky
        ("Conway", Status.STUDENT_ERROR, 0),
        ("Dijkstra", Status.STUDENT_ERROR, 0),
        ("Engelbart", Status.STUDENT_ERROR, 0),
        ("Floyd", Status.STUDENT_ERROR, 0),
        ("Gosper", Status.STUDENT_ERROR, 0),
        ("Hopper", Status.STUDENT_ERROR, 0),
        ("Iverson", Status.STUDENT_ERROR, 50),
        ("Juno =1+1 <b>", Status.PASSED, 80),
    ],
)
def test_marks_and_status(school: Graded, name: str, status: Status, earned: float) -> None:
    task = task_of(school.result, name)
    assert (task.status, task.earned, task.possible, task.manual_points) == (status, earned, 80, 20)


@pytest.mark.parametrize(
    ("name", "kind", "step", "words"),
    [
        ("Conway", "import", "contract", ["toy.py", "line 1", "no_such_library"]),
        ("Dijkstra", "import", "intake", ["toy.py", "line 5"]),
        ("Engelbart", "contract", "contract", ["build_model(input_shape, num_classes, units)", "build_modell"]),
        ("Floyd", "exception", "contract", ["toy.py line 6", "ValueError: units must not be 8"]),
        ("Gosper", "limit", "train", [f"{CPU_S:g} s of CPU", "endless loop"]),
        ("Hopper", "crash", "contract", [f"signal {int(signal.SIGABRT)}"]),
        ("Iverson", "exception", "train", ["toy.py line 7", "ValueError: too wide"]),
    ],
)
def test_a_fault_is_told_in_one_sentence_on_the_card(
    school: Graded, name: str, kind: str, step: str, words: list[str]
) -> None:
    fault = fault_of(school.result, name)
    assert (fault.owner, fault.kind, fault.step) == ("student", kind, step)
    card = html.unescape((school.out / "cards" / f"{student(school.result, name).slug}.html").read_text())
    for word in words:
        assert word in fault.message
        assert word in card
    assert "\n" not in fault.message
    assert len(fault.message) < 400
    assert "Traceback" not in card
    assert str(Path(__file__).parents[2]) not in card, "no path of the grading machine"


def test_only_what_fails_without_a_fault_is_trained_under_more_seeds(school: Graded) -> None:
    assert school.result.extra_trainings == 4, "both variants of Backus, under two more seeds each"
    seeds = {s.name: {m.seed for t in s.tasks for m in t.measurements} for s in school.result.students}
    assert [name for name, found in seeds.items() if len(found) > 1] == ["Backus"]
    assert len(criterion(school.result, "Backus", "plain").values) == 3


def test_what_worked_of_a_broken_submission_counts(school: Graded) -> None:
    assert criterion(school.result, "Iverson", "plain") == criterion(school.result, "Lovelace", "plain")
    assert criterion(school.result, "Iverson", "beats-naive").status is Status.STUDENT_ERROR
    assert criterion(school.result, "Iverson", "beats-naive").earned == 0


def test_one_that_hangs_in_one_variant_is_tried_in_the_others(school: Graded) -> None:
    assert [m.variant for m in task_of(school.result, "Gosper").measurements] == ["plain", "wide", "naive"]


def test_an_untrainable_network_is_told_why(school: Graded) -> None:
    (finding, *_) = task_of(school.result, "Backus").findings
    assert finding.title == "The network learned nothing"
    assert "learned nothing" in criterion(school.result, "Backus", "plain").reason
    card = (school.out / "cards" / "backus.html").read_text()
    assert finding.title in card


def test_the_same_submission_gets_the_same_numbers(school: Graded) -> None:
    twin = task_of(school.result, "Juno =1+1 <b>")
    assert numbers(twin.measurements) == numbers(task_of(school.result, "Lovelace").measurements)


def test_the_result_folder_holds_everything(school: Graded) -> None:
    slugs = {s.slug for s in school.result.students}
    assert {p.name for p in (school.out / "cards").iterdir()} == {f"{slug}.html" for slug in slugs}
    pages = {"index.html", "leaderboard.html", "grades.csv", "results.json"}
    assert {p.name for p in school.out.iterdir()} == {"cards", "records", "marking.sqlite"} | pages
    index = html.unescape((school.out / "index.html").read_text())
    for s in school.result.students:
        assert s.name in index
        assert f"cards/{s.slug}.html" in index
    assert results_json(read_results(school.out / "results.json")) == results_json(school.result)


def test_the_table_has_a_line_per_student_and_no_formula(school: Graded) -> None:
    lines = list(csv.DictReader((school.out / "grades.csv").read_text(encoding="utf-8-sig").splitlines()))
    by_slug = {line["slug"]: line for line in lines}
    assert len(lines) == len(CLASS)
    assert by_slug["lovelace"]["toy earned"] == "80"
    assert by_slug["iverson"]["toy earned"] == "50"
    assert by_slug["gosper"]["toy earned"] == "0" and by_slug["gosper"]["total open"] == "20"
    assert by_slug["gosper"]["percent"] == "", "as long as points are open"
    assert not any(value.startswith(("=", "+", "-", "@")) for line in lines for value in line.values())


def test_a_card_shows_curves_and_names_nobody_else(school: Graded) -> None:
    card = (school.out / "cards" / "lovelace.html").read_text()
    assert "Learning curves" in card
    assert "Confusion matrix" in card
    assert not [name for name in CLASS if name != "Lovelace" and html.escape(name) in card]


def test_a_name_is_shown_as_text(school: Graded) -> None:
    slug = student(school.result, "Juno =1+1 <b>").slug
    for page in ("index.html", f"cards/{slug}.html"):
        text = (school.out / page).read_text()
        assert "Juno =1+1 &lt;b&gt;" in text
        assert "Juno =1+1 <b>" not in text


def test_every_number_says_where_it_is_from(school: Graded) -> None:
    for s in school.result.students:
        for m in (m for t in s.tasks for m in t.measurements):
            assert m.provenance.backend == "tensorflow"
            assert m.provenance.data_sha256
            assert "keras" in m.provenance.libraries
            assert all(value.signature for value in m.measures.values())
    trained = next(m for m in task_of(school.result, "Lovelace").measurements if m.variant == "plain")
    assert trained.parameters == 16 * 8 + 8 + 8 * 10 + 10
    assert trained.usage["train"].cpu_s > 0
    assert set(trained.curve) == set(toy.CURVE)
    assert len(trained.curve["loss"]) == toy.QUICK.epochs


def test_the_same_seed_in_another_folder_gives_the_same_numbers_bit_for_bit(
    school: Graded, tmp_path: Path, real_launcher: None
) -> None:
    chosen = options(tmp_path, registry=with_tasks(LIMITED))
    result = graded(toy.write_class(tmp_path / "class", {"Somebody": toy.GOOD}), chosen)
    again = numbers(task_of(result, "Somebody").measurements)
    assert again == numbers(task_of(school.result, "Lovelace").measurements)
    assert again["plain", 1][1]["loss"], "there is a curve to compare"


@contextmanager
def grading(folder: Path, sources: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start grading a class in a process of its own; wait until the first student is measured, the next running."""
    toy.write_class(folder / "class", sources)
    paths = (folder / "class", toy.write_rubrics(folder / "rubrics"), folder / "out")
    process = subprocess.Popen([sys.executable, str(SCRIPT), *map(str, paths)])
    try:
        wait_for(lambda: recorded(folder / "out", "wide") == 1 and steps_of(process.pid), process)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait(300)


def wait_for(ready: Callable[[], object], process: subprocess.Popen[bytes], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "waited too long"
        assert process.poll() is None, "ended too early"
        time.sleep(0.02)


def recorded(out: Path, variant: str) -> int:
    """Return how many measurements of a variant there are, as anybody else who opens the file sees them."""
    path = out / "records" / "records.sqlite"
    if not path.is_file():
        return 0
    with suppress(sqlite3.OperationalError), sqlite3.connect(path, timeout=60) as db:
        return int(db.execute("SELECT count(*) FROM measurements WHERE variant = ?", (variant,)).fetchone()[0])
    return 0


def steps_of(pid: int) -> list[psutil.Process]:
    """Return the processes of running steps: grandchildren, as the fork server is the one child."""
    with suppress(psutil.Error):
        return [step for server in psutil.Process(pid).children() for step in server.children(recursive=True)]
    return []


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    found = []
    for p in processes:
        with suppress(psutil.Error):
            if p.is_running() and p.status() != psutil.STATUS_ZOMBIE:
                found.append(p)
    return found


def all_end(processes: list[psutil.Process], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while alive(processes) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(processes)


FIRST_GOOD = {"Ada": toy.GOOD, "Gosper": toy.ENDLESS, "Iverson": toy.WIDE_FAILS}


def test_a_killed_run_leaves_no_process_and_goes_on_where_it_was(
    school: Graded, tmp_path: Path, real_launcher: None
) -> None:
    with grading(tmp_path, FIRST_GOOD) as process:
        running = psutil.Process(process.pid).children(recursive=True)
        assert len(running) >= 2, "the fork server and a step that never ends"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(300)
        assert all_end(running), f"still there: {alive(running)}"
    assert not (tmp_path / "out" / "results.json").exists()
    assert "Grading goes on" in (tmp_path / "out" / "index.html").read_text(), "the page of the class so far stays"
    chosen = options(tmp_path, registry=with_tasks(LIMITED))
    kept = written(chosen.out)
    result = graded(tmp_path / "class", chosen)
    assert result.complete
    assert len(kept) >= 3, "the comparison's baseline and both variants of Ada"
    assert kept.items() <= written(chosen.out).items(), "what was measured is not measured again"
    for name, twin in (("Ada", "Lovelace"), ("Gosper", "Gosper"), ("Iverson", "Iverson")):
        mine, theirs = task_of(result, name), task_of(school.result, twin)
        assert numbers(mine.measurements) == numbers(theirs.measurements)
        assert marks(result)[name] == marks(school.result)[twin]


def written(out: Path) -> dict[str, str]:
    """Return every record as it is stored, seconds it took included; a repeated one would differ."""
    with sqlite3.connect(out / "records" / "records.sqlite") as db:
        return dict(db.execute("SELECT key, body FROM measurements"))


def test_an_interrupted_run_leaves_a_page_of_what_there_is_and_goes_on(
    school: Graded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with grading(tmp_path, FIRST_GOOD) as process:
        running = psutil.Process(process.pid).children(recursive=True)
        for asked in (signal.SIGTERM, *[signal.SIGINT] * 4):
            os.kill(process.pid, asked)
            time.sleep(0.05)
        assert process.wait(300) == 143, "the first one counts, and the others break nothing off"
        assert all_end(running), f"still there: {alive(running)}"
    out = tmp_path / "out"
    partial = read_results(out / "results.json")
    assert not partial.complete
    assert task_of(partial, "Ada").earned == 80
    assert [task_of(partial, n).status for n in ("Gosper", "Iverson")] == [Status.NOT_RUN] * 2
    assert json.loads((out / "results.json").read_text())["complete"] is False
    assert "Ada" in (out / "index.html").read_text()
    assert "not been graded yet" in (out / "cards" / "iverson.html").read_text()
    assert not (out / "work").exists()
    for name in ("Gosper", "Iverson"):
        (tmp_path / "class" / name / "toy.py").write_text(toy.GOOD)
    monkeypatch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())
    result = graded(tmp_path / "class", options(tmp_path, registry=with_tasks(LIMITED)))
    assert result.complete, "Ada's measurements are kept; as the others handed in the same, nothing has to be started"
    assert [task_of(result, n).earned for n in FIRST_GOOD] == [80, 80, 80]
