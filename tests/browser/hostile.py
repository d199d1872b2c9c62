"""A small class in which everything a student can write tries to be more than text, with every kind of figure drawn."""

from functools import cache

import numpy as np
from report.conftest import (
    make_class,
    make_criterion,
    make_fault,
    make_finding,
    make_measurement,
    make_student,
    make_task,
)

from harness.grading.difference import Difference, difference
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.grading.separation import Expected, Role, Separation, separate
from harness.records.models import Status
from harness.report.drawing.figures import DrawnFigure, drawn
from harness.task import Figure

RUN = "window.broken=1;alert(1)"  # what a page that lets a word be code would do
ATTACKS = {
    "script": f"<script>{RUN}</script>",
    "picture": f'"><img src=x onerror="{RUN}">',
    "ends-script": f"</script></style></title></textarea><script>{RUN}</script>",
    "link": f"javascript:{RUN}",
    "anchor": f"<a href='javascript:{RUN}' id=injected>click</a>",
    "handler": f"' autofocus onfocus='{RUN}' x='",
    "svg": f"<svg onload={RUN}><foreignObject><body onload={RUN}>",
    "template": "{{ 7 * 7 }} {% raw %} %(name)s ${7*7}",
    "right-to-left": "Ada \u202egnp.exe\u202c \u2066hidden\u2069",
    "long": "W" * 400,
    "emoji": "👩🏽‍🔬 Zoë Ølsen-Ñandú 日本語 عربى",
    "blank": "\u200b\ufeff",
}
EVERYTHING = "".join(ATTACKS.values())
TASKS = {"autoencoder": "Autoencoders", "network_training": "Training a network"}


@cache
def hostile_class(size: int = 0) -> ClassResult:
    """Return a class of a student per attack and three ordinary ones, or of at least `size`."""
    students = [attacker(slug, text) for slug, text in ATTACKS.items()]
    students += [ordinary("Ada Lovelace", 30.0), ordinary("Emmy Noether", 12.5), nobody()]
    students += [ordinary(f"Student {i:04}", i % 61 / 2) for i in range(len(students), size)]
    return make_class(*students, title=EVERYTHING[:120], complete=False)


def attacker(slug: str, text: str) -> StudentResult:
    """Return a student who writes `text` wherever a student, or a course of ill will, can write."""
    criterion = make_criterion(text=text, reason=text, hint=text, certainty=text, unit="", comment=text)
    by_hand = make_criterion(id="words", manual=True, earned=None, value=None, values=[], text=text)
    stopped = make_measurement(
        variant=text[:40], seed=1, fault=make_fault(message=f"ValueError: {text}"), measures={}, key=slug
    )
    work = make_task(
        title=TASKS["autoencoder"],
        criteria=[criterion, by_hand],
        findings=[make_finding(title=text, evidence=text, next_step=text)],
        measurements=[make_measurement(key=f"{slug}-1"), stopped],
    )
    broken = make_task(
        task="network_training",
        title=TASKS["network_training"],
        status=Status.STUDENT_ERROR,
        fault=make_fault(message=text),
        criteria=[make_criterion(id="level", status=Status.STUDENT_ERROR, earned=0.0, value=None, values=[])],
        measurements=[],
    )
    return make_student(text, slug=slug, notes=[text], tasks=[work, broken])


def ordinary(name: str, earned: float) -> StudentResult:
    tasks = [graded(task, title, earned) for task, title in TASKS.items()]
    return make_student(name, slug=name.lower().replace(" ", "-"), tasks=tasks)


def graded(task: str, title: str, earned: float) -> TaskResult:
    passed = earned >= 30
    status = Status.PASSED if passed else Status.FAILED
    criteria = [
        make_criterion(earned=earned, status=status, interval=(0.024, 0.03), published=[0.0068]),
        make_criterion(id="missed", text="A second one.", earned=0.0, value=0.09, values=[0.09], points=10),
        make_criterion(id="secret", text="A hidden one.", hidden=True, earned=5.0, points=5, status=Status.PASSED),
        make_criterion(id="words", text="The report says why.", manual=True, earned=None, value=None, values=[]),
    ]
    measured = [
        make_measurement(task=task, variant=v, seed=s, key=f"{v}{s}") for v in ("conv", "dense") for s in (1, 2, 3)
    ]
    return make_task(task=task, title=title, status=status, criteria=criteria, measurements=measured)


def nobody() -> StudentResult:
    return make_student("Nobody Yet", slug="nobody-yet", fault=make_fault(kind="intake"), tasks=[])


@cache
def figures() -> tuple[DrawnFigure, ...]:
    """Return a figure of every kind, drawn as for a card, with hostile labels and texts."""
    rng = np.random.default_rng(3)
    epochs = [1 / (i + 1) for i in range(30)]
    curve = {"loss": epochs, "val_loss": [e + 0.01 * i for i, e in enumerate(epochs)], "accuracy": epochs[::-1]}
    truth = ([float(i) for i in range(24)], [float(i % 12) for i in range(24)])
    data = {
        "curves": {"panels": {"conv": curve, EVERYTHING[:60]: curve}},
        "matrix": {"counts": rng.integers(0, 90, (10, 10)), "classes": [t[:12] for t in ATTACKS.values()][:10]},
        "images": {"rows": {"original": rng.random((10, 28, 28)), EVERYTHING[:30]: rng.random((10, 28, 28, 3))}},
        "scatter": {
            "points": rng.normal(size=(500, 2)), "labels": np.arange(500) % 4, "classes": ["a", "</svg>", "b", "c"]
        },
        "lines": {
            "panels": {"A series": {"truth": truth, "<b>forecast</b>": truth}}, "x": "month", "y": "k", "truth": "truth"
        },
        "texts": {"rows": {kind: {"0.5": text, "1.0": EVERYTHING} for kind, text in ATTACKS.items()}},
    }  # fmt: skip
    return tuple(
        drawn(Figure(kind=kind, title=f"A figure of {kind}", text=EVERYTHING, data=of))  # type: ignore[arg-type]
        for kind, of in data.items()
    )


def hostile_difference() -> Difference:
    """Return what another rubric would change, for every student of the class."""
    before = hostile_class()
    return difference(before, before.model_copy(update={"students": [_raised(s) for s in before.students]}))


def _raised(student: StudentResult) -> StudentResult:
    if not student.tasks:
        return student
    first, *rest = student.tasks
    changed = first.criteria[0].model_copy(update={"earned": 29.0, "target": 0.022})
    task = first.model_copy(update={"criteria": [changed, *first.criteria[1:]], "earned": first.earned + 1})
    return student.model_copy(update={"tasks": [task, *rest]})


def hostile_separation() -> Separation:
    """Return a preflight over the class, every attack a mistake that ought to be told."""
    students = [s.model_copy(update={"name": s.slug}) for s in hostile_class().students if s.tasks]
    roles = {"ada-lovelace": Role.REFERENCE, "emmy-noether": Role.TEMPLATE}
    expected = [
        Expected(
            name=s.slug,
            task="autoencoder",
            role=roles.get(s.slug, Role.FLAWED),
            mistake=ATTACKS.get(s.slug, ""),
            loses=[] if s.slug in roles else ["conv-reconstruction"],
        )
        for s in students
    ]
    return separate(hostile_class().model_copy(update={"students": students}), expected)
