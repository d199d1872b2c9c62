"""How far grading goes beyond one machine: by simulation, and as far as one machine shows it.

    python benchmarks/scale.py [--workers 64 1000] [--students 500 10000] [--assume NAME=VALUE ...] [--json]
    python benchmarks/scale.py --agree 50 [--workers 64]   # the model of the driver beside the driver itself
    python benchmarks/scale.py --local [--units 1000]      # units of 50 ms over 1, 2 and 4 workers, threads and Dask
    python benchmarks/scale.py --loss 30                   # workers killed at random moments, marks compared

The simulation prints what it assumes (`scaling.simulation.Assumed`) and for every size: the time from the command to
the class page, that until all of a first student is done, the share of the workers' time that went into units, the tail
during which some are idle for want of units, how busy each resource was, and how many workers the scarcest one beside
them can keep busy.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from scaling.class_work import ClassWork, recorded
from scaling.dask_workers import over_dask
from scaling.local_workers import Efficiency, threads
from scaling.losing import losses
from scaling.simulated_class import modelled
from scaling.simulation import HOUR, Assumed, Outcome, Shared

HEADS = ("workers", "students", "units", "CPU h", "time", "first card", "used", "tail", "lost", "driver", "pictures",
         "network", "scheduler", "disk", "memory", "scarcest", "feeds")  # fmt: skip


def work_of(assumed: Assumed) -> ClassWork:
    return ClassWork(assumed.students, recorded(), assumed.doubted, assumed.broken, assumed.spread, assumed.misjudged)


def simulated(assumed: Assumed) -> Outcome:
    return modelled(work_of(assumed), assumed)


def scarcest(outcome: Outcome) -> tuple[Shared, float]:
    """Return what saturates first beside the workers, and how many of them it keeps busy."""
    name = min(outcome.feeds, key=lambda shared: outcome.feeds[shared])
    return name, outcome.feeds[name]


def row(outcome: Outcome) -> list[str]:
    loads, (first, feeds) = outcome.loads, scarcest(outcome)
    shares = [f"{loads[name]:.1%}" for name in ("driver", "pictures", "network", "scheduler", "disk")]
    return [
        f"{outcome.assumed.workers:,}",
        f"{outcome.assumed.students:,}",
        f"{outcome.made:,}",
        f"{outcome.trained_s / HOUR:,.0f}",
        clock(outcome.makespan_s),
        clock(outcome.first_card_s),
        f"{outcome.utilisation:.1%}",
        clock(outcome.tail_s),
        f"{outcome.lost:,}",
        *shares,
        f"{outcome.memory_mb / 1000:.1f} GB",
        first,
        f"{feeds:,.0f}",
    ]


def clock(seconds: float) -> str:
    """Return a time in hours and minutes, or in minutes and seconds where it is short."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min {whole % 60:02} s"


def table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[n]) for line in rows) for n in range(len(rows[0]))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in rows)


def as_data(outcome: Outcome) -> dict[str, Any]:
    first, feeds = scarcest(outcome)
    more = {"makespan_s": outcome.makespan_s, "utilisation": outcome.utilisation, "memory_mb": outcome.memory_mb}
    return {**asdict(outcome), **more, "loads": outcome.loads, "first": first, "feeds": feeds}


def simulate(assumed: Assumed, workers: Sequence[int], students: Sequence[int], as_json: bool) -> None:
    sizes = [replace(assumed, workers=w, students=s) for s in students for w in workers]
    outcomes = [simulated(size) for size in sizes]
    if as_json:
        print(json.dumps([as_data(outcome) for outcome in outcomes], indent=2))
        return
    print(f"Assumed: {assumed.told()}.\n\n{table([HEADS, *map(row, outcomes)])}")


