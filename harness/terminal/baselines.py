"""What `harness baseline --table` and `--compare` show; neither trains anything."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from harness.errors import ResultsError, UsageError, did_you_mean
from harness.grading.baselines import Baseline, find_baselines, read_baseline
from harness.grading.compare import Comparison, MeasureDifference, compare
from harness.grading.reference import Figure, ReferenceRow, ReferenceTable, reference_table
from harness.grading.rubric import load_rubric
from harness.grading.smallest_shift import POWER
from harness.grading.words import number
from harness.report.words.text import clean, count
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.terminal.lines import print_line
from harness.workflow.grade import known_tasks
from harness.workflow.machine import DEVICES

NOT_MEASURED = "not measured"
WIDE = 120  # columns from which a comparison shows intervals and uncorrected p-values too


@dataclass(frozen=True)
class Shelf:
    """Where baselines are, and of which tasks: in one folder, or in the rooms of a course and what is shipped."""

    tasks: Mapping[str, Task]
    rooms: Rooms = SHIPPED
    folder: Path | None = None

    def found(self, task: Task, profile: str) -> dict[Path, Baseline]:
        """Return the baselines of a task under a profile by file, those of the course first.

        What was measured with another backend than the default one stands for a device that has none with that.
        """
        folders = [self.folder] if self.folder else self.rooms.folders("baselines", task.name)
        return {path: b for folder in folders for path, b in _found_in(folder, task, profile).items()}

    @property
    def title(self) -> Path:
        return self.folder or self.rooms.own("baselines")


def _found_in(folder: Path, task: Task, profile: str) -> dict[Path, Baseline]:
    found = find_baselines(folder, task, profile)
    for shelf in sorted(p for p in folder.glob("*") if p.is_dir()):
        devices = {b.device for b in found.values()}
        found |= {path: b for path, b in find_baselines(shelf, task, profile).items() if b.device not in devices}
    return found


def show_table(shelf: Shelf, tasks: Sequence[str], profile: str, device: str, *, as_json: bool) -> int:
    """Print each reference beside the published figures and the naive answers; "" and "auto" stand for all there are.

    Nothing measured yet is no failure: the exit code is 0.

    Raises UsageError for an unknown task, profile or device, ResultsError for a damaged baseline.
    """
    _check_device(device)
    asked = known_tasks(tasks or shelf.tasks, shelf.tasks).values()
    tables = [t for task in asked for p in _profiles(task, profile) for t in _tables(task, p, device, shelf)]
    if as_json:
        typer.echo(json.dumps([t.model_dump() for t in tables]))
        return 0
    console = Console()
    for table in tables:
        print_reference(console, table)
    return 0


def show_comparison(shelf: Shelf, file: Path, other: Path | None, device: str, *, as_json: bool) -> int:
    """Print how two baselines compare and return 1 if a measure differs, else 0.

    Without `other`, the first is the shipped baseline of the same task and profile, if possible of the same device.
    Raises ResultsError for a file that is no baseline, has no counterpart or cannot be compared with it.
    """
    _check_device(device)
    paths = (file, other) if other else (counterpart(shelf, file, device), file)
    first, second = (read_baseline(path) for path in paths)
    task = known_tasks([first.task], shelf.tasks)[first.task]
    rubric = shelf.rooms.file("rubrics", f"{task.name}.yaml")
    result = compare(first, second, load_rubric(rubric, task) if rubric.is_file() else None)
    if as_json:
        files = {"files": [str(path) for path in paths]}
        typer.echo(json.dumps(files | result.model_dump()))
    else:
        console = Console()
        for word, path, baseline in zip(("first", "second"), paths, (first, second), strict=True):
            print_line(console, f"{word}: {path} ({_made(baseline)})")
        print_comparison(console, result)
    return int(result.differs)


def counterpart(shelf: Shelf, file: Path, device: str) -> Path:
    """Return the shipped baseline to hold a file against: another file, of the device asked for or else its own."""
    baseline = read_baseline(file)
    wanted = baseline.device if device == "auto" else device
    found = shelf.found(known_tasks([baseline.task], shelf.tasks)[baseline.task], baseline.profile)
    others = {path: b for path, b in found.items() if not path.samefile(file)}
    same = [path for path, b in others.items() if b.device == wanted]
    if same or (others and device == "auto"):
        return same[0] if same else next(iter(others))
    on = "" if device == "auto" else f" on {device}"
    raise ResultsError(
        f"Expected a baseline of {baseline.task} {baseline.profile}{on} in {shelf.title} beside {file}, found none;"
        " name a second file."
    )


def print_reference(console: Console, table: ReferenceTable) -> None:
    """Print one task under one profile: a row a measure that was measured or published, with the best naive answer."""
    seeds = max((r.seeds for r in table.rows), default=0)
    where = f"on {table.device} ({table.machine}), {seeds} seeds, {table.created[:10]}"
    made = where if table.measured else NOT_MEASURED
    print_line(console, f"{table.title} ({table.task}, {table.profile}): {made}")
    grid = Table(box=None, pad_edge=False)
    for heading in ("measure", "better", "reference", "published", "naive answer"):
        grid.add_column(heading, no_wrap=heading in ("measure", "reference"), overflow="fold")
    rows = [r for r in table.rows if r.mean is not None or r.published]
    for row in rows:
        shown = (row.measure, row.better, mean_and_sd(row))
        grid.add_row(*(_cell(text) for text in (*shown, _figures(row.published), _figures(row.naive[-1:]))))
    console.print(grid)
    for note in _notes(rows):
        print_line(console, f"  {note}", style="dim")
    console.print()


def mean_and_sd(row: ReferenceRow) -> str:
    """Return `0.0179 ± 0.0003`, the mean to the sd's second digit."""
    if row.mean is None:
        return NOT_MEASURED
    unit = f" {row.unit}" if row.unit else ""
    if row.sd is None:
        return f"{number(row.mean, 4)}{unit}"
    if row.sd <= 1e-12:
        return f"{number(row.mean, 4)} ± 0{unit}"
    decimals = max(0, 1 - int(f"{row.sd:e}".partition("e")[2]))
    return f"{row.mean:.{decimals}f} ± {row.sd:.{decimals}f}{unit}"


