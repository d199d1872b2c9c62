"""How long it takes to mark a recorded class of 200 again, pages and all, against training it.

The class is one graded submission recorded under 200 names with 200 sources, so that every page is written from its own
records and figures. The harness has its byte code, as an installed package has.

    python benchmarks/regrading.py [--students 200]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import shipped
from harness.records.models import Measurement
from harness.records.store import Records
from harness.tasks.network_training.task import TASK
from harness.workflow.grade import grade
from harness.workflow.options import Options
from harness.workflow.pictures import figures_of
from harness.workflow.plan import ClassPlan, StudentEntry


def copy_of(student: StudentEntry, number: int) -> StudentEntry:
    (entry,) = student.tasks
    keys = {slot: f"{number}-{key}" for slot, key in entry.keys.items()}
    copied = entry.model_copy(update={"keys": keys, "contract": f"{number}-{entry.contract}"})
    return student.model_copy(update={"name": f"Student {number}", "slug": f"student-{number}", "tasks": [copied]})


def copy_records(records: Records, plan: ClassPlan, copies: list[StudentEntry]) -> None:
    (entry,) = plan.students[0].tasks
    originals = records.find([entry.contract, *entry.keys.values()])
    evidence = {key: records.evidence(m) for key, m in originals.items()}
    for student in copies:
        made: list[Measurement] = []
        for key in (student.tasks[0].contract, *student.tasks[0].keys.values()):
            original = originals[key.partition("-")[2]]
            copied = original.model_copy(update={"key": key, "source": student.slug})
            made.append(records.add(copied, evidence[original.key], ""))
        figures_of(records, TASK, made[1:])
    records.put_document("plan", plan.model_copy(update={"students": copies}).model_dump_json())


def regraded(out: Path) -> float:
    """Return the seconds of `harness regrade`, in a process of its own."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(out.with_name("byte code"))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "harness.cli", "regrade", str(out), "--json"],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=False,  # 1 says that not everybody passed
    )
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=200)
    students = parser.parse_args().students
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "out"
        source = shipped.folder("reference_models") / f"{TASK.name}.py"
        started = time.perf_counter()
        grade(source, Options(out=out), lambda *_: None)
        training = time.perf_counter() - started
        records = Records(out)
        plan = ClassPlan.model_validate_json(records.document("plan") or "")
        copy_records(records, plan, [copy_of(plan.students[0], i) for i in range(students)])
        records.close()
        regraded(out)  # makes the byte code
        shutil.rmtree(out / "cards")
        for words in ("every card new", "nothing changed"):
            print(f"re-marking {students} students, {words}: {regraded(out):.2f} s")
        print(f"training them would take about {training * students:.0f} s ({training:.1f} s each)")


if __name__ == "__main__":
    main()
