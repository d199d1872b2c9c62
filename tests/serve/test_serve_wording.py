"""The desk in the words of a course: every sentence can be replaced; name, logo and language are on all pages."""

import html
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import toy
from serve.conftest import NAMES, RUBRIC
from serve.visitor import Visitor
from werkzeug.test import TestResponse

from harness.grading.readiness import obstacles
from harness.records.models import Status
from harness.report.files import read_results
from harness.report.themes.catalogue import catalogue
from harness.report.themes.theme import Theme
from harness.serve.app import create_app
from harness.serve.desk import Desk
from harness.serve.forms import LONGEST
from harness.serve.gate import Gate
from harness.serve.handing_out import said
from harness.serve.reporter import Reporter
from harness.serve.room import Room
from harness.workflow.graded_class import opened

ANN, BOB = "/students/ann-example", "/students/bob-noyce"
WORD = r"[a-z]{4,}"
LOGO = "data:image/png;base64,iVBORw0KGgo="
MASKED = {s: re.sub(r"%\(\w+\)s|[A-Za-z]", lambda f: f[0] if len(f[0]) > 1 else "·", s) for s in catalogue()}
MONTHS = "january february march april june july august september october november december"


def enter(out: Path, theme: Theme) -> Iterator[tuple[Visitor, Room]]:
    with opened(out, theme=theme, tasks=toy.REGISTRY) as found:
        desk = Desk(found)
        room = Room(desk, Gate(), Reporter(desk), "Prof")
        yield Visitor(create_app(room), room.gate).enter(), room


@pytest.fixture
def masked(out: Path) -> Iterator[tuple[Visitor, Room]]:
    """A desk on which no sentence of ours has a letter left."""
    yield from enter(out, Theme(sentences=MASKED, language="de", course="Lernen", logo=LOGO))


def follow(visitor: Visitor, answer: TestResponse) -> str:
    assert answer.status_code == 303
    return visitor.get(answer.headers["Location"]).text


def mistyped(visitor: Visitor) -> Iterator[str]:
    """Yield a page for everything that can be wrong in a field."""
    for criterion, points, more in (
        ("report", "x", {}),
        ("report", "12", {}),  # it has points, which change only with a reason
        ("plain", "10", {}),
        ("plain", "", {"reason": "ok"}),
        ("plain", "", {"comment": "-" * (LONGEST + 1)}),
        ("plain", "1", {"reason": "-" * (LONGEST + 1)}),
    ):
        answer = visitor.mark("ann-example", criterion, points, **more)
        assert answer.status_code == 422, (criterion, points, more)
        yield answer.text
    yield visitor.send(ANN, {"points/toy/report": "x", "points/toy/talk": "x"}).text


def clashing(visitor: Visitor) -> Iterator[str]:
    """Yield the pages on which a grader decides over one and over two marks of another."""
    old = visitor.form(BOB)
    visitor.send(BOB, {"points/toy/report": "1", "comment/toy/report": "ok", "points/toy/talk": "1"})
    visitor.mark("bob-noyce", "report", "3", reason="ok")
    both = {"points/toy/report": "2", "points/toy/talk": "2"}
    new = {"points/toy/plain": "2", "reason/toy/plain": "ok"}
    for changes in (both, {"points/toy/report": "2"} | new):
        answer = visitor.send(BOB, changes, fields=old)
        assert answer.status_code == 409
        yield answer.text


def publishing(visitor: Visitor) -> Iterator[str]:
    yield visitor.get("/publish").text
    yield visitor.send("/publish", {}).text
    yield follow(visitor, visitor.send("/publish", {"force": "yes", "reveal": "yes"}))
    yield visitor.get("/publish").text
    visitor.mark("ann-example", "talk", "1", comment="Bob Noyce")
    yield visitor.get("/publish").text


def pages(visitor: Visitor, room: Room) -> Iterator[str]:
    """Yield every page of the desk in every state that has words of its own."""
    for path in ("/history", "/grader", "/compare", "/compare?left=ann-example&right=bob-noyce", ANN):
        yield visitor.get(path).text
    marks = room.desk.graded.marks
    marks.add(("gone", "toy", "report"), grader="Al", points=7, seen=0)
    yield follow(visitor, visitor.mark("ann-example", "report", "1", comment="ok"))
    yield follow(visitor, visitor.mark("ann-example", "plain", "1", reason="ok"))
    yield follow(visitor, visitor.mark("ann-example", "plain", "", reason="ok"))
    yield follow(visitor, visitor.mark("ann-example", "beats-naive", "", comment="ok"))
    yield follow(visitor, visitor.send("/students/dan-simon", {"points/toy/talk": "1", "then": "next"}))
    yield from mistyped(visitor)
    yield from clashing(visitor)
    yield from publishing(visitor)
    last = marks.add(("dan-simon", "toy", "report"), grader="Al", points=7, source="older", seen=0).id
    yield visitor.get("/students/dan-simon").text
    for n in range(201):
        last = marks.add(("dan-simon", "toy", "report"), grader="Al", points=n % 20, seen=last).id
    for path in ("/history", "/history?page=2", "/history?student=ann-example"):
        yield visitor.get(path).text
    room.reporter.try_to_write()
    yield visitor.get("/?marked=ann-example").text


