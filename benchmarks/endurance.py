"""What becomes of a class when verbs are killed at random moments and bytes of its result folder flip.

python benchmarks/endurance.py [KILLS OF EACH VERB] [FLIPS]

Prints a line a verb and a line an outcome. On a class of three in the toy task, whose steps are only pretended: what is
tried is the result folder.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import pytest
import toy
from endurance.flips import READERS, flipped
from endurance.killed import pretend
from endurance.kills import kills
from workflow.classes import graded, options

from harness.records.hand_marks import HandMarks

CLASS = {"ann": toy.GOOD, "bob": toy.UNTRAINABLE, "cy": toy.WIDE_FAILS}
VERBS = ("grade", "regrade", "publish", "serve")


def marked_class(folder: Path) -> None:
    """Grade a class into `folder/out`, enter a mark and an override, and grade it again."""
    result = graded(toy.write_class(folder / "class", CLASS), options(folder))
    marks = HandMarks(folder / "out")
    sources = {s.slug: s.source for s in result.students}
    for slug, criterion in (("ann", "report"), ("bob", "beats-naive")):
        marks.add((slug, "toy", criterion), grader="Grace", points=7.5, reason="r", source=sources[slug], seen=0)
    marks.close()
    graded(folder / "class", options(folder))


def main(each: int = 25, flips: int = 1_000) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        pretend(patch)
        for verb in VERBS:
            folder = Path(place) / verb
            marked_class(folder)
            started = time.monotonic()
            print(
                f"{verb}: {each} kills, {dict(kills(verb, folder, each, seed=1))}, {time.monotonic() - started:.0f} s"
            )
        folder = Path(place) / "flips"
        marked_class(folder)
        started = time.monotonic()
        for outcome, n in flipped(folder, flips, 1, READERS).most_common():
            print(f"flips: {n} {outcome}")
        print(f"{flips} flips in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
