"""Keeps what references and strong designs left in a preflight, for the tests that sound work is told no mistake.

    python tools/sound_rows.py tests/diagnosis/references.json PREFLIGHT...

Each PREFLIGHT is the result folder of `harness preflight`. The rows of the tasks in it replace those that are there,
after a task has got a new version, say; rows of other tasks stay.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from harness.errors import ResultsError
from harness.files import write_out
from harness.records.models import GIVEN, Measurement
from harness.report.files import read_results

SOUND: Final = ("reference", "strong")
DIGITS: Final = 4  # significant ones, which is more than any rule looks at

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, help="the file to bring up to date")
    parser.add_argument("graded", type=Path, nargs="+", help="result folder of `harness preflight`")
    chosen = parser.parse_args()
    try:
        new = [row for graded in chosen.graded for row in rows_of(graded)]
    except ResultsError as error:
        raise SystemExit(str(error)) from None
    tasks = {row["task"] for row in new}
    old = [row for row in json.loads(chosen.rows.read_text(encoding="utf-8")) if row["task"] not in tasks]
    every = sorted(old + new, key=lambda row: (SOUND.index(row["who"]), row["task"]))  # variants stay in their order
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in every)
    write_out(chosen.rows, f"[\n{lines}\n]\n".encode())
    print(f"{len(new)} rows of {', '.join(sorted(tasks))}")


def rows_of(graded: Path) -> Iterator[Row]:
    """Yield a row for each variant that sound work trained; one that failed is none."""
    for student in read_results(graded / "results.json").students:
        for measurement in (m for task in student.tasks for m in task.measurements):
            if student.slug in SOUND and measurement.source != GIVEN and measurement.fault is None:
                yield {"who": student.slug, **row_of(measurement)}


def row_of(m: Measurement) -> Row:
    return {
        "task": m.task,
        "version": m.version,
        "variant": m.variant,
        "seed": m.seed,
        "classes": m.provenance.data_classes,
        "measures": {name: short(score.value) for name, score in m.measures.items()},
        "curve": {name: [short(value) for value in column] for name, column in m.curve.items()},
        "signs": {name: short(value) for name, value in m.signs.items()},
        "parameters": m.parameters,
        "moved": None if m.moved is None else short(m.moved),
    }


def short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


if __name__ == "__main__":
    main()
