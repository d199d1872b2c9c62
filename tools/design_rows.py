"""Keeps what textbook designs measured in a preflight, so that a test marks them by today's rubrics without training.

    python tools/design_rows.py tests/workflow/designs.json PREFLIGHT...

Each PREFLIGHT is the result folder of `harness preflight`. What it has of a task replaces what is there; other tasks
stay.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from harness.errors import ResultsError
from harness.files import write_out
from harness.grading.designs import BANDS
from harness.grading.results import TaskResult
from harness.records.models import Measurement
from harness.report.files import read_results

DIGITS: Final = 6  # significant ones, of which marks show fewer
SAME: Final = {"key", "source", "task", "version", "profile", "provenance", "evidence"}  # in all rows, or of no use

Kept = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kept", type=Path, help="the file to bring up to date")
    parser.add_argument("graded", type=Path, nargs="+", help="result folder of `harness preflight`")
    chosen = parser.parse_args()
    kept = json.loads(chosen.kept.read_text(encoding="utf-8")) if chosen.kept.is_file() else {}
    try:
        new = {name: of_task for graded in chosen.graded for name, of_task in tasks_of(graded)}
    except ResultsError as error:
        raise SystemExit(str(error)) from None
    lines = ",\n".join(f"{json.dumps(name)}: {lined(of_task)}" for name, of_task in sorted({**kept, **new}.items()))
    write_out(chosen.kept, f"{{\n{lines}\n}}\n".encode())
    print(f"designs of {', '.join(sorted(new))}")


def tasks_of(graded: Path) -> Iterator[tuple[str, Kept]]:
    """Yield by task what its three designs measured; a task without them is none."""
    result = read_results(graded / "results.json")
    for name in dict.fromkeys(task.task for student in result.students for task in student.tasks):
        found = {s.slug: task for s in result.students for task in s.tasks if task.task == name and s.slug in BANDS}
        if found.keys() == BANDS.keys():
            first = found["weak"].measurements[0]
            provenance = first.provenance.model_dump(mode="json")
            rows = {design: rows_of(found[design]) for design in BANDS}
            yield name, {"version": first.version, "provenance": provenance, "rows": rows}


def rows_of(task: TaskResult) -> list[Kept]:
    return [shortened(row_of(m)) for m in task.measurements]


def row_of(m: Measurement) -> Kept:
    return {"fault": None, **m.model_dump(mode="json", exclude=SAME, exclude_defaults=True)}


def shortened(value: Any) -> Any:
    """Return the value with every number in it cut to a few digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: shortened(one) for key, one in value.items()}
    return [shortened(one) for one in value] if isinstance(value, list) else value


def lined(of_task: Kept) -> str:
    """Return what is kept of a task with a line for each measurement, so that changes can be read."""
    rows = ",\n".join(
        f"{json.dumps(design)}: [\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in some) + "\n]"
        for design, some in of_task["rows"].items()
    )
    head = json.dumps({key: value for key, value in of_task.items() if key != "rows"})
    return f'{head[:-1]}, "rows": {{\n{rows}\n}}}}'


if __name__ == "__main__":
    main()
