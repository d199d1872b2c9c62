"""`harness.check(build_model)`: the self-check of functions that a notebook defines, with the card shown below it."""

import builtins
import html
import inspect
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.course import found
from harness.course.found import named_course
from harness.errors import HarnessError, UsageError
from harness.selfcheck.closure import source_of
from harness.selfcheck.session import SelfCheck, options_for
from harness.selfcheck.show import show_contract, show_criteria, show_notes
from harness.task import Task
from harness.terminal import live_screen
from harness.workflow.grade import known_tasks
from harness.workflow.options import Options
from harness.workflow.seeding import parse_seeds

Functions = Mapping[str, Callable[..., Any]]


def check(
    *functions: Callable[..., Any],
    task: str = "",
    contract: bool = False,
    profile: str = "",
    seeds: int | str = 1,
    rubrics: str | Path | None = None,
) -> None:
    """Check builders of a task: print the contract, then train, print the criteria and show the card.

    Name one of the task's functions, or all; the others are found beside it. They are checked from their source, with
    the functions, classes, imports and plain constants that they name, in the sandbox and never in the notebook's own
    process. With `contract` nothing is trained. A mistake is printed in one sentence.
    """
    screen = live_screen.screen()
    try:
        course = found.find_course(named_course(), Path.cwd())
        seed_list, rubric_folder = parse_seeds(str(seeds)), as_path(rubrics)
        options = options_for(Path.cwd(), course, profile=profile, seeds=seed_list, rubrics=rubric_folder)
        chosen = task_of(functions, task, options)
        with tempfile.TemporaryDirectory(prefix="harness-notebook-") as folder:
            written = write(Path(folder), chosen, all_of(functions, chosen))
            screen.print(f"Taken: {written}.", style="dim", highlight=False, markup=False)
            with SelfCheck(Path(folder), replace(options, tasks=(chosen.name,))) as own:
                show_notes(screen, own.submission)
                show_contract(screen, own.contract())
                if not contract:
                    student = own.grade()
                    show_criteria(screen, student, own.machine.isolation)
                    show_card(own.card(student))
    except HarnessError as error:
        screen.print(f"harness: {error}", soft_wrap=True, highlight=False, markup=False)


def as_path(folder: str | Path | None) -> Path | None:
    return Path(folder) if folder else None


def task_of(functions: tuple[Callable[..., Any], ...], name: str, options: Options) -> Task:
    """Return the task asked for, or the only one that has all these functions. Raises UsageError."""
    if not functions or not all(inspect.isfunction(f) for f in functions):
        raise UsageError("Expected functions, as in harness.check(build_model), received something else.")
    if name:
        return known_tasks([name], options.registry)[name]
    wanted = {f.__name__ for f in functions}
    fitting = [t for t in options.registry.values() if wanted <= {b.name for b in t.builders}]
    if len(fitting) == 1:
        return fitting[0]
    called = " and ".join(sorted(wanted))
    if fitting:
        names = [t.name for t in fitting]
        raise UsageError(
            f'Expected one task with {called}, found {", ".join(names)}; say which one, as in task="{names[0]}".'
        )
    known = ", ".join(f"{t.name} ({', '.join(b.name for b in t.builders)})" for t in options.registry.values())
    raise UsageError(f"Expected functions of a task, received {called}. Known: {known}.")


def all_of(functions: tuple[Callable[..., Any], ...], task: Task) -> Functions:
    """Return the task's functions by name: those given, and what lies beside them under the name of another."""
    beside = getattr(functions[0], "__globals__", {})
    given = {f.__name__: f for f in functions}
    found = {b.name: given.get(b.name) or beside.get(b.name) for b in task.builders}
    return given | {name: f for name, f in found.items() if inspect.isfunction(f)}


def write(folder: Path, task: Task, functions: Functions) -> str:
    """Write `TASK.py`, and return what was taken into it."""
    source = source_of(functions)
    (folder / f"{task.name}.py").write_text(source.text, encoding="utf-8")
    return source.taken


class Card:
    """A card as Jupyter shows it: in a frame of its own, which can run nothing and reach nothing."""

    def __init__(self, page: str) -> None:
        self.page = page

    def _repr_html_(self) -> str:
        return f'<iframe sandbox srcdoc="{html.escape(self.page)}" style="width:100%;height:40em;border:0"></iframe>'


def show_card(page: str) -> None:
    """Show the card where there is a way to; IPython puts one among Python's own names."""
    display = getattr(builtins, "display", None)
    if display:
        display(Card(page))
