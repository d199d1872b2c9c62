"""What the reference submission of a task measured: raw values by seed, with versions and device."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean, stdev
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from harness.errors import ResultsError, did_you_mean
from harness.files import write_out
from harness.records.models import Frozen, Provenance
from harness.task import Task

DEFAULT_BACKEND = "tensorflow"
Finite = Annotated[float, Field(allow_inf_nan=False)]


class BaselineMeasure(Frozen):
    """One measure of one variant: `values[i]` was measured under `Baseline.seeds[i]`, in `unit`.

    `sampling_error` is the standard error that the test examples left under the first seed, in the same unit; None
    where the measure states none, and in older files.
    """

    values: list[Finite]
    better: Literal["higher", "lower"]
    signature: str
    unit: str = ""
    sampling_error: Finite | None = None


class BaselineUsage(Frozen):
    """What one step of one variant used: seconds, CPU seconds, peak MB (10^6 bytes); one entry per seed.

    `fit_s` are the seconds of training alone, without start-up; empty for other steps and in older files. The step
    `predicts` where a model answers in it; older files do not say so.
    """

    wall_s: list[Finite]
    cpu_s: list[Finite]
    peak_memory_mb: list[Finite]
    fit_s: list[Finite] = Field(default_factory=list)
    predicts: bool = False


@dataclass(frozen=True)
class Took:
    """What one variant of the reference took, as means over seeds; 0 or None where nobody measured it.

    Seconds are of the steps that train and of those that predict, at speed 1: of the CPU, on a GPU by the clock.
    """

    parameters: int | None
    fit_s: float
    predict_s: float
    peak_memory_mb: float | None


class Baseline(Frozen):
    """What the reference reached, by `variant.measure`; `usage` goes by `variant.step`.

    `budgets` are what training cost, by `variant.measure` as well; empty in older files. They have a place of their own
    so that tables of what was reached leave them out.
    """

    task: str
    version: int
    profile: str
    device: str
    created: str
    seeds: list[int] = Field(min_length=1)
    measures: dict[str, BaselineMeasure]
    usage: dict[str, BaselineUsage]
    budgets: dict[str, BaselineMeasure] = Field(default_factory=dict)
    parameters: dict[str, int]
    provenance: Provenance

    @model_validator(mode="after")
    def _one_value_a_seed(self) -> Self:
        for name, measure in (self.measures | self.budgets).items():
            if len(measure.values) != len(self.seeds):
                raise ValueError(f"{name} has {len(measure.values)} values for {len(self.seeds)} seeds")
        return self

    def reference(self) -> dict[str, float]:
        """Return the mean over seeds of every measure, in its unit."""
        return {name: fmean(m.values) for name, m in self.measures.items()}

    def advantage(self, measure: str, over: str, better: Literal["higher", "lower"]) -> float:
        """Return by how much `measure` beats `over`: mean of the differences per seed, positive is better.

        Raises ResultsError if the baseline lacks one of the two.
        """
        return fmean(self._differences(measure, over, better))

    def threshold(self, measure: str, over: str = "") -> float:
        """Return the mean, two standard deviations (n - 1) towards worse: a target to write into a rubric.

        An equally good submission passes it with one seed in about 19 cases of 20. With `over` it is a
        threshold for the advantage. Raises ResultsError for fewer than two seeds or a measure it lacks.
        """
        if len(self.seeds) < 2:
            raise ResultsError("A threshold needs a baseline of at least two seeds, but this one has one.")
        better = self._measure(measure).better
        values = self.values(measure, over, better)
        worse = -2 if over or better == "higher" else 2
        return fmean(values) + worse * stdev(values)

    def spread(self, measure: str, over: str = "") -> float | None:
        """Return the standard deviation (n - 1) over seeds of a measure, with `over` of its advantage.

        None where it says nothing: for a single seed, a measure the baseline lacks, or values that are all equal.
        """
        if (measure, over) not in self._spreads:
            self._spreads[measure, over] = self._spread(measure, over)
        return self._spreads[measure, over]

    @cached_property
    def _spreads(self) -> dict[tuple[str, str], float | None]:
        """Hold what was asked for: every criterion of every submission asks, and exact sums take their time."""
        return {}

    def took(self, variant: str) -> Took:
        """Return what a variant took; every submission is compared with it, so it is worked out once."""
        if variant not in self._took:
            self._took[variant] = self._took_by(variant)
        return self._took[variant]

    @cached_property
    def _took(self) -> dict[str, Took]:
        return {}

    def _took_by(self, variant: str) -> Took:
        steps = [step for name, step in self.usage.items() if name.rpartition(".")[0] == variant]
        return Took(
            parameters=self.parameters.get(variant),
            fit_s=self._seconds(step for step in steps if step.fit_s),
            predict_s=self._seconds(step for step in steps if step.predicts),
            peak_memory_mb=max((fmean(s.peak_memory_mb) for s in steps if s.peak_memory_mb), default=None),
        )

    def _seconds(self, steps: Iterable[BaselineUsage]) -> float:
        spent = (step.wall_s if self.device == "gpu" else step.cpu_s for step in steps)
        return sum(map(fmean, spent)) * self.provenance.speed

    def _spread(self, measure: str, over: str) -> float | None:
        if len(self.seeds) < 2 or not self.has(measure, over):
            return None
        values = self.values(measure, over)
        sd = stdev(values)
        return sd if sd > 1e-12 * max(map(abs, values)) else None

    def sampling_error(self, measure: str, over: str = "") -> float:
        """Return the stated error that test data leave in a measure, 0 if none; of an advantage as if independent."""
        stated = [self._measure(name).sampling_error or 0.0 for name in (measure, over) if name]
        return math.hypot(*stated)

    def has(self, *measures: str) -> bool:
        """Say whether all of these are known, budgets included; an empty name asks for nothing."""
        return all(not m or m in self.measures or m in self.budgets for m in measures)

    def values(self, measure: str, over: str = "", better: Literal["higher", "lower"] = "higher") -> list[float]:
        """Return the values of a measure per seed, with `over` its advantages. Raises ResultsError if it lacks one."""
        return self._differences(measure, over, better) if over else list(self._measure(measure).values)

    def _differences(self, measure: str, over: str, better: Literal["higher", "lower"]) -> list[float]:
        sign = 1 if better == "higher" else -1
        pairs = zip(self._measure(measure).values, self._measure(over).values, strict=True)
        return [sign * (this - that) for this, that in pairs]

    def _measure(self, name: str) -> BaselineMeasure:
        known = self.measures | self.budgets
        if name not in known:
            raise ResultsError(f"The baseline of {self.task} has no measure {name!r}.{did_you_mean(name, known)}")
        return known[name]


def baseline_path(folder: Path, task: str, profile: str, device: str) -> Path:
    """Return `folder/TASK.PROFILE.DEVICE.json`, with the device in lower-case letters, digits and hyphens."""
    slug = re.sub(r"[^a-z0-9]+", "-", device.lower()).strip("-") or "unknown"
    return folder / f"{task}.{profile}.{slug}.json"


def shelf_of(folder: Path, backend: str) -> Path:
    """Return where the baselines lie that were measured with a backend: `folder` itself for the default one."""
    return folder if backend == DEFAULT_BACKEND else folder / backend


def load_baseline(folder: Path, task: Task, profile: str, device: str) -> Baseline | None:
    """Read the baseline of a task under a profile on a device; None if there is none.

    Raises ResultsError if the file is damaged or belongs to another task, version or profile.
    """
    path = baseline_path(folder, task.name, profile, device)
    baseline = _read(path)
    if baseline is None:
        return None
    found = (baseline.task, baseline.version, baseline.profile)
    if found != (task.name, task.version, profile):
        raise ResultsError(
            f"Baseline {path} should hold {task.name}@{task.version} {profile}, but holds"
            f" {found[0]}@{found[1]} {found[2]}; measure the reference again."
        )
    return baseline


def find_baselines(folder: Path, task: Task, profile: str) -> dict[Path, Baseline]:
    """Return the baselines of a task under a profile, one a device, by file; raises ResultsError as `load_baseline`."""
    found = {}
    for path in sorted(folder.glob(f"{task.name}.{profile}.*.json")):
        device = path.name.removesuffix(".json").rpartition(".")[2]
        if baseline := load_baseline(folder, task, profile, device):
            found[path] = baseline
    return found


def read_baseline(path: Path) -> Baseline:
    """Read a baseline of whatever task. Raises ResultsError if there is none or the file is damaged."""
    baseline = _read(path)
    if baseline is None:
        raise ResultsError(f"Expected a baseline at {path}, found none; `harness baseline` writes one.")
    return baseline


def _read(path: Path) -> Baseline | None:
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as e:
        raise ResultsError(f"Baseline {path} cannot be read ({e.strerror}); check the file.") from None
    except ValidationError as e:
        error = e.errors(include_url=False)[0]
        where = ".".join(map(str, error["loc"])) or "the file"
        raise ResultsError(
            f"Baseline {path} is damaged: {where}: {error['msg']}; measure the reference again."
        ) from None


def save_baseline(baseline: Baseline, folder: Path) -> Path:
    """Write the baseline to its place in `folder`, replacing an older one at once, and return the path.

    Raises ResultsError if the folder cannot be written.
    """
    path = baseline_path(folder, baseline.task, baseline.profile, baseline.device)
    write_out(path, f"{baseline.model_dump_json(indent=2)}\n".encode())
    return path
