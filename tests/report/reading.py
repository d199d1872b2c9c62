"""Reading pages as a browser and a person would."""

import re
from html import unescape
from html.parser import HTMLParser

from harness.grading.results import StudentResult, TaskResult
from harness.report.drawing.figures import DrawnFigure

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


class Elements(HTMLParser):
    """The elements of a page with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def no_figures(_student: StudentResult, _task: TaskResult) -> list[DrawnFigure]:
    return []


def words(html: str) -> str:
    """Return what is to be read on a page, on one line."""
    visible = re.sub(r"(?s)<(style|script)\b[^>]*>.*?</\1>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", visible)).split())
