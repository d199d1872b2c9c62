"""A card as a reader finds it: rendered, and taken apart into its elements and visible words."""

from collections.abc import Sequence
from html.parser import HTMLParser

from harness.grading.results import StudentResult
from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure
from harness.report.pages import render_card

VOID = {"meta", "img", "br", "input", "link"}


class Page(HTMLParser):
    """Elements with their attributes, the visible text, and whether every element was closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"attribute twice in {tag}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.elements if tag == name]


def card(
    student: StudentResult, revealed: bool = False, figures: dict[str, Sequence[DrawnFigure]] | None = None
) -> str:
    facts = ClassFacts("Deep Learning", "9.9.9")
    return render_card(student, facts, revealed=revealed, figures=figures or {})
