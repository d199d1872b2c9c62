"""Pictures: valid, described, safe to place side by side on one page, and the same bytes every time."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import toy
from matplotlib.backends.backend_agg import FigureCanvasAgg

from harness.diagnosis import findings
from harness.report.drawing.curves import best_epoch, draw_curves, quantities
from harness.report.drawing.figures import draw, drawn
from harness.report.drawing.plots import DARK, shade
from harness.task import Figure

NAN = float("nan")
RNG = np.random.default_rng(7)
DATA: dict[str, dict[str, Any]] = {
    "curves": {
        "panels": {
            "dense": {"loss": [3.0, 2.0, 1.5], "val_loss": [3.1, 2.2, 2.4], "accuracy": [0.1, 0.5, 0.6]},
            "conv": {"loss": [2.0], "val_loss": [2.5]},
        }
    },
    "matrix": {"counts": np.array([[8, 2], [0, 10]]), "classes": ["cat", "dog"]},
    "images": {"rows": {"original": RNG.random((3, 8, 8)), "rebuilt": RNG.random((3, 8, 8, 3))}},
    "scatter": {
        "points": RNG.normal(size=(5000, 2)),
        "labels": np.arange(5000) % 10,
        "classes": [f"class {i}" for i in range(10)],
    },
}
SAID = {
    "curves": "dense: validation loss 2.4 in epoch 3, lowest 2.2 in epoch 2.",
    "matrix": "18 of 20 images are right. Most often confused: cat taken for dog, 2 of 10.",
    "images": "2 rows of 3 images each: original, rebuilt.",
    "scatter": "5,000 points in the plane, 10 classes: class 0 around (",
}


def figure(kind: str, **changes: Any) -> Figure:
    values = {"kind": kind, "title": "A title", "text": "What it shows.", "data": DATA[kind]} | changes
    return Figure(**values)


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(svg).iter() if e.tag.endswith("}text")]


@pytest.mark.parametrize("kind", DATA)
def test_a_figure_is_one_svg_element_with_a_text_alternative(kind: str) -> None:
    root = ET.fromstring(draw(figure(kind)))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("role") == "img"
    label = root.get("aria-label") or ""
    assert label.startswith("A title. ")
    assert SAID[kind] in label, "the key numbers, made from the data"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "A title"


@pytest.mark.parametrize("kind", DATA)
def test_the_same_data_gives_the_same_bytes(kind: str) -> None:
    first = draw(figure(kind))
    assert draw(figure(kind)) == first
    assert not re.search(r"<\?xml|<!DOCTYPE|<metadata|<style|dc:date", first)


@pytest.mark.parametrize("kind", DATA)
def test_ids_are_unique_on_a_page_and_every_reference_resolves(kind: str) -> None:
    pages = [draw(figure(kind)), draw(figure(kind, title="Another"))]
    ids = [re.findall(r' id="([^"]+)"', svg) for svg in pages]
    assert not set(ids[0]) & set(ids[1])
    for svg, known in zip(pages, ids, strict=True):
        assert len(known) == len(set(known))
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= set(known)


@pytest.mark.parametrize("kind", DATA)
def test_text_takes_the_colour_and_font_of_the_page(kind: str) -> None:
    svg = draw(figure(kind))
    assert "currentColor" in svg
    assert "DejaVu" not in svg
    assert "#0b0c0d" not in svg


HOSTILE = '</svg><script>alert(1)</script>" onload="x $\\frac{a}{b}$ & --> \u202e'


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("curves", {"panels": {HOSTILE: {"loss": [1.0, 2.0], HOSTILE: [1.0, 2.0]}}}),
        ("matrix", {"counts": np.eye(2), "classes": [HOSTILE, "b"]}),
        ("images", {"rows": {HOSTILE: np.zeros((1, 4, 4))}}),
        ("scatter", {"points": np.zeros((2, 2)), "labels": np.array([0, 5]), "classes": [HOSTILE]}),
    ],
)
def test_hostile_names_stay_text(kind: str, data: dict[str, Any]) -> None:
    svg = draw(figure(kind, title=HOSTILE, text=HOSTILE, data=data))
    root = ET.fromstring(svg)
    assert not [e for e in root.iter() if "script" in e.tag or "onload" in e.attrib]
    assert "<script" not in svg
    assert "\u202e" not in svg
    assert (root.get("aria-label") or "").startswith("</svg><script>")


@pytest.mark.parametrize("variants", [1, 2, 3, 4])
def test_every_name_of_the_legend_ends_within_the_picture(variants: int) -> None:
    players = {
        "loss": [3.0, 2.0],
        "generator_loss": [2.0, 1.0],
        "discriminator_loss": [1.0, 1.0],
        "val_loss": [3.0, 2.5],
    }
    canvas = draw_curves({"panels": {f"gan_{i}": players for i in range(variants)}})
    renderer = FigureCanvasAgg(canvas).get_renderer()
    ends = {word.get_text(): word.get_window_extent(renderer).x1 for word in canvas.texts}
    assert {"training", "validation", "generator loss", "discriminator loss"} <= ends.keys()
    assert max(ends.values()) <= canvas.bbox.x1


def test_curves_tolerate_gaps_infinities_and_huge_values() -> None:
    curves = {
        "a": {"loss": [1.0, NAN, float("inf"), 1e308], "val_loss": [NAN, 0.5, 0.4, None]},
        "b": {"loss": [NAN, NAN], "val_loss": [NAN, NAN]},
        "c": {},
    }
    words = texts(draw(figure("curves", data={"panels": curves})))
    assert "lowest at epoch 3" in words
    assert words.count("no values recorded") == 2


def test_the_epoch_of_lowest_validation_loss_is_marked_in_each_panel() -> None:
    words = texts(draw(figure("curves")))
    assert {"dense", "conv", "lowest at epoch 2", "lowest at epoch 1"} <= set(words)


TURNS = {"loss": [2.0, 1.0, 0.5, 0.3, 0.2, 0.1], "val_loss": [2.1, 1.2, 1.1, 1.5, 1.8, 2.0]}


def test_the_epochs_of_overfitting_are_shaded_from_the_one_that_the_finding_names(measurement: Any) -> None:
    svg = draw(figure("curves", data={"panels": {"dense": TURNS}}))
    assert "overfitting from epoch 4" in texts(svg)
    assert not [w for w in texts(svg) if w.startswith("lowest")]
    (shaded,) = shades(svg)
    starts = min(float(x) for x in re.findall(r"([\d.]+) [\d.]+", shaded))
    ticks = {w.text: float(w.get("x") or 0) for w in ET.fromstring(svg).iter() if w.tag.endswith("}text")}
    assert starts == pytest.approx(ticks["4"], abs=0.1)
    assert "overfitting from epoch 4" in (ET.fromstring(svg).get("aria-label") or "")
    (finding,) = findings(replace(toy.TASK, findings=("overfitting",)), [measurement(curve=TURNS)])
    assert finding.title == "Overfitting from epoch 4 on"


def shades(svg: str) -> list[str]:
    """Return the outlines of areas in faint ink."""
    paths = [e for e in ET.fromstring(svg).iter() if re.search(r"(^| )opacity: 0\.1", e.get("style") or "")]
    return [e.get("d") or "" for e in paths]


@pytest.mark.parametrize(
    "curves",
    [
        {**TURNS, "loss": [0.5, 0.4, 0.3, 0.3, 0.3, 0.35]},
        {**TURNS, "val_loss": [2.1, 1.2, 1.1, 1.5, 1.8, NAN]},
        {"val_loss": TURNS["val_loss"]},
    ],
)
def test_nothing_is_shaded_where_the_finding_would_not_speak_of_overfitting(curves: dict[str, list[float]]) -> None:
    svg = draw(figure("curves", data={"panels": {"dense": curves}}))
    assert "lowest at epoch 3" in texts(svg)
    assert not shades(svg)


@pytest.mark.parametrize(
    ("values", "epoch"), [([2.0, 1.0, 3.0], 1), ([NAN, 4.0], 1), ([NAN], None), ([], None), ([1.0, 1.0], 0)]
)
def test_best_epoch(values: list[float], epoch: int | None) -> None:
    assert best_epoch(values) == epoch


def test_adversarial_losses_share_one_axis_and_other_columns_follow() -> None:
    assert quantities({"gan": {"score": [1.0], "d_loss": [1.0], "g_loss": [1.0]}}) == ["loss", "score"]
    assert quantities({"q": {"return": [1.0]}}) == ["return"]


def test_matrix_writes_counts_and_survives_an_empty_class() -> None:
    words = texts(draw(figure("matrix", data={"counts": [[0, 0], [NAN, 1234]], "classes": ["a", "b"]})))
    assert "1234" in words
    assert "0" not in words


def test_every_count_can_be_read_on_its_cell_in_both_schemes() -> None:
    """Small text needs a contrast of 4.5; cells are blue over the page's colour, with its ink or white on them."""
    pages = {"#1c1e21": (255, 255, 255), "#e7e9ec": (24, 27, 31)}
    blue = np.array((0x00, 0x5A, 0x94))
    for share in np.linspace(0, 1, 101):
        opaque = float(shade(np.array([share]))[0])
        for ink, page in pages.items():
            cell = tuple(opaque * blue + (1 - opaque) * np.array(page))
            colour = "#ffffff" if opaque >= DARK else ink
            assert contrast(tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)), cell) >= 4.5, (share, ink)


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the ratio that WCAG 2.2 defines."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: tuple[float, ...]) -> float:
    shares = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_scatter_is_thinned_says_so_and_stays_small() -> None:
    svg = draw(figure("scatter"))
    assert "1,000 of 5,000 points" in texts(svg)
    assert len(svg) < 150_000


