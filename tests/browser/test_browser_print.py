"""On paper: A4, nothing cut at the side, no row, figure or criterion broken over two pages."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from screens import A4

PAGES = ("card of ada-lovelace", "card of script", "class", "leaderboard", "difference", "preflight")

CUT = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility() && !e.closest('svg') && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX) && !e.closest('.points'))
  .map(e => `${e.localName}.${e.className}: ${e.scrollWidth} in ${e.clientWidth}`)"""

OFF_THE_PAPER = """width => [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility() && !e.closest('.unseen') && e.getBoundingClientRect().right > width + 1)
  .map(e => `${e.localName}.${e.className?.baseVal ?? e.className}: ${e.getBoundingClientRect().right}`)"""

BREAKABLE = """() => [...document.querySelectorAll('tr, figure, .criteria > li, .findings > li')]
  .filter(e => e.checkVisibility() && getComputedStyle(e).breakInside !== 'avoid')
  .map(e => `${e.localName} of ${e.parentElement.className}`)"""

TOO_TALL = """height => [...document.querySelectorAll('tr, figure svg')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > height)
  .map(e => `${e.localName}: ${e.getBoundingClientRect().height}`)"""


@pytest.fixture
def paper(pages: Mapping[str, Path], visit: Any) -> Any:
    """Return a function that opens a page as it is laid out for print on A4."""

    def lay_out(name: str) -> Any:
        page = visit(pages[name], size=A4).page
        page.emulate_media(media="print")
        return page

    return lay_out


@pytest.mark.parametrize("name", PAGES)
def test_no_table_and_no_figure_is_cut_at_the_side(paper: Any, name: str) -> None:
    page = paper(name)
    assert page.evaluate(CUT) == []
    assert page.evaluate(OFF_THE_PAPER, A4[0]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= A4[0], "a browser would print all of it smaller"


@pytest.mark.parametrize("name", PAGES)
def test_no_row_figure_or_criterion_is_broken_over_two_pages(paper: Any, name: str) -> None:
    page = paper(name)
    assert page.evaluate(BREAKABLE) == []
    assert page.evaluate(TOO_TALL, A4[1]) == [], "what is taller than a page is cut whatever the stylesheet says"


@pytest.mark.parametrize("name", PAGES)
def test_paper_is_white_and_ink_is_dark_for_readers_who_work_in_the_dark(
    pages: Mapping[str, Path], visit: Any, name: str
) -> None:
    page = visit(pages[name], size=A4, color_scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


@pytest.mark.parametrize("name", PAGES)
def test_the_pdf_has_about_as_many_pages_as_there_is_to_print(paper: Any, name: str) -> None:
    """Far more would be pages left half empty by rules that keep too much together."""
    page = paper(name)
    needed = page.evaluate("document.documentElement.scrollHeight") / A4[1]
    made = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "1cm"))
    count = len(re.findall(rb"/Type\s*/Page\b", made))
    assert needed <= count + 0.5
    assert count <= 1.6 * needed + 2
