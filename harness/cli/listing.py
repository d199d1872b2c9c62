"""What is said of a learning platform's download, and what `harness grade --list` prints of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.platforms.platform import Told
    from harness.workflow.options import Options


@dataclass(frozen=True, kw_only=True)
class OfDownload:
    """What a download is of, where that is to be said, and whether it is only listed."""

    listed: Annotated[
        bool,
        typer.Option("--list", help="Only list who handed in what, who did not, and what was not understood."),
    ] = False
    platform: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What the download is of: canvas, moodle, gradescope, blackboard, brightspace, nbgrader or"
            " repositories; none: a folder of submissions. Default: as it looks.",
        ),
    ] = ""
    assignment: Annotated[
        str, typer.Option(metavar="NAME", help="Which assignment, where a download holds several.")
    ] = ""
    worksheet: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Moodle's grading worksheet of the same assignment: when each handed in, teams, and who did not.",
        ),
    ] = None

    @property
    def told(self) -> "Told":
        from harness.platforms.platform import Told

        return Told(self.platform, self.assignment, self.worksheet)


def show_handed_in(submissions: Path, options: "Options", json: bool) -> int:
    """Print who handed in what, who did not, and what was not understood; grades nothing."""
    from harness.terminal.hand_in_table import show_listing
    from harness.terminal.live_screen import screen
    from harness.workflow.grade import read_for, rules_for
    from harness.workflow.listing import listing

    read = read_for(submissions, options)
    rules, missing = rules_for(submissions, read, options)
    behind = rules.behind(read.submissions, read.deliveries)
    found = listing(read, options.tasks or tuple(options.registry), missing, behind)
    if json:
        typer.echo(found.model_dump_json())
    else:
        show_listing(screen(), found)
    return 0
