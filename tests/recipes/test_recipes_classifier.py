"""The classifier as a recipe: what a data set must have is told before any student is trained on it."""

from dataclasses import replace

import numpy as np
import pytest
from course.made import write
from recipes.made import dataset

from harness.course.module import load_task
from harness.course.new import STARTS
from harness.errors import DataError
from harness.task import Task


@pytest.fixture
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """The classifier that `harness course new` starts with."""
    text = (STARTS / "classifier" / "task.py.txt").read_text(encoding="utf-8")
    file = tmp_path_factory.mktemp("tasks") / "mine.py"
    return load_task("mine", write(file, text.replace("$name", "mine").replace("$title", "Mine")))


def test_targets_that_are_no_classes_are_the_instructor_s_mistake(task: Task) -> None:
    """One-hot rows or numbers would otherwise stop every student with a layer of no units."""
    numbers = replace(dataset(classes=()), arrays={**dataset().arrays, "y_train": np.zeros((40, 3), np.float32)})
    with pytest.raises(DataError, match=r"of task mine to have classes, .*integers from 0, or take the recipe Regr"):
        task.prepare(numbers, task.profiles["quick"])


def test_a_classifier_needs_examples_to_choose_by(task: Task) -> None:
    with pytest.raises(DataError, match="a validation part, received none; say how large it is"):
        task.prepare(dataset(), task.profiles["quick"])
