"""How people really write: pieces over all tasks are taken, or refused for what is wrong with them."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from intake import pictures, pieces, tutorials
from intake.notebooks import notebook
from intake.pieces import Piece

from harness.intake.exports import exports_of
from harness.intake.gather import gather
from harness.intake.submission import Submission
from harness.sandbox import child
from harness.sandbox.levels import Level
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.tasks import find, names
from harness.training import contract
from harness.workflow.context import prepare
from harness.workflow.machine import Machine

TASKS = {name: find(name) for name in names()}
PIECES = {**pieces.PIECES, **pictures.PIECES}
TUTORIALS = {**tutorials.TUTORIALS, **pictures.TUTORIALS}
ALL = {**PIECES, **TUTORIALS}
MACHINE = Machine("tensorflow", "cpu", "some processor", make(Level.NONE, view("cpu")), "a process")


def test_there_are_thirty_pieces_over_all_tasks() -> None:
    assert len(ALL) == len(PIECES) + len(TUTORIALS) >= 30
    assert {piece.task for piece in PIECES.values()} == {piece.task for piece in TUTORIALS.values()} == {*TASKS}


def handed_in(folder: Path, piece: Piece) -> Submission:
    path = folder / "ann" / f"{piece.task}{'.py' if piece.file else '.ipynb'}"
    path.parent.mkdir()
    path.write_bytes(piece.cells[0].encode() if piece.file else notebook(*piece.cells))
    (found,) = gather(folder, tuple(TASKS), exports=exports_of(TASKS))
    return found


@pytest.mark.parametrize("name", ALL)
def test_a_piece_is_taken_as_it_is_or_refused_rightly(tmp_path: Path, name: str) -> None:
    piece = ALL[name]
    found = handed_in(tmp_path, piece)
    fault = found.fault or found.syntax_fault(piece.task, tuple(TASKS))
    assert (fault.message if fault else "").startswith(piece.refused)
    assert bool(fault) is bool(piece.refused)
    if fault:
        return
    source, notes = found.files[f"{piece.task}.py"].decode(), "\n".join(found.notes)
    defined = {one for node in ast.parse(source).body for one in names_of(node)}
    assert {builder.name for builder in TASKS[piece.task].builders} <= defined
    assert [line for line in piece.holds if line not in source.split("\n")] == []
    assert [word for word in piece.leaves if word in source] == []
    assert [words for words in piece.said if words not in notes] == []


def names_of(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top of a source sets as functions may be."""
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.name] if isinstance(node, ast.FunctionDef) else []


@cache
def calls(task: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the arrays that builders are given and what the contract check is asked, of the smallest size."""
    with TemporaryDirectory() as folder:
        context = prepare(TASKS[task], "tiny", None, MACHINE, Path(folder))
        described = [context.described(variant) for variant in TASKS[task].trained()]
        given = {name: context.data.arrays[name] for call in described for name in call["arrays"].values()}
    firsts = {call["builder"]: call for call in reversed(described)}
    return given, {"calls": described, "build": [*firsts.values()]}


@pytest.fixture
def as_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have what a submission sets for its process end with the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", [*sys.argv])
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    yield tmp_path
    for name in TASKS:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", TUTORIALS)
def test_the_contract_of_a_piece_passes_or_says_what_to_write(as_alone: Path, name: str) -> None:
    piece = TUTORIALS[name]
    work = handed_in(as_alone, piece).for_task(piece.task, tuple(TASKS))
    files = {path: source.decode("latin-1") for path, source in work.items()}
    said = ""
    try:
        student = child.load_student(files, f"{piece.task}.py")
        contract.check(student, *calls(piece.task), 1)
    except Exception as error:
        _, said = child.explain(error, {"files": files, "settings": {}})
    assert (piece.built or "") in said
    assert bool(said) is bool(piece.built), said
