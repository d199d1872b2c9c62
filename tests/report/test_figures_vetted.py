"""Pictures come back from the records, which anybody with the folder can edit: a page takes only what drawing makes."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness.records.store import Records
from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure, draw, drawn, restored
from harness.report.drawing.vetted import LARGEST, is_drawn
from harness.report.pages import render_card
from harness.task import Figure
from harness.workflow.pictures import figures_of

Build = Callable[..., Any]
RNG = np.random.default_rng(3)
FIGURES = (
    Figure("curves", "Curves", "Loss.", {"panels": {"<b>&": {"loss": [3.0, 1.0, 2.0], "val_loss": [4.0, 3.0, 5.0]}}}),
    Figure("matrix", "Matrix", "Counts.", {"counts": np.array([[9, 3], [1, 7]]), "classes": ["a long name", "b"]}),
    Figure("images", "Images", "Rows.", {"rows": {"a": RNG.random((3, 5, 5)), "b": RNG.random((2, 6, 4, 3))}}),
    Figure("scatter", "Codes", "Plane.", {"points": RNG.random((40, 2)), "labels": np.arange(40) % 4, "classes": "ab"}),
    Figure("lines", "Lines", "é.", {"panels": {"": {"t": ([1, 2], [3, 4])}}, "x": "x", "y": "y", "truth": "t"}),
)
GOOD = draw(FIGURES[0])


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.kind)
def test_whatever_is_drawn_may_be_placed(figure: Figure) -> None:
    assert is_drawn(draw(figure))


def with_inside(text: str) -> str:
    return GOOD.replace("</svg>", f"{text}</svg>")


EDITS = {
    "a script": with_inside("<script>alert(1)</script>"),
    "a script in another letter case": with_inside("<SCRIPT>alert(1)</SCRIPT>"),
    "a script by its namespace": with_inside('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>'),
    "a style sheet": with_inside("<style>body{display:none}</style>"),
    "HTML inside": with_inside("<foreignObject><p>x</p></foreignObject>"),
    "a link": with_inside('<a href="https://example.org"><text>x</text></a>'),
    "an animation": with_inside('<set attributeName="href" to="javascript:alert(1)"/>'),
    "an event": GOOD.replace("<path ", '<path onclick="alert(1)" ', 1),
    "an event of the picture": GOOD.replace("<svg ", '<svg onload="alert(1)" ', 1),
    "a reference elsewhere": with_inside('<use xlink:href="https://example.org/x.svg#a"/>'),
    "a reference without a namespace": with_inside('<use href="data:image/svg+xml,x"/>'),
    "an image elsewhere": with_inside('<image xlink:href="https://example.org/x.png" width="1" height="1"/>'),
    "an SVG as an image": with_inside('<image xlink:href="data:image/svg+xml;base64,PHN2Zz4=" width="1" height="1"/>'),
    "a reference to the page": with_inside('<use xlink:href="#main"/>'),
    "an id of the page": with_inside('<path id="main" d="M 0 0"/>'),
    "a colour from elsewhere": with_inside('<path d="M 0 0" style="fill: url(https://example.org/x)"/>'),
    "a style of the page": with_inside('<path d="M 0 0" style="position: fixed; inset: 0"/>'),
    "a style with an escape": with_inside('<path d="M 0 0" style="fil\\6c: red"/>'),
    "a class of the page": with_inside('<text class="mark">100 / 100</text>'),
    "a picture in the picture": with_inside("<svg></svg>"),
    "words that are no words": with_inside("<g>alert(1)</g>"),
    "something within words": with_inside("<text><path d='M 0 0'/></text>"),
    "a comment that HTML ends elsewhere": with_inside("<!--><img src=x onerror=alert(1)>-->"),
    "CDATA, which HTML reads otherwise": with_inside("<text><![CDATA[<img src=x onerror=alert(1)>]]></text>"),
    "an instruction": with_inside("<?xml-stylesheet href='https://example.org'?>"),
    "a document type": "<svg><!DOCTYPE x></svg>",
    "an entity": with_inside("<text>&a;</text>"),
    "text turned around": with_inside("<text>\u202e</text>"),
    "two pictures": GOOD + GOOD,
    "something behind it": f"{GOOD}<img src=x onerror=alert(1)>",
    "something before it": f"<img src=x>{GOOD}",
    "half of it": GOOD[: len(GOOD) // 2],
    "a lone surrogate": with_inside("<text>\ud800</text>"),
    "far too deep": "<svg>" + "<g>" * 99 + "</g>" * 99 + "</svg>",
    "far too large": with_inside("<path d='M 0 0'/>" * (LARGEST // 10)),
    "another namespace": GOOD.replace("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"),
}


@pytest.mark.parametrize("svg", EDITS.values(), ids=EDITS.keys())
def test_anything_else_is_left_out_with_a_sentence(svg: str, student: Build) -> None:
    assert svg != GOOD
    assert not is_drawn(svg)
    html = card(student(), DrawnFigure("Curves", "Loss.", svg))
    assert "This picture was left out" in html
    assert "alert(1)" not in html and "example.org" not in html
    assert "<strong>Curves.</strong> Loss." in html, "the rest of the card is there"


def card(student: Any, *figures: DrawnFigure) -> str:
    return render_card(student, ClassFacts("Class"), revealed=False, figures={"autoencoder": figures})


def in_records(folder: Path, edit: Callable[[list[dict[str, Any]]], object]) -> tuple[list[int], list[DrawnFigure]]:
    """Draw a figure into records, change what is kept of it, and ask again; return how often it was drawn, and it."""
    times: list[int] = []

    def figures(runs: Any) -> tuple[Figure, ...]:
        times.append(len(runs))
        return FIGURES[:2]

    records = Records(folder)
    task: Any = SimpleNamespace(figures=figures, variants=())
    measured: Any = [SimpleNamespace(key="k", seed=1, variant="v", evidence="")]
    figures_of(records, task, measured)
    (file,) = (folder / "records" / "figures").iterdir()
    kept = json.loads(file.read_text())["figures"]  # as an older harness kept them, without a digest
    file.write_text(json.dumps(edit(kept)))
    again = figures_of(records, task, measured)
    assert figures_of(records, task, measured) == again
    records.close()
    return times, again


def unchanged(kept: list[dict[str, Any]]) -> object:
    return kept


def script_added(kept: list[dict[str, Any]]) -> object:
    return [{**kept[0], "svg": EDITS["a script"]}, *kept[1:]]


def without_numbers(kept: list[dict[str, Any]]) -> object:
    return [{k: v for k, v in figure.items() if k != "numbers"} for figure in kept]


def of_another_form(kept: list[dict[str, Any]]) -> object:
    return {"figures": kept}


def numbers_of_another_form(kept: list[dict[str, Any]]) -> object:
    return [{**kept[0], "numbers": [{"caption": "x", "rows": "y"}]}]


@pytest.mark.parametrize("edit", [unchanged, script_added, of_another_form, numbers_of_another_form])
def test_what_was_changed_in_the_records_is_drawn_again(
    edit: Callable[[list[dict[str, Any]]], object], tmp_path: Path
) -> None:
    times, figures = in_records(tmp_path, edit)
    assert len(times) == (1 if edit is unchanged else 2)
    assert figures == [drawn(f) for f in FIGURES[:2]]


def test_figures_kept_before_there_were_numbers_are_shown_without(tmp_path: Path) -> None:
    times, figures = in_records(tmp_path, without_numbers)
    assert len(times) == 1
    assert [f.numbers for f in figures] == [[], []]
    assert all(f.svg for f in figures)


def test_nothing_kept_is_nothing_restored() -> None:
    assert restored(None) is None
    assert restored([]) == []
