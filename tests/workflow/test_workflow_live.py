"""The class page while a class is still being graded: readable at any moment, and never in the way."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
import toy
from workflow.classes import FakeSandbox, files_below, graded, options, source

from harness.errors import ResultsError
from harness.grading.results import ClassResult
from harness.records.store import Records
from harness.sandbox.job import Job
from harness.workflow import live as live_module
from harness.workflow.collect import all_keys
from harness.workflow.grade import grade, stored_plan
from harness.workflow.live import SHARE, LivePages, Snapshot
from harness.workflow.measured import Measured
from harness.workflow.options import Options
from harness.workflow.standards import load_rubrics

CLASS = {"Ada": toy.GOOD, "Bo": toy.GOOD, "Cy": toy.SYNTAX_ERROR}


@dataclass
class Pages:
    """What `index.html` held and which cards lay beside it, every time a step was run."""

    out: Path
    seen: list[str] = field(default_factory=list)
    cards: list[set[str]] = field(default_factory=list)
    begun: int = 0
    written: int = 0

    def look(self, job: Job) -> None:
        """Wait for pages that are begun from now on, and look at them."""
        del job
        awaited, deadline = self.begun + 1, time.monotonic() + 120
        while self.written < awaited and time.monotonic() < deadline:
            time.sleep(0.01)
        index = self.out / "index.html"
        self.seen.append(index.read_text(encoding="utf-8") if index.is_file() else "")
        self.cards.append({card.stem for card in (self.out / "cards").glob("*.html")})


@pytest.fixture
def watched(
    sandbox: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[Pages, Options]]:
    """Return a function that grades a class slowly, its pages written as often as there is time."""
    monkeypatch.setattr(live_module, "SHARE", 1e9)

    real, write = LivePages.__init__, LivePages.write
    chosen = options(tmp_path, seeds=(1,))
    pages = Pages(chosen.out)

    def at_once(self: LivePages, *args: object, **more: object) -> None:
        real(self, *args, **{"every_s": 0.0, **more})  # type: ignore[arg-type]

    def counted(self: LivePages, now: Snapshot) -> None:
        pages.begun += 1
        write(self, now)
        pages.written += 1

    monkeypatch.setattr(LivePages, "__init__", at_once)
    monkeypatch.setattr(LivePages, "write", counted)

    def run() -> tuple[Pages, Options]:
        sandbox.seen = pages.look
        graded(toy.write_class(tmp_path / "class", CLASS), chosen)
        return pages, chosen

    return run


def test_the_first_card_is_there_before_the_last_submission_is_trained(sandbox: FakeSandbox, tmp_path: Path) -> None:
    """Whatever the clock says, which is due again in ten seconds: the last training waits for the card."""
    chosen = options(tmp_path, seeds=(1,))
    there: list[bool] = []

    def wait_for_the_card(job: Job) -> None:
        if job.step.name == "train" and "the last" in source(job):
            deadline = time.monotonic() + 120
            while not (tmp_path / "out" / "cards" / "ada.html").is_file() and time.monotonic() < deadline:
                time.sleep(0.01)
            there.append((tmp_path / "out" / "cards" / "ada.html").is_file())

    sandbox.seen = wait_for_the_card
    class_ = {"Ada": toy.GOOD, "Bo": f"{toy.GOOD}\n# the last\n"}
    grade(toy.write_class(tmp_path / "class", class_), chosen, lambda board, plan: None)
    assert there
    assert all(there)


def test_pages_grow_and_only_the_last_one_is_complete(watched: Callable[[], tuple[Pages, Options]]) -> None:
    pages, chosen = watched()
    written = [page for page in pages.seen if page]
    assert written, "there was a page before the end"
    assert all('data-written="' in page and "</html>" in page for page in written)
    done = [int(re.search(r"(\d+) of 3 submissions graded", page)[1]) for page in written]  # type: ignore[index]
    assert done == sorted(done)
    assert done[0] < 3
    last = (chosen.out / "index.html").read_text(encoding="utf-8")
    assert 'data-written="' not in last
    assert "Grading is complete." in last


def test_who_is_finished_has_a_card_and_a_link_and_nobody_else(watched: Callable[[], tuple[Pages, Options]]) -> None:
    pages, _ = watched()
    early = [(page, cards) for page, cards in zip(pages.seen, pages.cards, strict=True) if page]
    assert any("bo" not in cards for _, cards in early)
    for page, cards in early:
        linked = set(re.findall(r'href="cards/([a-z]+)\.html"', page))
        assert linked <= cards
    assert any("cy" in cards for _, cards in early), "a submission that cannot run is finished at once"


def test_a_page_on_the_way_does_not_read_itself_out_of_data_that_is_not_there(
    watched: Callable[[], tuple[Pages, Options]],
) -> None:
    pages, chosen = watched()
    assert all("grades.csv" not in page and "leaderboard.html" not in page for page in pages.seen)
    assert "grades.csv" in (chosen.out / "index.html").read_text(encoding="utf-8")


def test_an_interrupted_class_leaves_a_page_that_says_so_and_does_not_reload(
    sandbox: FakeSandbox, tmp_path: Path
) -> None:
    sandbox.fails = lambda job: KeyboardInterrupt() if len(sandbox.jobs) > 4 else None
    chosen = options(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        grade(toy.write_class(tmp_path / "class", CLASS), chosen, lambda board, plan: None)
    page = (chosen.out / "index.html").read_text(encoding="utf-8")
    assert "grading was interrupted" in page
    assert 'data-written="' not in page
    assert re.search(r"[012] of 3 submissions graded", page)


def snapshot(chosen: Options, keep: int | None = None) -> tuple[LivePages, Snapshot]:
    """Return the live pages of a class that was graded before, and its records as if only some were there yet."""
    records = Records(chosen.out, create=False)
    plan = stored_plan(records, chosen.out)
    have = records.find(all_keys(plan))
    some = dict(list(have.items())[:keep])
    rubrics = load_rubrics(chosen.rubrics, toy.REGISTRY)
    return LivePages(chosen.out, records, toy.REGISTRY, rubrics), Snapshot(Measured(plan, some), 90.0)


@pytest.fixture
def school(sandbox: FakeSandbox, tmp_path: Path) -> tuple[Options, ClassResult]:
    chosen = options(tmp_path)
    return chosen, graded(toy.write_class(tmp_path / "class", CLASS), chosen)


def test_the_last_live_page_tells_the_same_marks_as_the_final_one(school: tuple[Options, ClassResult]) -> None:
    chosen, _ = school
    final = (chosen.out / "index.html").read_text(encoding="utf-8")
    cards = files_below(chosen.out / "cards")
    live, now = snapshot(chosen)
    live.write(now)
    page = (chosen.out / "index.html").read_text(encoding="utf-8")
    rows = re.compile(r"(?s)<tbody>.*?</tbody>")
    assert rows.findall(page)[:2] == rows.findall(final)[:2]
    assert "about 2 min left" in page
    assert files_below(chosen.out / "cards").keys() == cards.keys()


def test_the_next_page_waits_the_longer_the_more_this_one_cost(
    school: tuple[Options, ClassResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(live_module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    live, now = snapshot(school[0])
    slow = live._write

    def slower(snapshot: Snapshot, started: float) -> None:
        slow(snapshot, started)
        clock[0] += 0.6

    monkeypatch.setattr(live, "_write", slower)
    live.write(now)
    assert live._due - 1_000 == pytest.approx(0.6 / SHARE)
    assert 0.6 / SHARE > 19


def test_cheap_pages_come_no_more_often_than_every_ten_seconds(
    school: tuple[Options, ClassResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    live, now = snapshot(school[0])
    live.write(now)
    assert live._due == 1_010


def test_a_disk_that_is_full_stops_no_grading(
    school: tuple[Options, ClassResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    live, now = snapshot(school[0])

    def full(*_: object, **__: object) -> None:
        raise ResultsError("No space left on device.")

    monkeypatch.setattr(live_module, "write_live_page", full)
    began = time.monotonic()
    live.write(now)
    assert live._due > began, "and it is not tried again at once"


def test_only_who_changed_is_marked_again(school: tuple[Options, ClassResult], monkeypatch: pytest.MonkeyPatch) -> None:
    live, all_there = snapshot(school[0])
    marked: list[str] = []
    real = live_module.mark_student

    def counted(entry: object, *rest: object) -> object:
        marked.append(entry.name)  # type: ignore[attr-defined]
        return real(entry, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(live_module, "mark_student", counted)
    plan, have = all_there.measured.plan, all_there.measured.have
    bo = next(s for s in plan.students if s.name == "Bo")
    other = {**dict.fromkeys(bo.tasks[0].keys.values())}
    without_bo = Snapshot(Measured(plan, {k: m for k, m in have.items() if k not in other}), None)
    live.write(without_bo)
    marked.clear()
    live.write(all_there)
    live.write(all_there)
    assert "Cy" not in marked
    assert marked.count("Bo") == 1
