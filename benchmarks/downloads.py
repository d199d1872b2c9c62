"""How long `harness grade --list` takes for the download of a large class, against unpacking the same zip by hand.

Every third student hands in a notebook with the picture of a plot in it, a file, or a zip of files. Each figure is the
best of some runs of a fresh process, in seconds of the clock and of computing (its processes together).

    python benchmarks/downloads.py [--students 300] [--repeats 3] [--json]
"""

import argparse
import base64
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = (ROOT / "reference_models" / "autoencoder.py").read_bytes()
PLOT = 60_000  # bytes of a picture
BY_HAND = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"


def notebook() -> bytes:
    """Return the code as a notebook, a cell a paragraph, with one plot."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": part}
        for part in CODE.decode().split("\n\n\n")
    ]
    png = base64.b64encode(os.urandom(PLOT)).decode()
    cells[-1]["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": png}}]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def packed() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("work/autoencoder.py", CODE)
        archive.writestr("work/report.md", "# Report\n" * 200)
    return buffer.getvalue()


def works(students: int) -> Iterator[tuple[str, bytes]]:
    kinds = (("autoencoder.ipynb", notebook), ("autoencoder.py", lambda: CODE), ("work.zip", packed))
    for n in range(students):
        name, make = kinds[n % 3]
        yield name, make()


def downloads(folder: Path, students: int) -> Iterator[Path]:
    """Yield the zip of Canvas and that of Moodle, of one class."""
    for platform, name in (
        ("canvas", "student{n:04}_{user}_{file_number}_{file}"),
        ("moodle", "Student {n:04}_{user}_assignsubmission_file/{file}"),
    ):
        path = folder / f"{platform}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for n, (file, data) in enumerate(works(students)):
                archive.writestr(name.format(n=n, user=366_000 + n, file_number=4_711_000 + n, file=file), data)
        yield path


def timed(command: list[str]) -> tuple[float, float]:
    """Return seconds of the clock and of computing."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - started
    return wall, sum(getattr(after, what) - getattr(before, what) for what in ("ru_utime", "ru_stime"))


def measured(path: Path, repeats: int) -> dict[str, float]:
    listing = [sys.executable, "-m", "harness.cli", "grade", str(path), "--list"]
    found: dict[str, float] = {"MB": path.stat().st_size / 1e6}
    with tempfile.TemporaryDirectory() as out:
        for what, command in (("list", listing), ("by hand", [sys.executable, "-c", BY_HAND, str(path), out])):
            runs = [timed(command) for _ in range(repeats)]
            found[f"{what}, s"], found[f"{what}, CPU s"] = min(w for w, _ in runs), min(c for _, c in runs)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = {p.stem: measured(p, asked.repeats) for p in downloads(Path(place), asked.students)}
    if asked.json:
        print(json.dumps(found))
        return
    for platform, figures in found.items():
        print(f"{platform}, {asked.students} students: " + ", ".join(f"{k} {v:.2f}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
