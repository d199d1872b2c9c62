"""The application that every verb joins."""

from typing import Annotated

import typer

from harness import __version__

app = typer.Typer(
    name="harness",
    help="Grades deep-learning coursework: trains students' Keras models in a sandbox, measures them, marks them"
    " against a rubric and writes report cards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit
