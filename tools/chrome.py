"""The distribution's Chromium, and what a reader does on the class page, for tests, pictures and benchmarks."""

import os
import shutil

PROGRAMS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Scripts for a page: milliseconds that a click and a search take, with the layout that follows.
CLICK = """name => {
  const heads = [...document.querySelectorAll('#students-table thead button')], start = performance.now();
  heads.find(head => head.textContent.includes(name)).click();
  document.body.offsetHeight;
  return performance.now() - start;
}"""
FIND = """text => {
  const field = document.getElementById('filter-text'), start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input'));
  document.body.offsetHeight;
  return performance.now() - start;
}"""


def chromium() -> str | None:
    """Return the browser: `$CHROMIUM`, or the one that the distribution installed."""
    return os.environ.get("CHROMIUM") or next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def arguments() -> list[str]:
    """Return what Chromium has to be started with: its own sandbox refuses to start as root."""
    return [] if os.geteuid() else ["--no-sandbox"]
