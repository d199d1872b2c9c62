"""How people really write: pieces over all six tasks are taken, or refused for what is wrong with them."""

import ast
from pathlib import Path

import pytest
from intake.notebooks import notebook
from intake.pieces import PIECES

from harness.intake.exports import exports_of
from harness.intake.gather import gather
from harness.tasks import find, names

TASKS = {name: find(name) for name in names()}


def test_every_task_has_a_piece() -> None:
    assert {piece.task for piece in PIECES.values()} == {*TASKS}


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_taken_as_it_is_or_refused_rightly(tmp_path: Path, name: str) -> None:
    piece = PIECES[name]
    path = tmp_path / "ann" / f"{piece.task}{'.py' if piece.file else '.ipynb'}"
    path.parent.mkdir()
    path.write_bytes(piece.cells[0].encode() if piece.file else notebook(*piece.cells))
    (found,) = gather(tmp_path, tuple(TASKS), exports=exports_of(TASKS))
    fault = found.fault or found.syntax_fault(piece.task, tuple(TASKS))
    assert (fault.message if fault else "").startswith(piece.refused)
    assert bool(fault) is bool(piece.refused)
    if fault:
        return
    source, notes = found.files[f"{piece.task}.py"].decode(), "\n".join(found.notes)
    defined = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    assert {builder.name for builder in TASKS[piece.task].builders} <= defined
    assert [line for line in piece.holds if line not in source.split("\n")] == []
    assert [word for word in piece.leaves if word in source] == []
    assert [words for words in piece.said if words not in notes] == []
