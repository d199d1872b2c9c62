"""Pseudonyms of a class: on the leaderboard, the same after marking again, and known to nobody without the records."""

import json
from pathlib import Path

import toy
from workflow.classes import FakeSandbox, graded, options, student

from harness.records.store import Records
from harness.workflow.grade import Regrading, regrade

CLASS = {"Lovelace": toy.GOOD, "Turing": toy.GOOD}


def board(out: Path) -> str:
    return (out / "leaderboard.html").read_text(encoding="utf-8")


def test_the_leaderboard_names_pseudonyms_only_and_keeps_them(sandbox: FakeSandbox, tmp_path: Path) -> None:
    chosen = options(tmp_path)
    folder = toy.write_class(tmp_path / "class", CLASS)
    first = graded(folder, chosen)
    names = {s.name: s.pseudonym for s in first.students}
    page = board(chosen.out)
    assert all(name in page for name in names.values())
    assert not any(name in page or name.lower() in page for name in names)
    again = regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))
    assert {s.name: s.pseudonym for s in again.students} == names
    toy.write_class(tmp_path / "class", {"Abel": toy.GOOD})
    with_abel = graded(folder, chosen)
    assert {s.name: s.pseudonym for s in with_abel.students if s.name != "Abel"} == names


def test_two_result_folders_draw_differently(sandbox: FakeSandbox, tmp_path: Path) -> None:
    folder = toy.write_class(tmp_path / "class", CLASS)
    one, other = (graded(folder, options(tmp_path, out=tmp_path / name)) for name in ("one", "other"))
    assert {s.pseudonym for s in one.students} != {s.pseudonym for s in other.students}


def test_a_chosen_pseudonym_is_on_the_board_and_a_refused_one_in_the_notes(
    sandbox: FakeSandbox, tmp_path: Path
) -> None:
    folder = toy.write_class(tmp_path / "class", CLASS)
    for name, text in (("Lovelace", "Night Owl"), ("Turing", "I am Turing")):
        (folder / name / "pseudonym.txt").write_text(text)
    chosen = options(tmp_path)
    result = graded(folder, chosen)
    assert student(result, "Lovelace").pseudonym == "Night Owl"
    assert "Night Owl" in board(chosen.out)
    assert "Turing" not in board(chosen.out)
    for _ in range(2):
        (note,) = (n for n in student(result, "Turing").notes if "pseudonym" in n)
        assert "without your own name" in note
        result = regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))


def test_damaged_pseudonyms_are_drawn_anew(sandbox: FakeSandbox, tmp_path: Path) -> None:
    chosen = options(tmp_path)
    graded(toy.write_class(tmp_path / "class", CLASS), chosen)
    records = Records(chosen.out, create=False)
    assert len(json.loads(records.document("pseudonyms") or "")["secret"]) == 64
    records.put_document("pseudonyms", '{"secret": "guess me"}')
    result = regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))
    assert all(s.pseudonym for s in result.students)
    assert len(json.loads(records.document("pseudonyms") or "")["secret"]) == 64
    records.close()
