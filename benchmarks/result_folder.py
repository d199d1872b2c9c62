"""What becomes of a class when verbs are killed at random moments and bytes of its result folder flip.

python benchmarks/result_folder.py [KILLS OF EACH VERB] [FLIPS]

Prints a line a verb and a line an outcome. On a class of three in the toy task, whose steps are only pretended: what is
tried is the result folder.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import pytest
from endurance.flips import READERS, flipped
from endurance.killed import pretend
from endurance.kills import kills
from endurance.marked import marked_class

VERBS = ("grade", "regrade", "publish", "serve")


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
