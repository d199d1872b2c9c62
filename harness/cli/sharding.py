"""The verb that puts together a class that was graded in parts, on machines that need not know of each other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.app import app
from harness.cli.collecting import seldom_collected
from harness.cli.grouped import grouped
from harness.cli.marked import PANEL, finish, marked_by
from harness.cli.options import ClassMarking, Json, course_of, reported, say
from harness.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Which shards to put together, and where."""

    shards: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Result folders of `harness grade --shard`.")]
    out: Annotated[Path, typer.Option(help="Result folder of the whole class.")] = Path("results")
    marking: ClassMarking
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
@seldom_collected()
def merge(asked: Merge) -> int:
    """Put the shards of a class together and mark it: as if it had been graded in one piece."""
    from harness.course.remembered import remember
    from harness.workflow.merge import merge as run

    if missing := next((folder for folder in asked.shards if not folder.is_dir()), None):
        raise UsageError(f"Expected result folders of shards, received {missing}, which is none; check the path.")
    found = course_of(asked.shards[0], asked.marking.course)
    result = run(asked.shards, asked.out, marked_by(asked.marking, found), say)
    remember(found, asked.out)
    return finish(result, asked.out, asked.json)
