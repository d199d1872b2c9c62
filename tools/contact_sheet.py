"""Grades the reference of every task and puts their report cards side by side in one picture, for the docs.

    python tools/contact_sheet.py references docs/pictures/tasks.jpg

The first argument is a result folder: what is recorded there is not trained again. Needs Chromium: `$CHROMIUM`, or the
one that the distribution installed.
"""

import argparse
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from chrome import arguments, chromium
from PIL import Image
from playwright.sync_api import sync_playwright

from harness import shipped
from harness.tasks import names

WIDTH, HEAD, FIGURES = 1100, 330, 1170  # CSS pixels of a card that are shown: its head, and figures from the first on
HEIGHT = HEAD + FIGURES
SHOWN = 360  # pixels that a card is wide in the picture
COLUMNS = 5
GAP = 16
PAPER = (235, 235, 238)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graded", type=Path, help="result folder, new or of an earlier call")
    parser.add_argument("picture", type=Path, help="the picture to write")
    chosen = parser.parse_args()
    program = chromium()
    if program is None:
        print("Expected Chromium, found none; install it, or name one in $CHROMIUM.", file=sys.stderr)
        return 2
    if grade(chosen.graded) > 1:  # 1: something waits for a person, as discussions do
        return 2
    cards = photographs(program, sorted((chosen.graded / "cards").glob("*.html")))
    chosen.picture.parent.mkdir(parents=True, exist_ok=True)
    sheet(cards).save(chosen.picture, quality=85, optimize=True)
    print(chosen.picture)
    return 0


def grade(out: Path) -> int:
    """Grade a class in which each reference is somebody's work; return the exit code."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "references"
        for name in names():
            (folder / name).mkdir(parents=True)
            source = shipped.folder("reference_models") / f"{name}.py"
            (folder / name / source.name).write_bytes(source.read_bytes())
        program = str(Path(sys.executable).with_name("harness"))
        command = [program, "grade", str(folder), "--out", str(out), "--seeds", "1", "--replace"]
        return subprocess.run(command, check=False).returncode


def photographs(program: str, cards: list[Path]) -> list[Image.Image]:
    """Return the head of each card, with its figures below."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=arguments())
        page = started.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light").new_page()
        taken = []
        for card in cards:
            page.goto(card.resolve().as_uri())
            whole = Image.open(BytesIO(page.screenshot(animations="disabled", full_page=True))).convert("RGB")
            first = int(page.evaluate("document.querySelector('figure').getBoundingClientRect().y")) - GAP
            seen = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
            seen.paste(whole.crop((0, 0, WIDTH, HEAD)))
            seen.paste(whole.crop((0, first, WIDTH, min(first + FIGURES, whole.height))), (0, HEAD))
            taken.append(seen)
        started.close()
    return taken


def sheet(cards: list[Image.Image]) -> Image.Image:
    """Return the pictures in rows of `COLUMNS`."""
    high = SHOWN * HEIGHT // WIDTH
    rows = -(-len(cards) // COLUMNS)
    found = Image.new("RGB", (GAP + COLUMNS * (SHOWN + GAP), GAP + rows * (high + GAP)), PAPER)
    for i, card in enumerate(cards):
        row, column = divmod(i, COLUMNS)
        small = card.resize((SHOWN, high), Image.Resampling.LANCZOS)
        found.paste(small, (GAP + column * (SHOWN + GAP), GAP + row * (high + GAP)))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