def test_scatter_without_finite_points() -> None:
    data = {"points": np.full((3, 2), NAN), "labels": np.zeros(3), "classes": ["a"]}
    assert "0 of 3 points; 3 without finite coordinates" in texts(draw(figure("scatter", data=data)))


def test_images_are_embedded_and_out_of_range_values_do_not_break_them() -> None:
    rows = {"odd": np.array([[[NAN, 2.0], [-1.0, float("inf")]]])}
    svg = draw(figure("images", data={"rows": rows}))
    assert 'href="data:image/png;base64,' in svg
    assert "odd" in texts(svg)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("matrix", {"counts": np.eye(3), "classes": ["a", "b"]}),
        ("images", {"rows": {"a": np.zeros((2, 2))}}),
        ("images", {"rows": {}}),
        ("scatter", {"points": np.zeros((2, 3)), "labels": np.zeros(2), "classes": []}),
        ("curves", {"panels": {}}),
    ],
)
def test_arrays_of_another_shape_are_refused_in_a_sentence(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^Expected .*; received"):
        draw(figure(kind, data=data))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'pie'"):
        draw(replace(figure("curves"), kind="pie"))


def test_an_instructors_settings_do_not_change_the_picture() -> None:
    import matplotlib as mpl

    before = draw(figure("curves"))
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "axes.grid": True}):
        assert draw(figure("curves")) == before
        assert mpl.rcParams["font.size"] == 30


def test_drawn_keeps_the_words() -> None:
    result = drawn(figure("matrix"))
    assert (result.title, result.text) == ("A title", "What it shows.")
    assert result.svg.startswith("<svg ")


def test_pages_load_neither_matplotlib_nor_a_backend() -> None:
    code = (
        "import sys, harness.report.pages; "
        "print([m for m in ('matplotlib', 'tensorflow', 'keras') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