def print_comparison(console: Console, result: Comparison) -> None:
    """Print what is graded and every measure, what the two depend on and do not share, and a sentence a difference."""
    for what, found in (("criterion", result.criteria), ("measure", result.measures)):
        if found:
            _print_differences(console, what, found)
    for word, missing in (("first", result.only_first), ("second", result.only_second)):
        if missing:
            print_line(console, f"Only in the {word}: {', '.join(missing)}.")
    _print_changes(console, result)
    print_line(console, f"\n{result.test}, {result.alpha:.0%}, {_tested(result)}.")
    print_line(console, f"Sees: the smallest true shift that this would find in {POWER:.0%} of cases.")
    for sentence in dict.fromkeys(d.sentence for d in (*result.measures, *result.criteria) if d.differs):
        print_line(console, sentence)
    print_line(console, _equal(result))


def _equal(result: Comparison) -> str:
    """Say what is equal to the last bit, and whether anything differs."""
    of, same = len(result.measures), sum(d.bit_equal for d in result.measures)
    some = (
        f"All {count(of, 'measure')} are"
        if same == of
        else f"{same} of {count(of, 'measure')} {'is' if same == 1 else 'are'}"
    )
    none = "" if result.differs else "No measure differs by more than its seeds do."
    return " ".join(filter(None, (f"{some} equal to the last bit under every seed." if same else "", none)))