def agree(assumed: Assumed) -> bool:
    """Say whether model and driver come to the same, in every number."""
    from scaling.simulated_driver import driven

    work = work_of(assumed)
    model = modelled(work, assumed)
    with tempfile.TemporaryDirectory() as folder:
        driver = driven(work, assumed, Path(folder))
    print(table([("", *HEADS), ("model", *row(model)), ("driver", *row(driver))]))
    print(f"measuring takes {model.measure_s:.6f} s by the model, {driver.measure_s:.6f} s by the driver")
    return model == driver


def local(workers: Sequence[int], units: int, unit_s: float, as_json: bool) -> None:
    found = {
        (kind, n): over(n, units, unit_s) for kind, over in (("threads", threads), ("Dask", over_dask)) for n in workers
    }
    if as_json:
        more = [{"of_ideal": e.of_ideal, "overhead_s": e.overhead_s} for e in found.values()]
        both = zip(found.items(), more, strict=True)
        print(json.dumps([{"kind": kind, **asdict(e), **m} for ((kind, _), e), m in both], indent=2))
        return
    heads = ("kind", "workers", "units", "took", "of ideal", "overhead a unit", "driver's CPU", "scheduler's CPU")
    print(table([heads, *(efficiency_row(kind, e) for (kind, _), e in found.items())]))


def efficiency_row(kind: str, found: Efficiency) -> list[str]:
    each = (found.overhead_s, found.driver_s / found.units, found.scheduler_s / found.units)
    took = (f"{found.took_s:.2f} s", f"{found.of_ideal:.3f}")
    return [kind, f"{found.workers}", f"{found.units:,}", *took, *(f"{1000 * s:.2f} ms" for s in each)]


def lose(runs: range, mean_s: float) -> bool:
    """Say whether no mark changed in any of the runs, each of which is printed."""
    alike, killed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for run in losses(runs, Path(folder), mean_s):
            alike, killed = alike + (not run.changed), killed + len(run.killed_at)
            lost = f"{len(run.killed_at)} workers killed"
            print(f"run {run.number}: {run.seconds:.1f} s, {lost}: {'; '.join(run.changed) or 'alike'}", flush=True)
    print(f"{alike} of {len(runs)} runs alike to the last digit, {killed} workers killed")
    return alike == len(runs)


def assumed_by(said: Sequence[str]) -> Assumed:
    """Return what is assumed, with changes such as `latency_s=0.02`."""
    known = [f.name for f in fields(Assumed) if f.name not in ("workers", "students")]
    changes: dict[str, Any] = {name: float(value) for name, _, value in (one.partition("=") for one in said)}
    if unknown := changes.keys() - {*known}:
        raise SystemExit(f"Expected --assume to name some of {', '.join(known)}, received {', '.join(unknown)}.")
    return replace(Assumed(), **changes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+")
    parser.add_argument("--students", type=int, nargs="+", default=[500, 10_000])
    parser.add_argument("--assume", nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument("--agree", type=int, metavar="STUDENTS")
    parser.add_argument("--local", action="store_true")
    parser.add_argument("--units", type=int, default=1_000)
    parser.add_argument("--unit-ms", type=float, default=50)
    parser.add_argument("--loss", type=int, metavar="RUNS")
    parser.add_argument("--first", type=int, default=1, help="number, and seed, of the first of those runs")
    parser.add_argument("--kill-every", type=float, default=4.0, metavar="SECONDS")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    assumed = assumed_by(asked.assume)
    if asked.agree:
        sizes = [replace(assumed, workers=n, students=asked.agree) for n in asked.workers or [64]]
        agreed = [agree(size) for size in sizes]
        raise SystemExit(0 if all(agreed) else 1)
    if asked.local:
        local(asked.workers or [1, 2, 4], asked.units, asked.unit_ms / 1000, asked.json)
        return
    if asked.loss:
        runs = range(asked.first, asked.first + asked.loss)
        raise SystemExit(0 if lose(runs, asked.kill_every) else 1)
    simulate(assumed, asked.workers or [64, 1_000], asked.students, asked.json)


if __name__ == "__main__":
    main()
