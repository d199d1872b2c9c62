"""Lines and texts: series that are told apart without colour, and samples that stay text wherever they come from."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness.records.store import Records
from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure, draw, drawn
from harness.report.drawing.lines import MAX_POINTS
from harness.report.drawing.samples import LONGEST, MAX_COLUMNS, MAX_ROWS, MOST_LINES
from harness.report.drawing.svg import INK
from harness.report.pages import render_card
from harness.task import Figure
from harness.workflow.pictures import figures_of

Build = Callable[..., Any]
NAN = float("nan")
HOSTILE = '</td></table></svg><script>alert(1)</script>" onload="x {{7*7}} $\\frac{a}{b}$ & --> \u202e\x00'
MONTHS = list(range(24))
SERIES = {
    "truth": (MONTHS, [float(m % 12) for m in MONTHS]),
    "window 1": (MONTHS, [m % 12 + 1.0 for m in MONTHS]),
    "window 12": (np.arange(24), np.arange(24) % 12 - 1.0),
}


def lines(panels: dict[str, Any], **changes: Any) -> Figure:
    data = {"panels": panels, "x": "month", "y": "passengers", "truth": "truth"} | changes.pop("data", {})
    return Figure(**{"kind": "lines", "title": "A title", "text": "What it shows.", "data": data} | changes)


def samples(rows: dict[str, dict[str, str]], **changes: Any) -> Figure:
    return Figure(**{"kind": "texts", "title": "Samples", "text": "Side by side.", "data": {"rows": rows}} | changes)


def words(svg: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(svg).iter() if e.tag.endswith("}text")]


def curves(svg: str) -> list[tuple[str, str]]:
    """Return the style and the path of each line with two points or more; axes, grid and legend are left out."""
    lines = [(e.get("style") or "", e.get("d") or "") for e in ET.fromstring(svg).iter() if e.tag.endswith("}path")]
    thick = [(style, path) for style, path in lines if re.search(r"stroke-width: 1\.[36]", style)]
    return [(style, path) for style, path in thick if "L" in path and not of_legend(path)]


def of_legend(path: str) -> bool:
    """Say whether a path is a sample of a line: level, and as long as all samples."""
    points = [tuple(map(float, point)) for point in re.findall(r"([\d.]+) ([\d.]+)", path)]
    (x, y), (end, level) = points[0], points[-1]
    return y == level and round(end - x, 1) == 20.2


@pytest.mark.parametrize(("step", "whole"), [(1, True), (0.1, False)])
def test_hours_and_months_are_counted_whole(step: float, whole: bool) -> None:
    """Twelve of them would else have a name at 2.5."""
    along = words(draw(lines({"": {"a": ([step * n for n in range(12)], [100.0] * 12)}})))
    assert all("." not in name for name in along[: along.index("month") - 5]) == whole


def test_lines_are_one_described_element_and_the_same_bytes_every_time() -> None:
    svg = draw(lines({"": SERIES}))
    root = ET.fromstring(svg)
    assert (root.get("role"), root.get("aria-label")) == ("img", LABEL)
    assert draw(lines({"": SERIES})) == svg
    assert "currentColor" in svg and INK not in svg, "the truth takes the colour of the page, light or dark"
    assert not re.search(r"<\?xml|<metadata|<style|DejaVu", svg)


LABEL = (
    "A title. Passengers by month. truth from 0 at 0 to 11 at 23; window 1 from 1 at 0 to 12 at 23;"
    " window 12 from -1 at 0 to 10 at 23."
)


def test_axes_and_every_series_are_named_and_the_truth_comes_first() -> None:
    found = words(draw(lines({"all": SERIES})))
    assert {"month", "passengers", "all"} <= set(found)
    assert [w for w in found if w in SERIES] == ["truth", "window 1", "window 12"]


def test_the_truth_is_in_ink_and_no_two_others_look_alike() -> None:
    names = ["truth", *(f"series {i}" for i in range(9))]
    panel = {name: ([0, 1, 2], [i, i + 1, i]) for i, name in enumerate(names)}
    styles = [style for style, _ in curves(draw(lines({"": panel})))]
    assert len(styles) == 10
    assert len(set(styles)) == 10
    assert ["currentColor" in style for style in styles] == [True] + [False] * 9


def test_a_series_looks_the_same_in_every_panel() -> None:
    one, other = {"truth": SERIES["truth"], "b": SERIES["window 12"]}, {"b": SERIES["window 1"]}
    styles = [style for style, _ in curves(draw(lines({"one": one, "other": other})))]
    assert styles[1] == styles[2] != styles[0]


def test_gaps_stay_gaps_and_a_value_between_two_is_seen() -> None:
    y = [1.0, 2.0, NAN, 3.0, None, 4.0, float("inf"), 1e300]
    svg = draw(lines({"": {"a": (list(range(8)), y)}}))
    (path,) = [d for _, d in curves(svg)]
    assert path.count("M") >= 1 and path.count("L") == 1, "two neighbours are joined, nothing else"
    assert "no values recorded" not in words(svg)
    assert draw(lines({"": {"a": (list(range(8)), y)}}, data={"truth": "a"})) != svg


def test_a_panel_without_values_says_so() -> None:
    panels = {"empty": {"a": ([], [])}, "odd": {"a": ([1, 2], [NAN, NAN])}, "good": {"a": ([1, 2], [3, 4])}}
    assert words(draw(lines(panels))).count("no values recorded") == 2


@pytest.mark.parametrize("value", [0.0, -1e29, 1e29, 5e-324, 1e-9])
def test_any_finite_value_can_be_drawn(value: float) -> None:
    ET.fromstring(draw(lines({"": {"a": ([0, 1], [value, value]), "truth": ([0, 1], [0, value])}})))
    ET.fromstring(draw(lines({"": {"a": ([value], [value])}})))


def test_long_series_are_thinned() -> None:
    x = np.arange(100_000)
    svg = draw(lines({"": {f"s{i}": (x, np.sin(x / 900 + i)) for i in range(4)}}))
    assert len(svg) < 40 * 4 * MAX_POINTS
    assert max(d.count("L") for _, d in curves(svg)) < MAX_POINTS


def test_names_of_lines_stay_text() -> None:
    panel = {HOSTILE: ([1, 2], [1, 2]), "truth": ([1, 2], [1, 2])}
    svg = draw(lines({HOSTILE: panel}, title=HOSTILE, text=HOSTILE, data={"x": HOSTILE, "y": HOSTILE}))
    assert not [e for e in ET.fromstring(svg).iter() if "script" in e.tag or "onload" in e.attrib]
    assert not {"\u202e", "\x00"} & set(svg)


@pytest.mark.parametrize(
    "figure",
    [
        lines({}),
        lines({"a": {}}),
        lines({"a": {"s": ([1, 2], [1])}}),
        samples({}),
        samples({"a": {}}),
    ],
)
def test_data_of_another_shape_is_refused_in_a_sentence(figure: Figure) -> None:
    with pytest.raises(ValueError, match=r"^Expected .*; received"):
        drawn(figure)


def test_texts_become_cells_by_column_and_a_missing_one_is_a_dash() -> None:
    rows = {"word": {"0.5": "the cat", "1.0": "a dog\nran"}, "char": {"1.0": "teh", "1.5": "xq"}}
    made = drawn(samples(rows))
    assert made.svg == ""
    assert made.table == [
        ["", "0.5", "1.0", "1.5"],
        ["word", "the cat", "a dog\nran", "–"],
        ["char", "–", "teh", "xq"],
    ]


def test_texts_are_cut_in_length_lines_rows_and_columns() -> None:
    rows = {f"row {i}": {f"c{j}": "x" * 5000 for j in range(40)} for i in range(200)}
    table = drawn(samples(rows)).table
    assert (len(table), len(table[0])) == (MAX_ROWS + 1, MAX_COLUMNS + 1)
    assert {len(cell) for row in table[1:] for cell in row[1:]} == {LONGEST}
    assert table[1][1].endswith("x…")
    tall = drawn(samples({"a": {"b": "\n".join("x" * 100)}, "l" * 500: {"b": ""}})).table
    assert tall[1][1].splitlines()[MOST_LINES:] == ["…"]
    assert len(tall[2][0]) == 60


class Cells(HTMLParser):
    """What stands in each cell, and which elements and attributes a page has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag in ("td", "th")
        if self.inside:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data


