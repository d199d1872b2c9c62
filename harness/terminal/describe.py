"""What `harness tasks` and `harness doctor` show."""

import json
import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from harness import __version__
from harness.data.folders import Folders, folders
from harness.data.folders import data_dir as data_folder
from harness.data.load import find as find_data
from harness.data.load import names as dataset_names
from harness.errors import CourseError, DataError
from harness.task import BUDGETS, OVERALL, Builder, Candidates, Task
from harness.training import backend
from harness.workflow import gpus, machine
from harness.workflow.answers import find_answers, stored
from harness.workflow.candidates import wanted
from harness.workflow.grade import known_tasks
from harness.workflow.machine import Machine
from harness.workflow.protection import Protection

AT_HAND = ("shipped", "data folder", "course", "cache")


def show_tasks(registry: Mapping[str, Task], *, as_json: bool) -> None:
    """List every task with its title and profiles; one that cannot be loaded says why and hides no other."""
    tasks, broken = [], []
    for name in registry:
        try:
            tasks.append(registry[name])
        except CourseError as error:
            broken.append(str(error))
    for sentence in broken:
        typer.echo(f"harness: {sentence}", err=True)
    if as_json:
        typer.echo(json.dumps([{"name": t.name, "version": t.version, "title": t.title} for t in tasks]))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("task", "title", "builders", "variants", "profiles"):
        table.add_column(heading, no_wrap=heading in ("task", "builders"), overflow="fold")
    for t in tasks:
        builders = "\n".join(b.name for b in t.builders)
        table.add_row(t.name, t.title, builders, str(len(t.variants)), "\n".join(t.profiles))
    console = Console()
    console.print(table)
    console.print("\n`harness tasks NAME` shows what a task asks for.", style="dim")


def contract(task: Task) -> dict[str, Any]:
    """Return the contract of a task as plain data."""
    return {
        "name": task.name,
        "version": task.version,
        "title": task.title,
        "summary": task.summary,
        "file": f"{task.name}.py",
        "builders": [asdict(b) for b in task.builders],
        "variants": [{"name": v.name, "text": v.text, "given": v.given} for v in task.variants],
        "measures": [asdict(m) for m in task.measures],
        "overall": [{**asdict(m.measure), "needs": list(m.needs)} for m in task.overall],
        "budgets": [asdict(m) for m in BUDGETS],
        "candidates": [asdict(c) for c in task.candidates],
        "profiles": {
            name: {"dataset": p.dataset, "epochs": p.epochs, "batch_size": p.batch_size, **asdict(p.limits)}
            for name, p in task.profiles.items()
        },
    }


def show_task(name: str, registry: Mapping[str, Task], *, as_json: bool) -> None:
    """Print a task's contract as a student needs it. Raises UsageError for an unknown name."""
    task = known_tasks([name], registry)[name]
    if as_json:
        typer.echo(json.dumps(contract(task)))
        return
    console = Console()
    console.print(f"[bold]{escape(task.title)}[/bold] ({task.name}, version {task.version})\n")
    console.print(escape(task.summary))
    console.print(f"\nHand in a file [bold]{task.name}.py[/bold] with:")
    for builder in task.builders:
        show_builder(console, builder)
    for candidates in task.candidates:
        show_candidates(console, candidates)
    show_rows(console, "Trained and compared", [(v.name, v.text + " (given)" * v.given) for v in task.variants])
    show_rows(console, "Measured", [(m.name, f"{m.text}; {m.better} is better") for m in task.measures])
    if task.overall:
        rows = [(f"{OVERALL}.{m.name}", f"{m.text}; {m.better} is better") for m in task.overall]
        show_rows(console, "Measured over variants", rows)
    show_rows(console, "Also known of every variant that trains", [(m.name, m.text) for m in BUDGETS])
    rows = [
        (
            name,
            f"{p.dataset}, {p.epochs} epochs, batches of {p.batch_size}; a step may take {p.limits.cpu_s:g} s of CPU"
            f" and {p.limits.memory_mb / 1000:g} GB",
        )
        for name, p in task.profiles.items()
    ]
    show_rows(console, "Profiles (seconds at speed 1; `harness doctor` tells that of a machine)", rows)


def show_builder(console: Console, builder: Builder) -> None:
    arguments = ", ".join(a.name for a in builder.arguments)
    console.print(f"\n  [bold]{builder.name}[/bold]({arguments})")
    console.print(Padding(escape(builder.text), (0, 4)))
    table = Table(box=None, show_header=False, pad_edge=False)
    for argument in builder.arguments:
        table.add_row(argument.name, escape(argument.type), escape(argument.text))
    table.add_row("returns", "", escape(builder.returns))
    console.print(Padding(table, (0, 0, 0, 6)))


