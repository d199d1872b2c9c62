"""How long pages take: 500 report cards, with and without drawing their figures, and the class page of 1,000.

The class is one graded submission recorded under as many names with sources of their own, so that every card is
marked, drawn and written from its own records. By hand means writing the same bytes. The class page is opened in
Chromium, where there is one, and sorted and filtered; times there include the layout that follows.

    python benchmarks/reports.py [--graded demo] [--cards 500] [--students 1000] [--json]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from harness.grading.results import ClassResult
from harness.records.models import Measurement
from harness.records.store import Records
from harness.report.pages import render_class
from harness.workflow.collect import all_keys
from harness.workflow.grade import grade, known_tasks
from harness.workflow.marking import mark_class
from harness.workflow.measured import Measured
from harness.workflow.options import Options, registry
from harness.workflow.plan import ClassPlan, StudentEntry, TaskEntry
from harness.workflow.protection import Protection
from harness.workflow.result_folder import stored_plan
from harness.workflow.standards import load_rubrics, standards_for

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from chrome import CLICK, FIND, arguments, chromium  # noqa: E402  (tools are no package)

EXAMPLE = ROOT / "examples" / "class" / "ada"  # hands in two tasks
REPEATS = 5


def copied(entry: TaskEntry, number: int) -> TaskEntry:
    keys = {slot: f"{number}-{key}" for slot, key in entry.keys.items()}
    return entry.model_copy(update={"keys": keys, "contract": f"{number}-{entry.contract}"})


def copies(student: StudentEntry, n: int) -> Iterator[StudentEntry]:
    for number in range(n):
        tasks = [copied(entry, number) for entry in student.tasks]
        yield student.model_copy(
            update={"name": f"Student {number:04}", "slug": f"student-{number:04}", "tasks": tasks}
        )


def multiply(source: Path, out: Path, n: int) -> None:
    """Record the student of `source` who handed in most under n names in `out`; nothing is drawn yet."""
    old, new = Records(source, create=False), Records(out)
    plan = ClassPlan.model_validate_json(old.document("plan") or "")
    student = max(plan.students, key=lambda s: (len(s.tasks), s.fault is None, sum(len(t.keys) for t in s.tasks)))
    given = [key for keys in plan.given.values() for key in keys.values()]
    originals = old.find([k for t in student.tasks for k in (t.contract, *t.keys.values())] + given)
    evidence = {key: old.evidence(m) for key, m in originals.items()}
    for key in given:
        if key in originals:
            new.add(originals[key], evidence[key], "")
    made = list(copies(student, n))
    for one in made:
        for key in (k for t in one.tasks for k in (t.contract, *t.keys.values())):
            original = originals.get(key.partition("-")[2])
            if original:
                measurement: Measurement = original.model_copy(update={"key": key, "source": one.slug})
                new.add(measurement, evidence[original.key], "")
    new.put_document("plan", plan.model_copy(update={"students": made}).model_dump_json())
    old.close()
    new.close()


def regraded(out: Path) -> float:
    """Return the seconds that `harness regrade` takes to mark, draw what is not drawn, and write every page anew."""
    shutil.rmtree(out / "cards", ignore_errors=True)
    started = time.perf_counter()
    command = [sys.executable, "-m", "harness.cli", "regrade", str(out), "--json"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):  # 1 says that not everybody passed
        raise SystemExit(done.returncode)
    return time.perf_counter() - started


def marked(out: Path) -> ClassResult:
    """Return the marks of a recorded class, without cards and figures."""
    records = Records(out, create=False)
    plan = stored_plan(records, out)
    tasks = known_tasks(plan.tasks, registry())
    standards = standards_for(plan, tasks, load_rubrics(None, tasks))
    result = mark_class(Measured(plan, records.find(all_keys(plan))), standards, revealed=False)
    records.close()
    return result


def by_hand(out: Path, folder: Path) -> tuple[float, int]:
    """Return the seconds that writing the same cards takes, and their bytes."""
    cards = {file.name: file.read_bytes() for file in (out / "cards").iterdir()}
    folder.mkdir()
    started = time.perf_counter()
    for name, content in cards.items():
        (folder / name).write_bytes(content)
    return time.perf_counter() - started, sum(map(len, cards.values()))


def in_browser(page: Path) -> dict[str, float]:
    """Return milliseconds until a page is loaded, until it is sorted, and until it is filtered; nothing without it."""
    program = chromium()
    if program is None:
        return {}
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=arguments())
        sheet = browser.new_page(viewport={"width": 1280, "height": 900})
        sheet.goto(page.resolve().as_uri())
        loaded = sheet.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        sorts = [sheet.evaluate(CLICK, name) for _ in range(REPEATS) for name in ("Percent", "Student")]
        finds = [sheet.evaluate(FIND, text) for _ in range(REPEATS) for text in ("09", "0999", "")]
        browser.close()
    return {"load_ms": loaded, "sort_ms": median(sorts), "filter_ms": median(finds)}


def of_cards(source: Path, place: Path, n: int) -> dict[str, float]:
    out = place / "cards"
    multiply(source, out, n)
    drawing, drawn = regraded(out), regraded(out)
    hand, size = by_hand(out, place / "same")
    return {"cards": n, "drawing_s": drawing, "drawn_s": drawn, "by_hand_s": hand, "mean_kb": size / n / 1000}


def of_class(source: Path, place: Path, n: int) -> dict[str, float]:
    out = place / "class"
    multiply(source, out, n)
    result = marked(out)
    started = time.perf_counter()
    page = render_class(result, leaderboard=True)
    seconds = time.perf_counter() - started
    text = page.encode()
    started = time.perf_counter()
    (place / "index.html").write_bytes(text)
    hand = time.perf_counter() - started
    there = in_browser(place / "index.html")
    return {"students": n, "render_s": seconds, "by_hand_s": hand, "kb": len(text) / 1000, **there}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graded", type=Path, help="result folder to take a submission from; default: train one")
    parser.add_argument("--cards", type=int, default=500)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        source = chosen.graded or place / "graded"
        if chosen.graded is None:
            grade(EXAMPLE, Options(out=source, seeds=(1,), protection=Protection(trusted=True)), lambda *_: None)
        cards, page = of_cards(source, place, chosen.cards), of_class(source, place, chosen.students)
    if chosen.json:
        print(json.dumps({"cards": cards, "class_page": page}))
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{cards['cards']} cards of {cards['mean_kb']:.0f} kB on {cores} cores, by `harness regrade`:")
    print(f"  figures drawn too: {cards['drawing_s']:.1f} s; figures drawn before: {cards['drawn_s']:.1f} s")
    print(f"  writing the same bytes by hand: {cards['by_hand_s']:.2f} s")
    print(f"class page of {page['students']}: {page['kb']:.0f} kB rendered in {page['render_s']:.2f} s")
    if "load_ms" in page:
        times = (f"{what} {page[f'{what}_ms']:.0f} ms" for what in ("load", "sort", "filter"))
        print(f"  in the browser: {', '.join(times)}")
    else:
        print("  not opened in a browser: no Chromium here")


if __name__ == "__main__":
    main()
