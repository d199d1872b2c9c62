"""The README of an appeal bundle: what is in it, and the commands that train and mark the submission again."""

import shlex
from collections.abc import Iterable, Sequence
from textwrap import fill

from harness.grading.results import ClassResult, StudentResult
from harness.records.models import Provenance
from harness.report.appeal.graded import Graded
from harness.report.card_page.measured import data_sizes
from harness.report.card_page.reproduce import seeds_option
from harness.report.words.moments import date
from harness.report.words.text import clean, sentence, short_name

WIDTH = 100
AGAIN = "again"  # the result folder that the commands write into
KEY = "class.key"
COURSE = "COURSE"  # stands for the course folder, whose place is nobody else's business
NO_KEY = (
    "It holds no key of the class either, only the mark that tells it from other keys: whoever has the key can draw"
    " beforehand what is asked of work that is still to be handed in."
)
WITH_KEY = f"{KEY} draws the splits, texts, seeds and questions of this examination again."
WITHOUT_KEY = (
    "Without the key of the class the commands draw other examples, texts, seeds and questions of the same kind, so"
    " values differ as they do from one seed to another. Once the instructor has given the key out, a new bundle holds"
    " it, and with it the numbers are the same."
)
FILES = {
    "card.html": "the report card; open it in a browser",
    "marks.json": "every criterion on the card: value under each seed, target, floor, points, reason",
    "measurements.json": "every measure under each variant and seed, learning curves, time and memory used",
    "provenance.json": "versions of everything, data set and its SHA-256, device, how reproducible it is",
    "rubrics/": "the criteria on the card, in the form that --rubrics takes",
    "submission/": "the source as it was graded",
    KEY: "the key of the class, which its splits, texts, seeds and questions were drawn with",
}


def readme(
    result: ClassResult, student: StudentResult, tasks: Sequence[Graded], sources: Sequence[str], *, with_key: bool
) -> str:
    """Return the text; `sources` are the paths of the student's files, none if nothing could be read."""
    name = short_name(student.name, student.slug)
    title = f"Appeal bundle of {name}"
    parts = [
        f"{title}\n{'=' * len(title)}",
        wrapped(f"{clean(result.title)}, graded {date(result.created)}, marked by harness {result.harness}."),
        f"What is in it\n-------------\n{_contents(tasks, bool(sources), with_key)}",
        wrapped(_left_out(tasks, with_key)),
        "Train and mark it again\n-----------------------\n" + _again(result, tasks, bool(sources), with_key),
    ]
    if sources:
        parts += [f"What must be the same for the same numbers: {g.task.title}\n{_conditions(g)}" for g in tasks]
    return "\n\n".join(parts) + "\n"


def _contents(tasks: Sequence[Graded], sources: bool, with_key: bool) -> str:
    there = {"rubrics/": any(g.rubric for g in tasks), "submission/": sources, KEY: with_key}
    return "\n".join(f"  {name:<20}{text}" for name, text in FILES.items() if there.get(name, True))


def wrapped(text: str) -> str:
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _left_out(tasks: Sequence[Graded], with_key: bool) -> str:
    hidden = [f"{g.task.title}: {g.hidden}" for g in tasks if g.hidden]
    return " ".join(
        [
            "It leaves out what nobody is given: the labels of test data and what other students handed in.",
            *([] if with_key else [NO_KEY]),
            *([*hidden, "What only hidden criteria read is left out with them."] if hidden else []),
        ]
    )


def _again(result: ClassResult, tasks: Sequence[Graded], sources: bool, with_key: bool) -> str:
    able = [g for g in tasks if g.source]
    if not sources or not able:
        return wrapped("Nothing that was handed in could be graded, so there is nothing to train; the card says why.")
    lines = ["  " + line for line in (*_installation(able), *commands(able, with_key=with_key))]
    origin = able[0].origins[0]
    with_ = f"In this folder, with Python {origin.python} and coursework-harness {origin.harness} installed:"
    text = [with_, "\n".join(lines)]
    text.append(
        wrapped(
            f"The marks are then on {AGAIN}/cards/ and in {AGAIN}/results.json, to be compared with card.html and"
            " measurements.json. The same seed on the same type of machine with the same versions gives the same"
            " numbers as far as the line on reproducibility says; another processor or version may differ slightly."
        )
    )
    text.append(wrapped(WITH_KEY if with_key else WITHOUT_KEY))
    if own := [g.task.title for g in able if g.course]:
        text.append(
            wrapped(f"{COURSE} stands for the folder of the course, which brings {', '.join(own)} and its data.")
        )
    if any(g.uneven for g in able):
        text.append(
            wrapped(
                "Some variants were trained under more seeds than others, because one seed left a criterion in doubt;"
                " measurements.json has them all. Compare the values seed by seed."
            )
        )
    if not result.complete:
        text.append(wrapped("Grading was not finished when this was written; what is missing was not run."))
    return "\n\n".join(text)


def commands(tasks: Iterable[Graded], *, with_key: bool = False) -> list[str]:
    """Return the `harness grade` commands: one for all tasks that were trained the same way."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for g in tasks:
        origin = g.origins[0]
        options = ["--profile", g.task.profile, "--backend", origin.backend, "--device", origin.device]
        options += [] if g.uneven else ["--seeds", seeds_option(g.seeds)]
        options += ["--rubrics", "rubrics"] if g.rubric else []
        options += ["--key", KEY] if with_key else []
        options += ["--course", COURSE] if g.course else []
        groups.setdefault(tuple(options), []).append(g.task.task)
    return [
        shlex.join(["harness", "grade", "submission", *_asked(names), *options, "--out", _folder(i)])
        for i, (options, names) in enumerate(groups.items())
    ]


def _asked(names: Iterable[str]) -> list[str]:
    return [word for name in names for word in ("--task", name)]


def _folder(index: int) -> str:
    return AGAIN if index == 0 else f"{AGAIN}-{index + 1}"


def _installation(tasks: Sequence[Graded]) -> list[str]:
    origin = tasks[0].origins[0]
    wanted = [f"{name}=={version}" for name, version in sorted(origin.libraries.items())]
    return [shlex.join(["pip", "install", *wanted]), "harness doctor"]


def _conditions(done: Graded) -> str:
    lines = [("Seeds", ", ".join(map(str, done.seeds))), ("Profile", done.task.profile)]
    for origin in done.origins:
        lines += _facts(origin)
    return "\n".join(f"  {term:<16}{value}" for term, value in dict.fromkeys(lines))


def _facts(origin: Provenance) -> list[tuple[str, str]]:
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(origin.libraries.items()))
    return [
        ("Harness", origin.harness),
        ("Python", origin.python),
        ("Libraries", libraries),
        ("Data", f"{origin.dataset}: {sentence(origin.data_origin)}"),
        ("Data SHA-256", origin.data_sha256),
        *([("Mark of the key", origin.key)] if origin.key else []),
        *(("Data used", line) for line in data_sizes(origin)),
        ("Backend", origin.backend),
        ("Device", ", ".join(filter(None, (origin.device, origin.machine)))),
        ("Reproducibility", origin.reproducibility),
    ]
