"""Real pages in a real browser: the distribution's Chromium, driven by Playwright."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from chrome import arguments, chromium
from screens import DESK

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = chromium()
    if program is None:
        pytest.skip("no browser: install the package `chromium`, or name one in $CHROMIUM")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'"
    )
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=arguments())
        yield started
        started.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Return the pages of the hostile class by name; made once, by the functions that make everybody's."""
    from hostile import figures, hostile_class, hostile_difference, hostile_separation

    from harness.report.pages import write_reports
    from harness.report.staff_pages.difference import write_difference
    from harness.report.staff_pages.separation import write_separation

    out = tmp_path_factory.mktemp("class")
    result = hostile_class()
    index = write_reports(result, lambda _student, _task: figures(), out)
    named = {f"card of {s.slug}": out / "cards" / f"{s.slug}.html" for s in result.students}
    others = {file.stem: file for file in out.glob("*.html") if file != index}
    return {
        "class": index,
        **others,
        **named,
        "difference": write_difference(hostile_difference(), out),
        "preflight": write_separation(hostile_separation(), out),
    }


@dataclass
class Visit:
    """A page in the browser, and what it did that a page must not do."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def go(self, where: Path | str) -> None:
        """Show a file or an address; of what pages shown before did, nothing is known any more."""
        for noted in (self.said, self.asked, self.dialogs):
            noted.clear()
        self.page.goto(address_of(where))

    def settle(self) -> None:
        """Wait until what the page does by itself once it is there has begun."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")


Open = Callable[..., Visit]


def address_of(where: Path | str) -> str:
    return where.as_uri() if isinstance(where, Path) else where


@contextmanager
def visiting(browser: Any) -> Iterator[Open]:
    """Give a function that opens a file or an address in a window of its own and watches it.

    Requests to anything else are recorded and go nowhere. Keywords are those of Playwright's contexts.
    """
    contexts = []

    def go(where: Path | str, *, size: tuple[int, int] = DESK, **settings: Any) -> Visit:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **settings)
        contexts.append(context)
        context.set_default_timeout(180_000)
        seen = Visit(context.new_page())
        watch(seen, home_of(where))
        seen.page.goto(address_of(where))
        return seen

    yield go
    for context in contexts:
        context.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Return what opens pages for one test: nothing is there of what another did."""
    with visiting(browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def visits(browser: Any) -> Iterator[Open]:
    """Return what opens pages that the tests of a module look at one after the other: a window is dear."""
    with visiting(browser) as opened:
        yield opened


def home_of(where: Path | str) -> str:
    """Return how addresses of the same place begin: of a file, all pages of its class."""
    if isinstance(where, Path):
        return (where.parent.parent if where.parent.name == "cards" else where.parent).as_uri()
    return "/".join(where.split("/")[:3])


def watch(seen: Visit, home: str) -> None:
    """Write down errors, dialogs and requests; let only the page's own place answer."""

    def route(handler: Any) -> None:
        url = handler.request.url
        if url.startswith((home, "data:")):
            handler.continue_()
            return
        seen.asked.append(url)
        handler.abort()

    seen.page.context.route("**/*", route)
    seen.page.on("console", lambda m: seen.said.append(m.text) if m.type in ("error", "warning") else None)
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.on("dialog", lambda d: (seen.dialogs.append(d.message), d.dismiss()))


@pytest.fixture(scope="session")
def axe() -> Callable[[Any, list[str]], list[str]]:
    """Return a function that lists what axe-core finds on a page under rules of the tags given."""
    found = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    checker = found.Axe()

    def check(page: Any, tags: list[str]) -> list[str]:
        options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": tags}}
        violations = checker.run(page, options=options).response["violations"]
        return [f"{v['id']}: {v['help']}: {n['html'][:200]}" for v in violations for n in v["nodes"]]

    return check