def _print_differences(console: Console, what: str, found: Sequence[MeasureDifference]) -> None:
    shown = [{what if h == "measure" else h: cell for h, cell in _cells(d).items()} for d in found]
    wanted = [h for h in shown[0] if console.width >= WIDE or h not in ("95 % interval", "p")]
    grid = Table(box=None, pad_edge=False)
    for heading in wanted:
        breaks = heading in ("first", "second")
        justify: JustifyMethod = "left" if heading in (what, "") else "right"
        grid.add_column(heading, justify=justify, no_wrap=not breaks, min_width=9 if breaks else None)
    for cells in shown:
        grid.add_row(*(_cell(cells[heading]) for heading in wanted))
    console.print(grid)
    console.print()


def _check_device(device: str) -> None:
    if device not in DEVICES:
        raise UsageError(f"There is no device {device!r}.{did_you_mean(device, DEVICES)}")


def _tables(task: Task, profile: str, device: str, shelf: Shelf) -> Iterator[ReferenceTable]:
    """Yield a table for every device measured, or one that says that there is none."""
    found = [b for b in shelf.found(task, profile).values() if device in ("auto", b.device)]
    for baseline in found:
        yield reference_table(task, profile, baseline)
    if not found:
        yield reference_table(task, profile, None)


def _profiles(task: Task, profile: str) -> list[str]:
    return [task.profile(profile).name] if profile else list(task.profiles)


def _figures(figures: Sequence[Figure]) -> str:
    return "\n".join(f"{number(f.value, 4)} {f.source}" for f in figures) or "–"


def _notes(rows: Sequence[ReferenceRow]) -> Iterator[str]:
    """Yield what was different with a figure, once a source and note."""
    by_note: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for figure in (*row.published, *row.naive[-1:]):
            if figure.note:
                by_note.setdefault((figure.source, figure.note), []).append(row.measure)
    for (source, note), measures in by_note.items():
        of = f" ({', '.join(measures)})" if len(measures) <= 3 else ""
        yield f"{source}{of}: {note}"


def _cells(d: MeasureDifference) -> dict[str, str]:
    """Return the row of a measure by heading."""
    first, second = (f"{number(sample.mean, 4)} ± {number(sample.sd, 2)}" for sample in (d.first, d.second))
    return {
        "measure": d.measure,
        "first": first,
        "second": second,
        "difference": f"{'+' if d.difference > 0 else ''}{number(d.difference, 3)}",
        "95 % interval": f"{number(d.interval[0], 2)} to {number(d.interval[1], 2)}" if d.interval else "–",
        "p": "–" if d.p_value is None else f"{d.p_value:.2g}",
        "p (Holm)": "–" if d.p_holm is None else f"{d.p_holm:.2g}",
        "sees": "–" if d.smallest_shift is None else number(d.smallest_shift, 2),
        "": "differs" if d.differs else "bit-equal" if d.bit_equal else "",
    }


def _print_changes(console: Console, result: Comparison) -> None:
    if not result.changes:
        print_line(console, "\nBoth were measured on the same data and machine, with the same versions and seeds.")
        return
    console.print("\nNot the same in both:")
    grid = Table(box=None, pad_edge=False)
    for heading in ("", "first", "second"):
        grid.add_column(heading, overflow="fold")
    for change in result.changes:
        grid.add_row(_cell(change.name), _cell(change.first), _cell(change.second))
    console.print(grid)
    if any(change.about == "data" for change in result.changes):
        print_line(console, "The data differ, so a difference need not come from the machine.")


def _tested(result: Comparison) -> str:
    tested = sum(d.p_value is not None for d in result.measures)
    still = len(result.measures) - tested
    return f"{count(tested, 'measure')} tested" + (
        f", {still} that no seed changes compared as they are" if still else ""
    )


def _made(baseline: Baseline) -> str:
    made = baseline.provenance
    return (
        f"{baseline.device}, {made.machine or 'machine unknown'}, {len(baseline.seeds)} seeds, {baseline.created[:10]}"
    )


def _cell(text: str) -> str:
    """Return words of a file as they may stand in a table: no markup, no control characters."""
    return escape(clean(text))
