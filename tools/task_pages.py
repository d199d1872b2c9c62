"""Writes docs/tasks/: a page a task, made of its contract, its rubric, its baseline and its flawed submissions.

    python tools/task_pages.py

A test fails where a page is not what this writes.
"""

import statistics
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from harness import shipped
from harness.errors import ResultsError
from harness.grading.baselines import Baseline, load_baseline
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Criterion, Rubric
from harness.task import Builder, Candidates, NaiveAnswer, Task
from harness.tasks import find, names
from harness.workflow.candidates import wanted
from harness.workflow.flawed import Flawed, read_flawed

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "tasks"
PROFILE, DEVICE = "quick", "cpu"
HEAD = """# {title}

<!-- Written by tools/task_pages.py. -->

`{name}`, version {version} · [template](../../student_template/{name}.py) ·
[reference](../../reference_models/{name}.py) · [rubric](../../rubrics/{name}.yaml) ·
[what course reports published](../published.md#{name})

{summary}
"""


class Page:
    """The page of one task."""

    def __init__(self, task: Task) -> None:
        self.task = task

    @cached_property
    def rubric_file(self) -> Path:
        return shipped.folder("rubrics") / f"{self.task.name}.yaml"

    @cached_property
    def rubric(self) -> Rubric:
        return load_rubric(self.rubric_file, self.task)

    @cached_property
    def baseline(self) -> Baseline:
        found = load_baseline(shipped.folder("reference_models") / "baselines", self.task, PROFILE, DEVICE)
        if found is None:
            raise ResultsError(f"There is no baseline of {self.task.name} {PROFILE} {DEVICE}; measure it first.")
        return found

    def text(self) -> str:
        task = self.task
        parts = [HEAD.format(title=task.title, name=task.name, version=task.version, summary=task.summary)]
        parts += section("What students write", self.written())
        parts += section("What is trained", table(("variant", ""), self.variants()))
        parts += section("What is measured", table(("measure", "", "better"), self.measures()))
        parts += section(f"Marks on {PROFILE}", self.marks())
        parts += section("Without learning", self.naive())
        parts += section("Typical mistakes", self.mistakes())
        parts += section("Sizes", table(("profile", "data", "epochs", "batch", "a step may take"), self.profiles()))
        return "\n".join(parts).rstrip() + "\n"

    def written(self) -> Iterator[str]:
        yield f"A file `{self.task.name}.py` with"
        for builder in self.task.builders:
            yield from ("", *asked(builder))
        for candidates in self.task.candidates:
            yield from ("", *chosen(candidates))

    def variants(self) -> Iterator[Sequence[str]]:
        for variant in self.task.variants:
            yield f"`{variant.name}`", variant.text + " (computed by the harness)" * variant.given

    def measures(self) -> Iterator[Sequence[str]]:
        for measure in self.task.measures:
            yield f"`{measure.name}`", measure.text, measure.better
        for overall in self.task.overall:
            yield f"`overall.{overall.name}`", overall.measure.text, overall.measure.better

    def marks(self) -> Iterator[str]:
        """Yield the criteria with their bands and what the reference reaches, and what the rubric says of itself."""
        yield from table(
            ("criterion", "asks", "points", "measure", "full marks", "none", "reference, mean ± sd", "numbers from"),
            (self.criterion(c) for c in self.rubric.criteria),
        )
        lines = self.rubric_file.read_text(encoding="utf-8").splitlines()
        said = [line.removeprefix("#").strip() for line in lines if line.startswith("#")][1:]
        yield from ("", " ".join(filter(None, said))) if any(said) else ()

    def criterion(self, criterion: Criterion) -> Sequence[str]:
        band = criterion.profiles.get(PROFILE)
        asks, points = criterion.text, f"{criterion.points:g}"
        if criterion.manual or band is None:
            by = "a person marks it" if criterion.manual else f"not marked on {PROFILE}"
            return f"`{criterion.id}`", asks, points, by, "", "", "", ""
        floor = "below it" if band.step else f"{band.floor or 0:g}"
        over = f" over `{criterion.over}`" if criterion.over else ""
        reached = self.reference(criterion)
        sizes = f", one at most {criterion.size_ratio:g} times as large as the other" if criterion.size_ratio else ""
        measure = f"`{criterion.measure}`{over}, {criterion.better}{sizes}"
        return f"`{criterion.id}`", asks, points, measure, f"{band.target:g}", floor, reached, band.origin

    def reference(self, criterion: Criterion) -> str:
        sides = (criterion.measure, criterion.over)
        if criterion.better is None or not self.baseline.has(*sides):
            return ""
        values = self.baseline.values(criterion.measure, criterion.over, criterion.better)
        return spread(values)

    def naive(self) -> Iterator[str]:
        """Yield what answers without learning reach in the measures that marks are for, alike variants together."""
        marked = {name for c in self.rubric.criteria for name in (c.measure, c.over, *c.sides())}
        alike = dict[tuple[str, ...], list[str]]()
        for naive in (n for n in self.task.naive if n.profile == PROFILE and n.measure in marked):
            variant, _, measure = naive.measure.partition(".")
            alike.setdefault((naive.answer, f"`{measure}`", *self.reached(naive)), []).append(f"`{variant}`")
        heads = ("answer", "in", "reaches", "from", "in place of")
        known = table(heads, ((*key, ", ".join(variants)) for key, variants in alike.items()))
        yield from known if alike else [f"No answer without learning is known for {PROFILE}."]

    def reached(self, naive: NaiveAnswer) -> tuple[str, str]:
        """Return what an answer without learning reaches, and where that comes from."""
        if naive.measured in self.baseline.measures:
            seeds = len(self.baseline.seeds)
            return spread(self.baseline.measures[naive.measured].values), f"measured in the baseline, {seeds} seeds"
        return ("" if naive.value is None else f"{naive.value:g}"), naive.origin

    def mistakes(self) -> Iterator[str]:
        flawed = read_flawed(ROOT / "tests" / "flawed", self.task.name, self.rubric, PROFILE)
        yield "`harness preflight` grades these: each loses the points that are named, and no others."
        yield ""
        yield from table(("submission", "mistake", "loses"), map(lost, flawed))

    def profiles(self) -> Iterator[Sequence[str]]:
        for name, p in self.task.profiles.items():
            limits = f"{p.limits.cpu_s:g} s of CPU, {p.limits.memory_mb / 1000:g} GB"
            yield f"`{name}`", p.dataset, str(p.epochs), str(p.batch_size), limits


