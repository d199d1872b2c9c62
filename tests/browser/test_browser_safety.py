"""What a student writes stays text, and a page asks nobody for anything: in a browser that would run it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hostile import ATTACKS

STAFF = ("class", "difference", "preflight")
KINDS = (*STAFF, "leaderboard", "card of script", "card of ada-lovelace")
PAGES = (*STAFF, "leaderboard", *(f"card of {slug}" for slug in ATTACKS), "card of ada-lovelace")

INJECTED = """() => [...document.querySelectorAll('*')].flatMap(e => [
  ...e.getAttributeNames().filter(n => n.startsWith('on')).map(n => `${e.localName} has ${n}`),
  ...['href', 'src', 'action', 'xlink:href'].filter(n => /^\\s*javascript:/i.test(e.getAttribute(n) || ''))
    .map(n => `${e.localName} leads to ${e.getAttribute(n)}`),
  ...(['iframe', 'object', 'embed', 'foreignobject', 'base', 'textarea'].includes(e.localName.toLowerCase())
    || e.id === "injected" || (e.localName === "img" && !e.src.startsWith("data:")) ? [`an ${e.localName}`] : []),
])"""


@pytest.fixture(scope="module")
def seen(pages: Mapping[str, Path], visits: Any) -> Any:
    return visits(pages["class"])


@pytest.fixture(scope="module")
def unguarded(pages: Mapping[str, Path], visits: Any) -> Any:
    """Return a window in which the content security policy, which would stop a script, is switched off."""
    return visits(pages["class"], bypass_csp=True)


@pytest.mark.parametrize("name", KINDS)
def test_no_error_and_no_request_leaves_the_page(pages: Mapping[str, Path], seen: Any, name: str) -> None:
    seen.go(pages[name])
    seen.settle()
    assert (seen.said, seen.asked, seen.dialogs) == ([], [], [])


@pytest.mark.parametrize("name", PAGES)
def test_hostile_words_stay_text_even_without_the_policy(pages: Mapping[str, Path], unguarded: Any, name: str) -> None:
    """So that escaping stands alone."""
    unguarded.go(pages[name])
    unguarded.settle()
    assert (unguarded.said, unguarded.asked, unguarded.dialogs) == ([], [], [])
    page = unguarded.page
    assert page.evaluate("window.broken") is None
    assert page.evaluate(INJECTED) == []
    code = "script:not([type='application/json'])"
    assert page.locator("script").count() == pages[name].read_text(encoding="utf-8").count("<script")
    assert page.locator(code).count() <= 1


def test_the_policy_stops_a_script_that_came_in_all_the_same(
    pages: Mapping[str, Path], visit: Any, tmp_path: Path
) -> None:
    page = pages["class"].read_text(encoding="utf-8")
    bad = tmp_path / "bad.html"
    bad.write_text(
        page.replace("</main>", "<script>window.broken=1</script><img src=x onerror='window.broken=1'></main>")
    )
    seen = visit(bad)
    seen.settle()
    assert seen.page.evaluate("window.broken") is None
    assert any("Content Security Policy" in said for said in seen.said)


def test_the_words_of_an_attack_are_there_to_read(pages: Mapping[str, Path], seen: Any) -> None:
    seen.go(pages["card of script"])
    assert seen.page.locator("h1").inner_text() == ATTACKS["script"]
    assert ATTACKS["script"] in seen.page.locator("main").inner_text()


def test_a_name_cannot_turn_the_text_around_it(pages: Mapping[str, Path], seen: Any) -> None:
    seen.go(pages["class"])
    shown = seen.page.locator("body").inner_text()
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff")
