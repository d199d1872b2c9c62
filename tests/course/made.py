"""Courses that tests make: the toy task as a course's own, and the one that `harness course new` writes."""

from pathlib import Path

import numpy as np
import toy

from harness.course.found import Course, read_course

TASK = '''"""The toy, as a task of a course."""

from dataclasses import replace

import toy

TASK = replace(toy.TASK, name="{name}"{more})
'''


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_course(folder: Path, says: str = "name: Deep Learning\n", name: str = "own", more: str = "") -> Path:
    """Write a course with one task of its own that is the toy by another name; return its folder."""
    write(folder / "course.yaml", says)
    write(folder / "tasks" / f"{name}.py", TASK.format(name=name, more=more))
    write(folder / "reference_models" / f"{name}.py", f'"""Reference."""\n{toy.GOOD}')
    write(folder / "student_template" / f"{name}.py", f'"""Template. TODO: all of it."""\n{toy.UNTRAINABLE}')
    write(folder / "rubrics" / f"{name}.yaml", toy.RUBRIC.replace("toy@1", f"{name}@1"))
    return folder


def course(folder: Path, says: str = "name: Deep Learning\n", name: str = "own", more: str = "") -> Course:
    return read_course(write_course(folder, says, name, more), named=True)


def arrays_below(folder: Path) -> list[np.ndarray]:
    """Return every array of every npz file below a folder."""
    found = []
    for path in folder.rglob("*.npz"):
        with np.load(path) as stored:
            found += [stored[name] for name in stored.files]
    return found
