"""The numbers beneath a picture: the same data, few enough rows, and the rows that matter always among them."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure, drawn
from harness.report.drawing.numbers import MAX_ROWS, NumberTable, numbers_of, thinned
from harness.report.pages import render_card
from harness.report.themes.engine import render
from harness.report.themes.theme import PLAIN
from harness.task import Figure

Build = Callable[..., Any]
NAN = float("nan")
LONG = {"loss": [1 / (i + 1) for i in range(300)], "val_loss": [abs(i - 101) + 1.0 for i in range(300)]}


def table(kind: str, data: dict[str, Any], place: int = 0) -> list[list[str]]:
    return numbers_of(kind, data)[place].rows


def test_short_curves_stand_there_whole_and_the_best_epoch_is_named() -> None:
    curves = {"loss": [3.0, 2.0, 1.5], "val_loss": [3.1, 2.2, NAN], "accuracy": [0.1, 0.5], "kl": [1.0, 2.0, None]}
    assert numbers_of("curves", {"panels": {"dense": curves}})[0].caption == "dense"
    assert table("curves", {"panels": {"dense": curves}}) == [
        ["epoch", "training loss", "validation loss", "training accuracy", "kl"],
        ["1", "3", "3.1", "0.1", "1"],
        ["2, lowest validation loss", "2", "2.2", "0.5", "2"],
        ["3", "1.5", "not a number", "–", "–"],
    ]


def test_long_curves_keep_the_first_the_best_and_the_last_epoch() -> None:
    rows = table("curves", {"panels": {"a": LONG}})
    assert len(rows) == MAX_ROWS + 1
    assert [rows[1][0], rows[-1][0]] == ["1", "300"]
    assert ["102, lowest validation loss", "0.009804", "1"] in rows


def test_curves_without_validation_name_the_lowest_training_loss_and_empty_ones_have_no_table() -> None:
    panels = {"a": {"loss": [2.0, 1.0]}, "b": {}, "c": {"loss": []}}
    (only,) = numbers_of("curves", {"panels": panels})
    assert [row[0] for row in only.rows] == ["epoch", "1", "2, lowest training loss"]


@pytest.mark.parametrize("n", [0, 1, MAX_ROWS, MAX_ROWS + 1, 60, 1000])
def test_thinning_keeps_order_ends_and_what_it_must(n: int) -> None:
    kept = thinned(n, (n // 3,))
    assert kept == sorted(set(kept))
    assert len(kept) <= MAX_ROWS
    assert n == 0 or {0, n // 3, n - 1} <= set(kept)
    assert all(0 <= place < n for place in kept)


def test_a_matrix_is_told_count_by_count() -> None:
    assert table("matrix", {"counts": [[8, 2], [NAN, 1234]], "classes": ["cat", "dog"]}) == [
        ["true class", "cat", "dog"],
        ["cat", "8", "2"],
        ["dog", "0", "1,234"],
    ]


def test_of_a_large_matrix_the_worst_pairs_are_told() -> None:
    counts = np.diag(np.full(40, 50))
    counts[3, 7], counts[9, 1] = 30, 12
    rows = table("matrix", {"counts": counts, "classes": [f"c{i}" for i in range(40)]})
    assert rows == [["true class", "predicted class", "images"], ["c3", "c7", "30"], ["c9", "c1", "12"]]


def test_a_scatter_is_told_by_class_without_what_cannot_be_drawn() -> None:
    points = np.array([[0.0, 1.0], [2.0, 3.0], [5.0, 5.0], [NAN, 0.0]])
    rows = table("scatter", {"points": points, "labels": [0, 0, 4, 0], "classes": ["zero"]})
    assert rows[1:] == [["zero", "2", "1", "2", "1", "1"], ["class 4", "1", "5", "5", "0", "0"]]
    assert numbers_of("scatter", {"points": points[3:], "labels": [0], "classes": []}) == []


def test_lines_are_told_over_x_with_gaps_as_dashes() -> None:
    panel = {"truth": ([1957 + 1 / 12, 1958], [315.0, NAN]), "late": ([1958, 125_000], [1.23456, None])}
    rows = table("lines", {"panels": {"test years": panel}, "x": "year", "y": "passengers"})
    assert rows == [["year", "truth", "late"], ["1957.08", "315", "–"], ["1958", "–", "1.235"], ["125,000", "–", "–"]]


def test_long_lines_are_thinned_with_both_ends() -> None:
    rows = table("lines", {"panels": {"": {"a": (range(5000), range(5000))}}, "x": "step", "y": "value"})
    assert len(rows) == MAX_ROWS + 1
    assert (rows[1], rows[-1]) == (["0", "0"], ["4999", "4999"])


def test_images_and_texts_have_no_numbers() -> None:
    assert numbers_of("images", {"rows": {"a": np.zeros((1, 2, 2))}}) == []
    assert numbers_of("texts", {"rows": {"a": {"b": "c"}}}) == []


HOSTILE = "</table></details><script>alert(1)</script>\u202e"


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def on_card(student: Any, *figures: DrawnFigure) -> str:
    return render_card(student, ClassFacts("Class"), revealed=False, figures={"autoencoder": figures})


def test_a_card_folds_the_numbers_beneath_the_picture_in_a_real_table(student: Build) -> None:
    figure = Figure("curves", "Learning curves", "Loss.", {"panels": {"dense": {"loss": [2.0, 1.0]}}})
    html = on_card(student(), drawn(figure))
    begin = html.index("<figure>")
    after = html[begin : html.index("</section>", begin)]
    assert after.index("</svg>") < after.index("</figure>") < after.index('<details class="numbers">')
    page = Elements(after[after.index("<details") : after.index("</details>")])
    tags = [tag for tag, _ in page.tags]
    assert tags[:2] == ["details", "summary"] and "open" not in page.tags[0][1]
    assert [a.get("scope") for t, a in page.tags if t == "th"] == ["col", "col", "row", "row"]
    assert "caption" in tags
    box = next(a for t, a in page.tags if t == "div")
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "group", "Numbers of Learning curves")


def test_hostile_names_in_the_numbers_stay_text(student: Build) -> None:
    panel = {HOSTILE: ([1, 2], [3, 4])}
    figures = [
        Figure("curves", HOSTILE, HOSTILE, {"panels": {HOSTILE: {HOSTILE: [1.0, 2.0]}}}),
        Figure("matrix", HOSTILE, HOSTILE, {"counts": np.eye(2), "classes": [HOSTILE, HOSTILE]}),
        Figure("scatter", HOSTILE, HOSTILE, {"points": np.zeros((1, 2)), "labels": [0], "classes": [HOSTILE]}),
        Figure("lines", HOSTILE, HOSTILE, {"panels": {HOSTILE: panel}, "x": HOSTILE, "y": HOSTILE}),
    ]
    html = on_card(student(), *map(drawn, figures))
    assert "<script" not in html
    assert "\u202e" not in html
    assert html.count('<details class="numbers">') == 4


def test_cells_stay_cells_whatever_they_say() -> None:
    """The table is made at once; what a cell holds neither ends it nor begins another."""
    hostile = ["<i>a</i>", "b\0c", "d\1e", "&", '"', "</td><td>", "\u202e"]
    tables = [NumberTable("c", [["heads"] * 8, [*hostile, "1"], ["alone"], ["", ""]]), NumberTable("none", [["head"]])]
    page = render(PLAIN, "_numbers.html", figure=DrawnFigure("t", "t", numbers=tables))
    rows = list(ElementTree.fromstring(page.strip().join(["<page>", "</page>"])).iter("tr"))
    shown = ["<i>a</i>", "b\ufffdc", "d\ufffde", "&", '"', "</td><td>", "\ufffd", "1"]
    assert [[cell.text or "" for cell in row] for row in rows if row[0].get("scope") == "row"] == [
        shown,
        ["alone"],
        ["", ""],
    ]