def card(student: Any, *figures: DrawnFigure) -> str:
    return render_card(student, ClassFacts("Class"), revealed=False, figures={"autoencoder": figures})


def test_hostile_texts_stay_text_on_a_card(student: Build) -> None:
    made = drawn(samples({HOSTILE: {HOSTILE: HOSTILE, "b": "<b>bold</b>"}}, title=HOSTILE, text=HOSTILE))
    html = card(student(), made)
    page = Cells(html)
    assert not {"script", "b"} & {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "<b>bold</b>" in page.cells
    assert sum("<script>alert(1)</script>" in cell for cell in page.cells) == 3
    assert "{{7*7}}" in html and not {"\u202e", "\x00"} & set(html)


def test_a_table_of_texts_has_headers_and_scrolls_in_its_box(student: Build) -> None:
    html = card(student(), drawn(samples({"word": {"0.5": "the cat"}})))
    figure = html[html.index("<figure>") : html.index("</figure>")]
    page = Cells(figure)
    assert [(t, a.get("scope")) for t, a in page.tags if t == "th"] == [("th", "col"), ("th", "row")]
    assert ("div", {"class": "box", "tabindex": "0", "role": "group", "aria-label": "Samples"}) in page.tags
    assert "<svg" not in figure
    assert page.cells == ["", "0.5", "word", "the cat"]


def test_both_kinds_come_back_from_the_records_as_they_went_in(student: Build, tmp_path: Path) -> None:
    asked: list[int] = []

    def figures(runs: Any) -> tuple[Figure, ...]:
        asked.append(len(runs))
        return (lines({"": SERIES}), samples({HOSTILE: {"a": HOSTILE}}))

    records = Records(tmp_path)
    task: Any = SimpleNamespace(figures=figures, variants=())
    measured: Any = [SimpleNamespace(key="k", seed=1, variant="v", evidence="", measures={})]
    first = figures_of(records, task, measured)
    again = figures_of(records, task, measured)
    records.close()
    assert asked == [0], "drawn once"
    assert first == again
    assert [bool(f.svg) for f in again] == [True, False]
    assert [bool(f.table) for f in again] == [False, True]
    assert "<script" not in card(student(), *again)


def test_a_table_that_was_changed_in_the_records_is_drawn_anew(student: Build, tmp_path: Path) -> None:
    """Pictures are placed as they are, so a text must not come by that way."""
    records = Records(tmp_path)
    task: Any = SimpleNamespace(figures=lambda runs: (samples({"a": {"b": "c"}}),), variants=())
    measured: Any = [SimpleNamespace(key="k", seed=1, variant="v", evidence="", measures={})]
    figures_of(records, task, measured)
    (file,) = (tmp_path / "records" / "figures").iterdir()
    file.write_text(file.read_text().replace('"c"', '"<script>alert(1)</script>"'))
    html = card(student(), *figures_of(records, task, measured))
    records.close()
    assert "alert(1)" not in html
