"""Everybody can use the pages: WCAG 2.2 AA as far as axe-core sees it, the keyboard, a phone, and no script."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from screens import DESK, PHONE, PROJECTOR

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "card of ada-lovelace",
    "card of script",
    "card of nobody-yet",
    "class",
    "leaderboard",
    "difference",
    "preflight",
)
SIZES = {"phone": PHONE, "320 px": (320, 640), "projector": PROJECTOR}

# Everything that the keyboard must come to: not what is hidden, or folded away.
FOCUSABLE = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0)
  .map(e => (e.dataset.n = e.dataset.n || String(Math.random())))"""

FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {
    n: e.dataset.n, what: e.outerHTML.slice(0, 120),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
      || !!e.ownerSVGElement && parseFloat(getComputedStyle(e.firstElementChild).strokeWidth) >= 2,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture(scope="module", params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def opened(pages: Mapping[str, Path], visits: Any, name: str) -> Any:
    """Return a page that is opened once for the tests that look at it."""
    return visits(pages[name]).page


@pytest.fixture
def page(opened: Any) -> Any:
    """Return that page as it is by daylight on a desk."""
    look(opened, DESK, color_scheme="light", reduced_motion="no-preference")
    return opened


@pytest.fixture(scope="module")
def plain(pages: Mapping[str, Path], visits: Any) -> Any:
    """Return a window that runs no scripts."""
    return visits(pages["class"], java_script_enabled=False)


def look(page: Any, size: tuple[int, int], **media: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(**media)


def widest(page: Any, size: tuple[int, int]) -> int:
    look(page, size)
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_axe_finds_nothing(page: Any, axe: Any) -> None:
    assert axe(page, RULES) == []


def test_axe_finds_nothing_in_the_dark_on_a_phone(page: Any, axe: Any) -> None:
    """Colours and sizes each depend on one of the two, so that both at once show what either would."""
    look(page, PHONE, color_scheme="dark")
    assert axe(page, RULES) == []


def test_the_page_never_scrolls_sideways(page: Any) -> None:
    assert {what: widest(page, size) <= size[0] for what, size in SIZES.items()} == dict.fromkeys(SIZES, True)


@pytest.mark.parametrize("long", ["card of long", "card of emoji"])
def test_no_name_makes_a_page_scroll_sideways(pages: Mapping[str, Path], visit: Any, long: str) -> None:
    page = visit(pages[long]).page
    assert {what: widest(page, size) <= size[0] for what, size in SIZES.items()} == dict.fromkeys(SIZES, True)


def test_the_keyboard_comes_to_everything_and_shows_where_it_is(page: Any) -> None:
    page.reload()
    wanted, reached = page.evaluate(FOCUSABLE), []
    assert wanted
    for _ in range(len(wanted) + 1):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here is None:
            break
        assert here["ring"] and here["inView"], here["what"]
        reached.append(here["n"])
    assert set(wanted) <= set(reached)


def test_motion_is_not_forced_on_anybody(page: Any) -> None:
    look(page, DESK, reduced_motion="reduce")
    page.reload()
    assert page.evaluate("document.getAnimations().length") == 0


def test_without_scripts_everything_is_there_and_no_control_is_dead(
    page: Any, plain: Any, pages: Mapping[str, Path], name: str
) -> None:
    plain.go(pages[name])
    rows = "main table tbody tr"
    assert plain.page.locator(rows).count() == page.locator(rows).count()
    assert plain.page.locator("main").inner_text().strip()
    assert plain.page.locator("button:visible, input:visible, select:visible").count() == 0


def test_the_first_tab_offers_to_skip_to_the_content(pages: Mapping[str, Path], visit: Any) -> None:
    page = visit(pages["class"]).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
