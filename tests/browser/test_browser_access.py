"""Everybody can use the pages: WCAG 2.2 AA as far as axe-core sees it, the keyboard, a phone, and no script."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from screens import PHONE, PROJECTOR

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
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "size": PHONE},
    "phone, dark": {"color_scheme": "dark", "size": PHONE},
}

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


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(pages: Mapping[str, Path], visit: Any, axe: Any, name: str, look: str) -> None:
    assert axe(visit(pages[name], **LOOKS[look]).page, RULES) == []


@pytest.mark.parametrize("size", [PHONE, (320, 640), PROJECTOR], ids=["phone", "320 px", "projector"])
@pytest.mark.parametrize("name", [*PAGES, "card of long", "card of emoji"])
def test_the_page_never_scrolls_sideways(
    pages: Mapping[str, Path], visit: Any, name: str, size: tuple[int, int]
) -> None:
    page = visit(pages[name], size=size).page
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_comes_to_everything_and_shows_where_it_is(
    pages: Mapping[str, Path], visit: Any, name: str
) -> None:
    page = visit(pages[name]).page
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


def test_the_first_tab_offers_to_skip_to_the_content(pages: Mapping[str, Path], visit: Any) -> None:
    page = visit(pages["class"]).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_everything_is_there_and_no_control_is_dead(
    pages: Mapping[str, Path], visit: Any, name: str
) -> None:
    plain = visit(pages[name], java_script_enabled=False).page
    scripted = visit(pages[name]).page
    rows = "main table tbody tr"
    assert plain.locator(rows).count() == scripted.locator(rows).count()
    assert plain.locator("main").inner_text().strip()
    assert plain.locator("button:visible, input:visible, select:visible").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_motion_is_not_forced_on_anybody(pages: Mapping[str, Path], visit: Any, name: str) -> None:
    page = visit(pages[name], reduced_motion="reduce").page
    assert page.evaluate("document.getAnimations().length") == 0
