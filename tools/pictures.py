"""Photographs a report card and the class page of a graded class, for the README.

    python tools/pictures.py demo docs/pictures [--student ben]

Needs Chromium: `$CHROMIUM`, or the one that the distribution installed.
"""

import argparse
import sys
from pathlib import Path

from chrome import arguments, chromium
from playwright.sync_api import Page, sync_playwright

WIDTH, HEIGHT = 1100, 1400  # CSS pixels: the first screen and what follows, as a README shows it


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graded", type=Path, help="result folder of `harness grade`")
    parser.add_argument("out", type=Path, help="folder for card.png and class.png")
    parser.add_argument("--student", default="ben", help="whose card, by the name of its file")
    chosen = parser.parse_args()
    wanted = {"class.png": chosen.graded / "index.html", "card.png": chosen.graded / "cards" / f"{chosen.student}.html"}
    if missing := [str(page) for page in wanted.values() if not page.is_file()]:
        return complain(f"Expected {' and '.join(missing)}, found none; run `make demo` first.")
    program = chromium()
    if program is None:
        return complain("Expected Chromium, found none; install it, or name one in $CHROMIUM.")
    chosen.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=arguments())
        context = started.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        for name, page in wanted.items():
            photograph(context.new_page(), page, chosen.out / name)
            print(chosen.out / name)
        started.close()
    return 0


def photograph(page: Page, source: Path, out: Path) -> None:
    """Write what a reader sees first, without the scroll bar."""
    page.goto(source.resolve().as_uri())
    page.screenshot(path=out, animations="disabled")


def complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
