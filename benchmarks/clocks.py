"""Clocks drawn a second on one core, beside drawing them one by one with Pillow's lines, at four times the size.

    python benchmarks/clocks.py [--clocks 500] [--repeats 3] [--json]

By hand means the same dial, marks and hands as polygons, made small by averaging, without lens, light and noise. CPU
seconds of one process; the least of several runs counts.
"""

import argparse
import json
import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from harness.data.clocks import drawn, looks

FINER = 4
SIZES = (32, 64, 150)


def by_hand(minutes: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    """Return clocks uint8 (n, size, size), one after another."""
    return np.stack([one(int(minute), size) for minute in minutes])


def one(minute: int, size: int) -> NDArray[np.uint8]:
    large = FINER * size
    image = Image.new("L", (large, large), 0)
    pen = ImageDraw.Draw(image)
    pen.ellipse((0.08 * large, 0.08 * large, 0.92 * large, 0.92 * large), fill=255, outline=0, width=large // 40)
    for turn, begins, ends, width in (
        *((hour / 12, 0.35, 0.4, 40) for hour in range(12)),
        (minute / 720, -0.05, 0.22, 16),
        (minute % 60 / 60, -0.05, 0.32, 24),
        (minute * 7 % 60 / 60, -0.05, 0.32, 80),
    ):
        across, down = math.sin(2 * math.pi * turn), -math.cos(2 * math.pi * turn)
        line = [(large * (0.5 + far * across), large * (0.5 + far * down)) for far in (begins, ends)]
        pen.line(line, fill=0, width=max(large // width, 1))
    return np.asarray(image.resize((size, size), Image.Resampling.BOX))


def least(draw: Callable[[], object], repeats: int) -> float:
    """Return the least CPU time of several, in seconds."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        draw()
        times.append(time.process_time() - started)
    return min(times)


def measured(n: int, size: int, repeats: int) -> dict[str, float]:
    random = np.random.RandomState(1)
    minutes, look = random.randint(0, 720, n), looks(n, random)
    ours = least(lambda: drawn(minutes, look, size, random), repeats)
    theirs = least(lambda: by_hand(minutes, size), repeats)
    return {"size": size, "a_second": n / ours, "a_second_by_hand": n / theirs, "ratio": ours / theirs}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clocks", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = [measured(asked.clocks, size, asked.repeats) for size in SIZES]
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(
            f"{row['size']:.0f} px: {row['a_second']:,.0f} clocks a second, {row['a_second_by_hand']:,.0f} by hand;"
            f" {row['ratio']:.2f} of the time"
        )


if __name__ == "__main__":
    main()
