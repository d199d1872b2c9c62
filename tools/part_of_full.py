"""Measures variants of a task at full size with fewer examples and epochs, as far as a CPU goes.

    python tools/part_of_full.py --task clock_reading --variants two_heads --train 4500 --epochs 8 --data-dir FOLDER

Everything is as `harness baseline` measures it, walls, limits and measures, of the reference unless another submission
is named (a file with the task's name); one seed, so that a figure stands beside a report's and is no baseline.
`OUT/TASK.PROFILE.VARIANT.json` has the sizes and what was measured. Other sizes belong in another `OUT`: a variant that
is recorded there is not measured again.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from device_run import sources

from harness import shipped
from harness.data.folders import data_dir
from harness.errors import HarnessError, UsageError, did_you_mean
from harness.files import write_out
from harness.intake.gather import gather
from harness.records.models import Measurement
from harness.records.store import Records
from harness.task import Profile, Sizes, Task
from harness.tasks import find
from harness.workflow.class_plan import HandedIn, make_plan
from harness.workflow.collect import Collection
from harness.workflow.execute import Executor
from harness.workflow.options import Options, check, registry
from harness.workflow.planned import CONTRACT
from harness.workflow.protection import Protection
from harness.workflow.workshop import workshop


def part_of(task: Task, profile: Profile, names: Sequence[str]) -> Task:
    """Return a task that has these variants, all where none is named, and this profile alone.

    Raises UsageError for a variant that there is not.
    """
    known = {variant.name: variant for variant in task.variants}
    for name in names:
        if name not in known:
            raise UsageError(f"Task {task.name} has no variant {name!r}.{did_you_mean(name, known)}")
    chosen = tuple(known[name] for name in names) or task.variants
    return replace(task, variants=chosen, profiles={profile.name: profile})


def in_part(profile: Profile, chosen: argparse.Namespace) -> Profile:
    """Return a profile of as many examples, epochs and examples a batch as were asked for."""
    sizes = Sizes(chosen.train, chosen.val, chosen.test)
    return replace(
        profile,
        sizes=replace(profile.sizes, **dict(sizes.asked())),
        epochs=chosen.epochs or profile.epochs,
        batch_size=chosen.batch or profile.batch_size,
    )


def measure(task: Task, submission: Path, options: Options) -> list[Measurement]:
    """Return what is measured of a submission in a task, a variant one after the other."""
    tasks = {task.name: task}
    chosen, records, found = check(options, tasks), Records(options.out), []
    handed_in = list(gather(submission))
    try:
        with workshop(chosen, tasks, options, records) as place:
            plan = make_plan(HandedIn("references", handed_in), place.contexts, options, records, {})
            collection = Collection(plan, place.contexts, records, options.protection)
            executor = Executor(place.contexts, sources(plan, handed_in), place.launcher, Event(), place.work)
            units = list(collection.first())
            while units:
                unit = units.pop(0)
                made = executor.make(unit, ())
                units += collection.follow(unit, made)
                found.append(made.measurement)
                if made.measurement.fault:
                    print(made.measurement.fault, "\n".join(made.log.splitlines()[-15:]), file=sys.stderr)
    finally:
        records.close()
    return found


def write(measured: Measurement, profile: Profile, folder: Path) -> None:
    """Keep what was measured of a variant, with its sizes, and print it."""
    made = measured.provenance
    usage = {step: {"wall_s": u.wall_s, "cpu_s": u.cpu_s, "fit_s": u.fit_s} for step, u in measured.usage.items()}
    said = {
        "sizes": made.data_sizes,
        "epochs": profile.epochs,
        "batch_size": profile.batch_size,
        "measures": {name: score.value for name, score in measured.measures.items()},
        "usage": usage,
    }
    path = folder / f"{measured.task}.{profile.name}.{measured.variant}.json"
    write_out(path, f"{json.dumps(said, indent=1)}\n".encode())
    print(path.name, json.dumps(said), flush=True)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", required=True)
    parser.add_argument("--submission", type=Path, help="default: the reference")
    parser.add_argument("--profile", default="full")
    parser.add_argument("--variants", default="", help="names with commas; all of the task where none is named")
    for part in ("train", "val", "test"):
        parser.add_argument(f"--{part}", type=int, help="examples; default: those of the profile")
    parser.add_argument("--epochs", type=int, default=0, help="default: those of the profile")
    parser.add_argument("--batch", type=int, default=0, help="examples a batch; default: those of the profile")
    parser.add_argument("--data-dir", type=Path, help="folder with the data sets; default: $HARNESS_DATA")
    parser.add_argument("--out", type=Path, default=Path("measured/part_of_full"), help="folder that keeps results")
    return parser


def options_of(chosen: argparse.Namespace) -> Options:
    return Options(
        out=chosen.out,
        profile=chosen.profile,
        seeds=range(1, 2),
        jobs=1,
        data_dir=data_dir(chosen.data_dir),
        device="cpu",
        protection=Protection(trusted=True),  # references are the harness's own
        registry=registry(),
    )


def main() -> int:
    chosen = arguments().parse_args()
    try:
        whole = find(chosen.task)
        profile = in_part(whole.profile(chosen.profile), chosen)
        task = part_of(whole, profile, [name for name in chosen.variants.split(",") if name])
        submission = chosen.submission or shipped.folder("reference_models") / f"{task.name}.py"
        found = measure(task, submission, options_of(chosen))
    except HarnessError as error:
        print(error, file=sys.stderr)
        return 2
    for measured in found:
        if measured.variant != CONTRACT:
            write(measured, profile, chosen.out)
    return 1 if any(m.fault for m in found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
