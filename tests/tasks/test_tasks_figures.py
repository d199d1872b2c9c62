"""Figures of every task: each kind of picture is there, told in words and numbers, and older records still do.

A card with all of them is small enough for an e-mail.
"""

import pickle
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from report.conftest import make_measurement, make_student, make_task
from tasks.recorded import pictures, recorded, task_data

from harness import tasks as tasks_package
from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure, drawn
from harness.report.drawing.vetted import is_drawn
from harness.report.pages import render_card
from harness.task import Figure, Recorded
from harness.tasks import find, names

PROFILES = ("quick", "full")
LARGEST = 1_500_000  # bytes
OF_ALL = 5_000_000  # bytes of a card with all fifteen tasks, which an e-mail still takes
SEEDS = 10
LATER = ("confusion", "confused_pairs", "confused_images", "classes")  # evidence that older records lack
ALWAYS = {
    "network_training": ("confusion",),
    "cifar100_classification": ("confusion",),
    "text_embeddings": ("confusion",),
}

# What the card is to show of each task, by kind of picture.
SHOWN = {
    "network_training": {"Learning curves", "Confusion matrix", "Worst confusions"},
    "autoencoder": {
        *("Learning curves", "Rebuilt images", "Codes of conv in the plane"),
        *("What the codes confuse", "Worst confusions"),
    },
    "image_generation": {
        *("Learning curves of the VAEs", "Learning curves of the GANs", "Samples", "Samples of cgan_10 by class"),
        *("Samples of vae_20_deep by class", "Asked for and seen", "Worst confusions", "Rebuilt images"),
        "Latent plane of vae_2",
    },
    "face_generation": {
        *("Learning curves of the VAEs", "Learning curves of the GANs", "Samples", "Interpolation", "Rebuilt images"),
    },
    "hyperparameter_tuning": {
        *("The best candidates", "Accuracy by setting", "Accuracy against learning_rate", "The cost of the search"),
        "Learning curves",
    },
    "cifar100_classification": {
        *("Learning curves", "Confusion matrix", "Worst confusions", "Superclasses", "Accuracy by superclass"),
        "Worst confusions between superclasses",
    },
    "pegasus": {
        *("Best blends", "Blends of autoencoder by weight", "Blends of vae by weight", "Scores by weight"),
        *("Codes of autoencoder in the plane", "Codes of vae in the plane", "Rebuilt images", "Learning curves"),
    },
    "text_generation": {"Learning curves", "BLEU against temperature", "Texts by temperature"},
    "reinforcement_learning": {"Training returns", "Returns of held-out episodes"},
    "clock_reading": {"Learning curves", "Error by hour", "Error by true time", "Worst clocks"},
    "colorization": {"Learning curves", "Grey, true and coloured", "Vividness against error"},
    "text_embeddings": {
        *("Learning curves", "Confusion matrix", "Two sentences of the same words", "Nearest words"),
    },
    "rnn_regression": {"Learning curves", "Forecasts", "Forecasts by window", "Forecasts of firms"},
}


def titles(figures: tuple[Figure, ...]) -> set[str]:
    return {figure.title for figure in figures}


def test_whatever_stands_in_the_room_is_a_task() -> None:
    """Nothing of one task lies in a folder that several share."""
    folder = Path(tasks_package.__file__).parent
    assert {m.name for m in pkgutil.iter_modules([str(folder)])} == {*names()}
    assert all((folder / name / "task.py").is_file() or (folder / f"{name}.py").is_file() for name in names())


