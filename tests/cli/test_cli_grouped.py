"""Options in groups come out of the command line as one value, with their defaults, and stand in --help."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from typer.testing import CliRunner

from harness.cli.grouped import grouped


@dataclass(frozen=True)
class Where:
    out: Annotated[Path, typer.Option(help="Result folder.")] = Path("results")
    json: Annotated[bool, typer.Option("--json", help="For a program.")] = False


@dataclass(frozen=True)
class Asked:
    work: Annotated[Path, typer.Argument(help="What to grade.")]
    where: Where
    task: Annotated[list[str] | None, typer.Option("--task", "-t")] = None


def run(*arguments: str) -> str:
    app = typer.Typer()

    @app.command()
    @grouped
    def grade(asked: Asked) -> None:
        """Grade it."""
        typer.echo(f"{asked.work} {asked.where.out} {asked.where.json} {asked.task}")

    done = CliRunner().invoke(app, arguments)
    return done.output.strip() if done.exit_code == 0 else f"{done.exit_code}: {done.output}"


def test_fields_are_options_and_groups_stand_for_theirs() -> None:
    assert run("a.py") == "a.py results False None"
    assert run("a.py", "--out", "b", "--json", "-t", "x", "--task", "y") == "a.py b True ['x', 'y']"


def test_a_required_field_is_asked_for() -> None:
    assert run().startswith("2: ")


def test_help_tells_of_every_option() -> None:
    told = run("--help")
    assert all(word in told for word in ("Grade it.", "--out", "Result folder.", "--json", "What to grade."))