def asked(builder: Builder) -> Iterator[str]:
    arguments = ", ".join(a.name for a in builder.arguments)
    yield f"**`{builder.name}({arguments})`** {builder.text}"
    yield ""
    yield from table(("argument", "type", ""), ((f"`{a.name}`", a.type, a.text) for a in builder.arguments))
    yield ""
    yield f"It returns {builder.returns}."


def chosen(candidates: Candidates) -> Iterator[str]:
    yield f"**`{candidates.function}()`** {candidates.text}"
    yield ""
    rows = ((f"`{s.name}`", wanted(s), s.text, f"`{s.default}`") for s in candidates.settings)
    yield from table(("setting", "may be", "", "if left out"), rows)
    yield ""
    yield f"It returns a list of 1 to {candidates.most} dictionaries of these settings."


def lost(flawed: Flawed) -> Sequence[str]:
    loses = ", ".join(f"`{c}`" for c in flawed.loses) or f"all: it ends in a fault ({flawed.fault})"
    return f"`{flawed.name}`", flawed.mistake, loses


def spread(values: Sequence[float]) -> str:
    sd = f" ± {statistics.stdev(values):.2g}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.3g}{sd}"


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"## {title}\n"
    yield from lines
    yield ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield line(heads)
    yield "|" + "---|" * len(heads)
    yield from map(line, rows)


def line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


def pages() -> dict[str, str]:
    """Return the text of every page, by the name of its file."""
    return {f"{name}.md": Page(find(name)).text() for name in names()}


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for file, text in pages().items():
        (PAGES / file).write_text(text, encoding="utf-8")