def shown(page: str) -> str:
    """Return what of a page is read, out loud too: without scripts, styles and what was typed."""
    page = re.sub(r"<(style|script|textarea)\b.*?</\1>", " ", page, flags=re.S)
    read_out = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', page)
    return html.unescape(" ".join([*read_out, re.sub(r"<[^>]*>", " ", page)]))


def test_a_desk_in_other_words_has_no_english_of_ours_left(
    masked: tuple[Visitor, Room], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, room = masked

    def full(*_: object, **__: object) -> None:
        raise OSError("-")

    monkeypatch.setattr("harness.serve.reporter.write_reports", full)
    seen = list(pages(visitor, room))
    data = (out / "results.json").read_text(encoding="utf-8").replace("\\n", " ")
    ours = f"{data} {RUBRIC} {' '.join(NAMES)} {MONTHS} {room.folder.resolve()} lernen grace gone published oserror"
    known = set(re.findall(WORD, ours.lower()))
    for page in seen:
        # Beneath its bar, the class page is that of the reports, whose own test finds what is left there.
        desk = page.partition("<header")[0] if 'id="students-table"' in page else page
        assert set(re.findall(WORD, shown(desk).lower())) - known == set(), shown(desk)


def test_name_logo_and_language_of_the_course_are_on_every_page(masked: tuple[Visitor, Room]) -> None:
    visitor, _ = masked
    for path in ("/", ANN, "/compare", "/history", "/publish", "/grader"):
        assert_branded(visitor.get(path).text)
    assert_branded(visitor.mark("ann-example", "report", "x").text)
    assert_branded(next(clashing(visitor)))


def test_a_desk_before_the_first_results_is_of_the_course_too(out: Path) -> None:
    (out / "results.json").unlink()
    for visitor, _ in enter(out, Theme(sentences=MASKED, language="de", course="Lernen", logo=LOGO)):
        page = visitor.get("/").text
        assert_branded(page)
        assert set(re.findall(WORD, shown(page).lower())) == {"lernen"}


def assert_branded(page: str) -> None:
    assert '<html lang="de">' in page
    assert page.count(f'<p class="brand"><img src="{LOGO}" alt=""> <span>Lernen</span></p>') == 1


def test_a_sentence_stays_text_around_a_name_that_is_set_apart(out: Path) -> None:
    theme = Theme(sentences={"Mark %(name)s": "%(name)s <b>benoten</b> & 100 %%"})
    for visitor, _ in enter(out, theme):
        page = visitor.get("/compare?left=ann-example").text
        assert "<bdi>Ann Example</bdi> &lt;b&gt;benoten&lt;/b&gt; &amp; 100 %</a>" in page


def test_every_word_in_the_templates_of_the_desk_is_marked() -> None:
    """A word between tags that is neither a value nor marked would stay English."""
    left = {}
    for file in files("harness.serve").joinpath("templates", "serve").iterdir():
        if not file.name.endswith(".html"):
            continue
        text = re.sub(
            r"\{[{%#].*?[}%#]\}|published\.csv|same-origin", " ", file.read_text(encoding="utf-8"), flags=re.S
        )
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>|&\w+;", " ", text))
        words += re.findall(r'(?:aria-label|title|alt|placeholder)="[^"{]*[A-Za-z]{3,}', text)
        if words:
            left[file.name] = words
    assert left == {}


def test_the_desk_says_of_a_class_that_is_not_ready_what_the_command_says(out: Path) -> None:
    result = read_results(out / "results.json")
    students = {s.slug: s for s in result.students}
    task = students["ann-example"].tasks[0]
    faults = [c.model_copy(update={"status": Status.HARNESS_ERROR, "comment": "Bob Noyce"}) for c in task.criteria]
    faulty = students["ann-example"].model_copy(update={"tasks": [task.model_copy(update={"criteria": faults})]})
    for others in ([faulty], [faulty, faulty]):
        some = [students["bob-noyce"], *others]
        found = obstacles(result.model_copy(update={"students": some, "complete": False}))
        assert [o.kind for o in found] == ["partial", "faults", "open", "names"]
        assert [str(said(o)).lower() for o in found] == [o.text.lower() for o in found]
