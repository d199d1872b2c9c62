"""The class that bad luck is tried on: graded, with a mark by hand and an override."""

from pathlib import Path

import toy
from workflow.classes import graded, options

from harness.records.hand_marks import HandMarks

CLASS = {"ann": toy.GOOD, "bob": toy.UNTRAINABLE, "cy": toy.WIDE_FAILS}


def marked_class(folder: Path) -> None:
    """Grade a class into `folder/out`, enter a mark and an override, and grade it again."""
    result = graded(toy.write_class(folder / "class", CLASS), options(folder))
    marks = HandMarks(folder / "out")
    sources = {s.slug: s.source for s in result.students}
    for slug, criterion in (("ann", "report"), ("bob", "beats-naive")):
        marks.add((slug, "toy", criterion), grader="Grace", points=7.5, reason="r", source=sources[slug], seen=0)
    marks.close()
    graded(folder / "class", options(folder))