@pytest.fixture(scope="module", params=[(name, profile) for name in names() for profile in PROFILES], ids="-".join)
def of_task(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A task and a profile, one after the other, so that what is drawn of them is drawn once."""
    name, profile = request.param
    return name, profile


def test_every_picture_is_told_in_words_and_numbers(of_task: tuple[str, str]) -> None:
    name, profile = of_task
    figures = find(name).figures(recorded(name, profile))
    assert titles(figures) >= SHOWN.get(name, set())
    for figure, made in zip(figures, pictures(name, profile), strict=True):
        assert figure.text.endswith("."), "a sentence"
        assert made.table or is_drawn(made.svg)
        assert bool(made.numbers) == (figure.kind in ("curves", "matrix", "scatter", "lines"))


def test_a_card_stays_small_even_with_pictures_of_noise(of_task: tuple[str, str]) -> None:
    name, profile = of_task
    page = whole_card({name: [*pictures(name, profile)]})
    assert "<svg" in page
    assert "left out" not in page
    assert len(page.encode()) < LARGEST


@pytest.mark.parametrize("profile", PROFILES)
def test_so_does_the_card_of_a_student_who_handed_in_every_task(profile: str) -> None:
    page = whole_card({name: [*pictures(name, profile)] for name in names()})
    assert len(page.encode()) < OF_ALL


def whole_card(figures: dict[str, list[DrawnFigure]]) -> str:
    """Return a card with these figures and every variant measured under ten seeds."""
    tasks = [
        make_task(
            task=name,
            title=find(name).title,
            measurements=[
                make_measurement(task=name, variant=v.name, seed=seed)
                for v in find(name).variants
                for seed in range(SEEDS)
            ],
        )
        for name in figures
    ]
    return render_card(make_student(tasks=tasks), ClassFacts("Class"), revealed=False, figures=figures)


@pytest.mark.parametrize("name", names())
def test_records_of_before_are_shown_without_what_they_lack(name: str) -> None:
    lacking = [key for key in LATER if key not in ALWAYS.get(name, ())]
    runs = {
        key: replace(run, evidence={k: v for k, v in run.evidence.items() if k not in lacking})
        for key, run in recorded(name).items()
    }
    figures = find(name).figures(runs)
    assert titles(figures) >= SHOWN.get(name, set()) - {
        *("What the codes confuse", "Worst confusions", "Asked for and seen")
    }
    assert "Worst confusions" not in titles(figures)
    complete = {pickle.dumps(figure.data) for figure in find(name).figures(recorded(name))}
    for figure in figures:
        if pickle.dumps(figure.data) not in complete:
            drawn(figure)


def of(runs: Mapping[str, Recorded], task: str, title: str) -> Figure:
    return next(figure for figure in find(task).figures(runs) if figure.title == title)


def test_images_of_the_worst_pairs_are_those_that_were_confused() -> None:
    runs = recorded("network_training", "full")
    matrix = of(runs, "network_training", "Confusion matrix").data
    rows = of(runs, "network_training", "Worst confusions").data["rows"]
    counts = np.array(matrix["counts"])
    wrong = counts - np.diag(np.diag(counts))
    true, taken = np.unravel_index(wrong.argmax(), wrong.shape)
    classes = matrix["classes"]
    label = f"{classes[true]} taken for {classes[taken]} ({wrong.max()} of {counts[true].sum()})"
    assert classes[0] == "airplane", "the data's own names"
    assert next(iter(rows)) == label
    assert 3 <= len(rows) <= 4
    truth = task_data("network_training", "full").arrays
    of_class = truth["x_test"][truth["y_test"] == true]
    for image in rows[label]:
        assert np.abs(of_class - image).reshape(len(of_class), -1).max(axis=1).min() <= 0.5 / 255 + 1e-6


def test_a_network_without_mistakes_has_no_worst_pairs() -> None:
    runs = recorded("network_training")
    perfect = {
        "confusion": np.diag(np.full(10, 350)),
        "confused_pairs": np.zeros((0, 2), np.int64),
        "confused_images": np.zeros((0, 8, 28, 28, 1), np.uint8),
    }
    figures = find("network_training").figures({k: replace(r, evidence=perfect) for k, r in runs.items()})
    assert "Worst confusions" not in titles(figures)
    assert "Confusion matrix" in titles(figures)


def test_a_forecaster_is_shown_without_the_others() -> None:
    """A student whose other variants failed still gets pictures of the one that ran."""
    runs = recorded("rnn_regression")
    figures = find("rnn_regression").figures({"window_12": runs["window_12"]})
    assert titles(figures) == SHOWN["rnn_regression"]
