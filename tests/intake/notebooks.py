"""Notebooks for tests, as bytes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

TEXT = "# Some text"  # a cell that starts so is markdown


def notebook(*sources: str, tags: Mapping[int, Sequence[str]] | None = None) -> bytes:
    """Return a notebook of these cells; `tags` are by the number of the cell, from 1."""
    cells = [new_markdown_cell(s) if s.startswith(TEXT) else new_code_cell(s) for s in sources]
    for number, words in (tags or {}).items():
        cells[number - 1].metadata["tags"] = list(words)
    return nbformat.writes(new_notebook(cells=cells)).encode()


def executed(raw: bytes) -> bytes:
    """Return the notebook as it is after all cells were run: counts, printed lines, a picture, state of widgets."""
    found = nbformat.reads(raw.decode(), as_version=4)
    for number, cell in enumerate(found.cells, 1):
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.metadata["execution"] = {"iopub.status.busy": "2024-05-01T10:00:00Z"}
            picture = new_output("display_data", {"image/png": "iVBORw0KGgo=" * 1000, "text/plain": "<Figure>"})
            cell.outputs = [new_output("stream", name="stdout", text="def hidden(): pass\n"), picture]
        else:
            cell["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}
    found.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"b": [1] * 100}}}}
    return nbformat.writes(found).encode()


def raw(whole: Mapping[str, Any]) -> bytes:
    return json.dumps(whole).encode()


def cells(*found: Any, **more: Any) -> bytes:
    """Return a notebook of format 4 with these cells, right or wrong."""
    return raw({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(found), **more})


def old(*sources: str) -> bytes:
    """Return a notebook of format 3 with these code cells below a heading."""
    code = [
        {"cell_type": "code", "input": s.splitlines(keepends=True), "language": "python", "outputs": [], "metadata": {}}
        for s in sources
    ]
    heading = {"cell_type": "heading", "level": 1, "source": ["Title"], "metadata": {}}
    return raw({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [heading, *code]}]})
