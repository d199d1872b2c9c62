"""The marking desk in a browser: marks survive a crash of the server, and its pages hold to what all pages hold to."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from screens import DESK, PHONE
from serve.conftest import HOSTILE, original  # noqa: F401 - a class graded once

TESTS = Path(__file__).parents[1]
START = """
import sys
from pathlib import Path
import toy
from harness.serve.run import Options, serve
options = Options(port=0, grader="Grace", open_browser=False, tasks=toy.REGISTRY)
serve(Path(sys.argv[1]), options, lambda words: print(words, flush=True))
"""
PAGES = {
    "class": "/",
    "student": "/students/ann-example",
    "side by side": "/compare?left=ann-example&right=bob-noyce",
    "history": "/history",
    "publish": "/publish",
    "who is marking": "/grader",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Server:
    """A running server; `home` is where it is, and `unused` its first address until a browser has come in by it."""

    process: subprocess.Popen[str]
    home: str
    unused: str

    def address(self) -> str:
        """Return an address that lets a browser in: the first one, or the next that is printed."""
        address, self.unused = self.unused or printed(self.process), ""
        return address


def printed(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"http://\S+", line):
            return found[0]
    pytest.fail("the server ended before it said where it is")


def enter(visit: Any, server: Server, **look: Any) -> Any:
    """Come in by a printed address, in a browser of its own; return what the fixture `visit` does."""
    seen = visit(server.address(), **look)
    seen.page.wait_for_url(server.home + "/")
    return seen


Start = Callable[[], Server]


@pytest.fixture(scope="module")
def served(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """Return a copy of the graded class that these tests may mark."""
    place = tmp_path_factory.mktemp("desk") / "class"
    shutil.copytree(original, place)
    return place / "out"


@pytest.fixture(scope="module")
def start(served: Path) -> Iterator[Start]:
    """Return a function that starts the server as `harness serve` does, in a process of its own."""
    running = []

    def begin() -> Server:
        paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        process = subprocess.Popen(
            [sys.executable, "-c", START, str(served)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        running.append(process)
        address = printed(process)
        return Server(process, address.partition("/?")[0], address)

    yield begin
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def server(start: Start) -> Server:
    return start()


@pytest.fixture(scope="module")
def desk(server: Server, visits: Any) -> Any:
    """Return a window whose reader is known to the server."""
    return enter(visits, server)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_desk_is_quiet_and_axe_finds_nothing(server: Server, desk: Any, axe: Any, name: str) -> None:
    """By daylight on a desk, and in the dark on a phone."""
    desk.go(server.home + PAGES[name])
    desk.page.wait_for_load_state("networkidle")
    for size, colours in ((DESK, "light"), (PHONE, "dark")):
        desk.page.set_viewport_size({"width": size[0], "height": size[1]})
        desk.page.emulate_media(color_scheme=colours)
        assert axe(desk.page, RULES) == [], colours
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), colours
    assert (desk.said, desk.asked, desk.dialogs) == ([], [], [])


def test_hostile_names_stay_text_on_the_desk(server: Server, visit: Any) -> None:
    seen = enter(visit, server, bypass_csp=True)
    for name in ("class", "side by side"):
        seen.page.goto(server.home + PAGES[name])
        assert HOSTILE.replace("/", "∕") in seen.page.locator("body").text_content()  # as a file can be named
        assert (seen.dialogs, seen.page.locator("[onload]").count()) == ([], 0)


def test_marks_are_there_after_the_server_was_killed_and_started_again(start: Start, visit: Any) -> None:
    first = start()
    page = enter(visit, first).page
    page.goto(first.home + "/students/bob-noyce")
    page.get_by_label("Points", exact=True).first.fill("2.5")
    page.get_by_label("Comment, for the card").first.fill("Clear <b>and</b> short.")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "Saved" in page.get_by_role("status").inner_text()
    first.process.send_signal(signal.SIGKILL)  # no time to write anything
    first.process.wait()

    second = start()
    page = enter(visit, second).page
    page.goto(second.home + "/students/bob-noyce")
    assert page.get_by_label("Points", exact=True).first.input_value() == "2.5"
    card = page.frame_locator("iframe").locator("body")
    assert "Clear <b>and</b> short." in card.inner_text()
    page.goto(second.home + "/history")
    assert "Grace" in page.locator("table").inner_text()


def test_a_grader_who_has_not_seen_the_others_mark_is_told_and_overwrites_nothing(server: Server, visit: Any) -> None:
    slow, quick = enter(visit, server).page, enter(visit, server).page
    for page in (slow, quick):
        page.goto(server.home + "/students/ann-example")
    quick.get_by_label("Points", exact=True).first.fill("3")
    quick.get_by_role("button", name="Save", exact=True).click()
    slow.get_by_label("Points", exact=True).first.fill("9")
    slow.get_by_role("button", name="Save", exact=True).click()
    assert "Grace" in slow.locator("main").inner_text() and "3" in slow.locator("main").inner_text()
    quick.goto(server.home + "/students/ann-example")
    assert quick.get_by_label("Points", exact=True).first.input_value() == "3"


def test_marks_can_be_entered_without_scripts(server: Server, visit: Any) -> None:
    page = enter(visit, server, java_script_enabled=False).page
    page.goto(server.home + "/students/ann-example")
    page.get_by_label("Comment, for the card").first.fill("Without a script.")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "Saved" in page.get_by_role("status").inner_text()


def test_nobody_comes_in_without_the_token(server: Server, visit: Any) -> None:
    page = visit(server.home + "/").page
    assert "Expected the token" in page.locator("body").inner_text()
