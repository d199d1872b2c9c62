"""From the class page to what lies beside it: cards and the logs of steps."""

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import quote

from harness.grading.results import StudentResult
from harness.report.words.text import short_name

REFERENCE_CARD = "reference.html"  # beside the class page, since it is no student's


@dataclass(frozen=True)
class Link:
    """A name, and where it leads; `href` is empty where there is nothing to see yet."""

    name: str
    href: str


def link(name: str, slug: str) -> Link:
    """Return a student's name, on one line, and the way from the class page to the card."""
    return Link(short_name(name, slug), f"cards/{quote(slug)}.html")


@dataclass(frozen=True)
class Cards:
    """Which cards lie beside the page: those of the slugs in `there`, None for all."""

    there: Container[str] | None = None

    def of(self, student: StudentResult) -> Link:
        """Return a student's name, and the way to the card if it is there."""
        found = link(student.name, student.slug)
        if not student.slug:  # who handed nothing in has no card
            return Link(found.name, "")
        return found if self.there is None or student.slug in self.there else Link(found.name, "")


ALL = Cards()


def log_path(key: str) -> str:
    """Return where the log of the record `key` lies below the result folder."""
    return f"records/logs/{quote(key, safe='')}.txt"


@dataclass(frozen=True)
class Named:
    """The first few of many: `n` in all."""

    n: int
    links: list[Link]

    @property
    def unnamed(self) -> int:
        return self.n - len(self.links)


def some(links: list[Link], most: int = 12) -> Named:
    """Return the first `most` links and how many there are in all."""
    return Named(len(links), links[:most])
