"""A line on the terminal as it is said: nothing in it is markup, and no width breaks it."""

from rich.console import Console

from harness.report.words.text import clean


def print_line(console: Console, text: str, style: str = "") -> None:
    """Print `text` without the control characters that a name or a file may hold."""
    console.print(clean(text), style=style or None, markup=False, highlight=False, soft_wrap=True)
