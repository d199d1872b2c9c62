"""What `harness grade --list` prints: a class before anything of it runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from harness.workflow.options import Options


def show_handed_in(submissions: Path, options: "Options", json: bool) -> int:
    """Print who handed in what, who did not, and what was not understood; grades nothing."""
    from harness.terminal.hand_in_table import show_listing
    from harness.terminal.live_screen import screen
    from harness.workflow.grade import read_for, rules_for
    from harness.workflow.listing import listing

    read = read_for(submissions, options)
    _, missing = rules_for(submissions, read, options)
    found = listing(read, options.tasks or tuple(options.registry), missing)
    if json:
        typer.echo(found.model_dump_json())
    else:
        show_listing(screen(), found)
    return 0