def show_candidates(console: Console, candidates: Candidates) -> None:
    """Print a function by which students choose settings, with what each may be."""
    console.print(f"\n  [bold]{candidates.function}[/bold]()")
    console.print(Padding(escape(candidates.text), (0, 4)))
    table = Table(box=None, show_header=False, pad_edge=False)
    for setting in candidates.settings:
        table.add_row(setting.name, escape(wanted(setting)), escape(f"{setting.text}; {setting.default} if left out"))
    returns = f"a list of 1 to {candidates.most} dictionaries of these settings, each trained as a variant of its own"
    table.add_row("returns", "", returns)
    console.print(Padding(table, (0, 0, 0, 6)))


def show_rows(console: Console, title: str, rows: list[tuple[str, str]]) -> None:
    console.print(f"\n{title}:")
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, text in rows:
        table.add_row(name, escape(text))
    console.print(Padding(table, (0, 2)))


def machine_facts(data_dir: Path | None, course_data: Path | None = None) -> dict[str, str]:
    """Return what this machine can do, by name. Raises DataError for a data folder that is none."""
    folder = data_folder(data_dir)
    chosen = this_machine()
    versions = backend.describe(chosen.backend)
    facts = {
        "harness": __version__,
        "python": versions.pop("python"),
        "system": f"{platform.system()} {platform.release()} on {platform.machine()}",
        "processor": machine.cpu_model(),
        "cores": str(machine.cores()),
        "speed": f"{chosen.speed:g} times that of the machine that limits in seconds are set on",
        "memory": f"{memory_gb():.1f} GB",
        "free disk": f"{shutil.disk_usage('.').free / 1e9:.1f} GB",
        "backend": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "GPU": gpu_facts(),
        "device": chosen.device,
        "isolation": f"{chosen.isolation} ({chosen.walls.level.sentence})",
        **{f"not {level}": reason for level, reason in machine.stronger(chosen).items()},
        "data folder": str(folder) if folder else "none (--data-dir or $HARNESS_DATA)",
    }
    places = folders(folder, course_data)
    return facts | {f"data: {name}": where_from(name, places) for name in dataset_names(places)}


def gpu_facts() -> str:
    """Say how many GPUs may be used and of what kind they are, or why none may."""
    found = gpus.cards()
    return f"{len(found)} × {gpus.model()}" if found else gpus.why_none().removeprefix("found ")


def where_from(name: str, places: Folders) -> str:
    """Return where a data set would come from, or why it cannot be told."""
    try:
        return find_data(name, places)
    except DataError as error:
        return str(error)


def memory_gb() -> float:
    import psutil

    return float(psutil.virtual_memory().total) / 1e9


def graded_data(places: Folders) -> str:
    """Say which of the data sets that are at hand steps could read elsewhere, and what is closed to them for that."""
    here = this_machine()
    at_hand = [name for name in dataset_names(places) if where_from(name, places) in AT_HAND]
    found = find_answers(stored(at_hand, places), here.walls, here.backend, tell)
    return "\n".join(found.sentences()) or f"steps can read none elsewhere ({', '.join(at_hand)})"


def tell(said: str) -> None:
    typer.echo(f"harness: {said}", err=True)


def show_machine(
    data_dir: Path | None, course_data: Path | None = None, *, as_json: bool, search: bool = False
) -> None:
    """Print what this machine can do, and try the sandbox by really starting a step's process.

    With `search` all that steps may read is looked through for graded data.
    """
    facts = machine_facts(data_dir, course_data)
    if search:
        facts["graded data"] = graded_data(folders(data_folder(data_dir), course_data))
    facts["steps start by"] = try_launcher()
    if as_json:
        typer.echo(json.dumps(facts))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts.items():
        table.add_row(name, escape(value))
    Console().print(table)


def this_machine() -> Machine:
    """Return what a grading run would choose here; without a barrier too, because it is only looked at."""
    return machine.choose("", "auto", Protection(trusted=True))


def try_launcher() -> str:
    """Start the backend as a grading run would; raises SandboxError if it cannot be loaded."""
    launcher = machine.launcher(this_machine(), 1_000)
    try:
        launcher.check()
    finally:
        launcher.close()
    return launcher.name
