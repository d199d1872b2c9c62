"""The command line: verbs only. Each one parses, calls the workflow and turns the result into an exit code."""

from harness.cli import student, grading, sharding, after_grading, export, autograder, course, course_folder  # noqa: I001  (as --help lists them)
import sys

from harness.cli.app import app
from harness.cli.ending import run

__all__ = [
    "after_grading",
    "app",
    "autograder",
    "course",
    "course_folder",
    "export",
    "grading",
    "main",
    "sharding",
    "student",
]


def main() -> None:
    """Console script."""
    sys.exit(run(lambda: app(prog_name="harness")))
