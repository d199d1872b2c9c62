"""How alike one seed is twice on a device, and what several steps at once cost there."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

from device_order import ordered
from device_run import Wanted, collected, on_machine, options_of, say, sources
from device_tiny import tiny

from harness.records.models import GIVEN
from harness.records.store import Records
from harness.workflow.execute import Executor, Made
from harness.workflow.options import registry
from harness.workflow.planned import CONTRACT
from harness.workflow.workshop import workshop

EPOCHS = 100


def repeat(wanted: Wanted, numbers: Sequence[int]) -> int:
    """Train the first variant of the first task, small, so many times at once each; print a line for each number.

    Every run has the same seed; its learning curve and measures are compared with those of the very first.
    """
    name = wanted.tasks[0]
    small = tiny(registry()[name], wanted.profile)
    profile = replace(small.profile(wanted.profile), epochs=EPOCHS)
    tasks = {name: replace(small, profiles={**small.profiles, wanted.profile: profile})}
    with tempfile.TemporaryDirectory(prefix="harness-") as folder:
        options = options_of(replace(wanted, out=Path(folder), seeds=1, jobs=max(numbers)), registry())
        chosen = on_machine(options, tasks, wanted.walls)
        say(f"{chosen.machine}; {chosen.backend}; {chosen.isolation}")
        records = Records(options.out)
        with workshop(chosen, tasks, options, records) as place:
            collection, handed_in = collected(place.contexts, options, records)
            of = sources(collection.plan, handed_in)
            executor = Executor(place.contexts, of, place.launcher, Event(), place.work)
            unit = next(u for u in ordered(collection) if u.source != GIVEN and u.variant != CONTRACT)
            first = executor.make(unit, ())  # starts what later runs find started
            say(f"first: {told([first], first)}")
            for number in numbers:
                began = time.monotonic()
                with ThreadPoolExecutor(number) as pool:
                    made = list(pool.map(lambda _: executor.make(unit, ()), range(number)))
                say(f"{number} at once: {time.monotonic() - began:.1f} s, {told(made, first)}")
        records.close()
    return 0


def told(made: Sequence[Made], first: Made) -> str:
    """Say how long the steps took, and how far the curves and measures are from those of the first."""
    if fault := next((m.measurement.fault for m in made if m.measurement.fault), None):
        return f"{fault.owner} {fault.kind}: {fault.message}\n{made[0].log[-2000:]}"
    fit = [m.measurement.usage["train"].fit_s or 0.0 for m in made]
    memory = max(u.peak_memory_mb for m in made for u in m.measurement.usage.values())
    here = numbers_of(first)
    apart = [max(abs(a - b) / max(abs(a), 1e-12) for a, b in zip(here, numbers_of(m), strict=True)) for m in made]
    same = sum(distance == 0 for distance in apart)
    return (
        f"fit {min(fit):.1f} to {max(fit):.1f} s, {memory:.0f} MB of memory at most; {same} of {len(made)} the same to"
        f" the last bit as the first, at most {max(apart):.2g} apart (relative)"
    )


def numbers_of(made: Made) -> list[float]:
    m = made.measurement
    return [*(v for column in m.curve.values() for v in column), *(value.value for value in m.measures.values())]
