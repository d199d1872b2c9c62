"""What is handed out: one card each, nothing hidden, nobody else, and no way from one card to another."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, graded, options

from harness.errors import UsageError
from harness.workflow.graded_class import opened
from harness.workflow.publish import HandedOut, publish

NAMES = ("Ann Example", "Bob Noyce", "Cyd Charisse")
SECRET = "Nobody may read this line."
RUBRIC = toy.RUBRIC.replace(
    "  - id: report\n",
    f"""\
  - id: secret-gap
    text: {SECRET}
    measure: plain.gap
    better: lower
    points: 17
    hidden: true
    profiles:
      quick: {{target: 0.0123, floor: 0.4567}}
  - id: secret-talk
    text: {SECRET}
    manual: true
    hidden: true
    points: 5
  - id: report
""",
).replace("points: 100\n", "points: 122\n")


@pytest.fixture
def out(tmp_path: Path, sandbox: FakeSandbox) -> Path:
    sources = dict(zip(NAMES, (toy.GOOD, toy.UNTRAINABLE, toy.SYNTAX_ERROR), strict=True))
    graded(
        toy.write_class(tmp_path / "class", sources),
        options(tmp_path, rubrics=toy.write_rubrics(tmp_path / "secret", RUBRIC)),
    )
    return tmp_path / "out"


def mark_all(out: Path, comment: str = "") -> None:
    with opened(out, tasks=toy.REGISTRY) as found:
        for student in found.results().students:
            for name in ("report", "secret-talk"):
                found.marks.add((student.slug, "toy", name), grader="g", points=3, comment=comment, seen=0)


def handed_out(out: Path, to: Path | None = None, **changes: Any) -> HandedOut:
    with opened(out, tasks=toy.REGISTRY) as found:
        return publish(found, to, **{"grader": "Grace"} | changes)


def cards(made: HandedOut) -> dict[str, str]:
    return {slug: (made.folder / file).read_text(encoding="utf-8") for slug, file in made.files.items()}


def test_a_card_holds_its_student_and_nobody_else(out: Path) -> None:
    mark_all(out)
    made = handed_out(out)
    assert len(made.files) == len(list(made.folder.iterdir())) == 3
    for (slug, text), name in zip(cards(made).items(), NAMES, strict=True):
        assert name in text
        for other, file in made.files.items():
            assert other == slug or (file not in text and other not in text)
        assert not [n for n in NAMES if n != name and n in text]


def test_nothing_hidden_is_handed_out_unless_revealed(out: Path) -> None:
    mark_all(out, comment="A word on the talk.")
    for text in cards(handed_out(out)).values():
        assert SECRET not in text and "secret-" not in text and "0.0123" not in text and "plain.gap" not in text
        assert text.count("A word on the talk.") == 1, "on the report, not on the hidden criterion"
    assert all(SECRET in text for text in cards(handed_out(out, reveal=True)).values())


def test_a_class_graded_with_hidden_criteria_shown_is_handed_out_without(out: Path) -> None:
    from harness.workflow.grade import Regrading, regrade

    mark_all(out)
    regrade(out, Regrading(toy.write_rubrics(out.parent / "secret", RUBRIC), reveal=True, tasks=toy.REGISTRY))
    assert not [text for text in cards(handed_out(out)).values() if SECRET in text]


def test_a_card_leads_nowhere(out: Path) -> None:
    mark_all(out)
    for text in cards(handed_out(out)).values():
        assert not re.findall(r"""(?:href|src|action)\s*=\s*["']?(?!#|data:)[^"'\s>]""", text)
        assert "index.html" not in text and str(out) not in text


def test_names_of_files_cannot_be_guessed_and_stay(out: Path, tmp_path: Path) -> None:
    mark_all(out)
    made = handed_out(out)
    names = list(made.files.values())
    assert all(re.fullmatch(r"[0-9a-f]{32}\.html", name) for name in names) and len(set(names)) == 3
    assert handed_out(out).files == made.files
    assert handed_out(out, tmp_path / "elsewhere").files == made.files


def test_the_list_of_whose_is_which_is_not_handed_out(out: Path) -> None:
    mark_all(out)
    made = handed_out(out)
    assert not made.listing.is_relative_to(made.folder)
    with made.listing.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["student"], r["file"]) for r in rows] == list(zip(NAMES, made.files.values(), strict=True))


def test_marks_that_are_open_are_not_handed_out_by_mistake(out: Path) -> None:
    with pytest.raises(UsageError, match=r"6 criteria of 3 students are still to be marked by hand \(Ann Example, "):
        handed_out(out)
    assert not (out / "published").exists()
    made = handed_out(out, force=True)
    assert made.warnings and len(made.files) == 3


def test_who_left_the_class_is_taken_out_of_the_folder(out: Path) -> None:
    mark_all(out)
    before = handed_out(out)
    (out.parent / "class" / NAMES[1]).rename(out.parent / "away")
    graded(out.parent / "class", options(out.parent, rubrics=out.parent / "secret", replace=True))
    after = handed_out(out)
    assert before.files.keys() - after.files.keys() == {"bob-noyce"}
    assert {p.name for p in after.folder.iterdir()} == set(after.files.values())


def test_a_folder_with_anything_else_in_it_is_refused(out: Path, tmp_path: Path) -> None:
    mark_all(out)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("private")
    with pytest.raises(UsageError, match=r"Expected an empty folder, .*holds 'notes.txt'"):
        handed_out(out, tmp_path / "mine")
    for folder in (out, out.parent):
        with pytest.raises(UsageError, match="which holds the results"):
            handed_out(out, folder)
    strange = tmp_path / "other" / f"{'a' * 32}.html"
    strange.parent.mkdir()
    strange.write_text("a card of another class")
    with pytest.raises(UsageError, match="Expected an empty folder"):
        handed_out(out, strange.parent)
    with pytest.raises(UsageError, match="which is a file"):
        handed_out(out, strange)


def test_who_published_when_is_recorded(out: Path) -> None:
    mark_all(out)
    handed_out(out)
    handed_out(out, reveal=True, grader="Alan")
    with opened(out, tasks=toy.REGISTRY) as found:
        told = found.publications.all()
    assert [(p.grader, p.cards, p.revealed, p.last_mark) for p in told] == [
        ("Grace", 3, False, 6),
        ("Alan", 3, True, 6),
    ]
