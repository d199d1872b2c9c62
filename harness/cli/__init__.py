"""The command line: verbs only. Each one parses, calls the workflow and turns the result into an exit code."""

from harness.cli import student, grading, marking, course, course_folder  # noqa: I001  (the order in which --help lists them)
from harness.cli.app import app

__all__ = ["app", "course", "course_folder", "grading", "main", "marking", "student"]


def main() -> None:
    """Console script."""
    app(prog_name="harness")
