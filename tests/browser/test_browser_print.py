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


@pytest.fixture(scope="module", params=PAGES)
def opened(request: pytest.FixtureRequest, pages: Mapping[str, Path], visits: Any) -> Any:
    """Return a page that is opened once for the tests that look at it."""
    return visits(pages[request.param], size=A4).page


@pytest.fixture
def page(opened: Any) -> Any:
    """Return a page as it is laid out for print on A4."""
    opened.emulate_media(media="print", color_scheme="light")
    return opened


def test_no_table_and_no_figure_is_cut_at_the_side(page: Any) -> None:
    assert page.evaluate(CUT) == []
    assert page.evaluate(OFF_THE_PAPER, A4[0]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= A4[0], "a browser would print all of it smaller"


def test_no_row_figure_or_criterion_is_broken_over_two_pages(page: Any) -> None:
    assert page.evaluate(BREAKABLE) == []
    assert page.evaluate(TOO_TALL, A4[1]) == [], "what is taller than a page is cut whatever the stylesheet says"


def test_paper_is_white_and_ink_is_dark_for_readers_who_work_in_the_dark(page: Any) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def test_the_pdf_has_about_as_many_pages_as_there_is_to_print(page: Any) -> None:
    """Far more would be pages left half empty by rules that keep too much together."""
    needed = page.evaluate("document.documentElement.scrollHeight") / A4[1]
    made = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "1cm"))
    count = len(re.findall(rb"/Type\s*/Page\b", made))
    assert needed <= count + 0.5
    assert count <= 1.6 * needed + 2
