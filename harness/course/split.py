"""What students may have of a course's data set: its training part, with a split of its own, and no hidden label."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.course.course_file import Split
from harness.data.base import Sizes
from harness.data.examples import read_examples
from harness.data.images import read_images
from harness.data.key import PRACTICE
from harness.data.parts import Part, draw, halves
from harness.errors import DataError
from harness.records.files import writing
from harness.task import Profile, Task

Arrays = Mapping[str, NDArray[Any]]
SHARE = 5  # one example of so many is set apart for testing, and one for validation where there is no such part


@dataclass(frozen=True)
class Sample:
    """A data set for students, and how many examples of each part a self-check can have of it."""

    arrays: Arrays
    split: Split


def sample_of(path: Path) -> Sample:
    """Return what students may have of the data set at `path`, an npz file or a folder of images.

    Its test part stays behind; where it has none, the half that classes are tested with stays behind. What is left is
    divided again. Raises DataError where the set cannot be read or divided.
    """
    parts, classes = read_images(path) if path.is_dir() else read_examples(path)
    x, y = parts.train
    known = halves(y, PRACTICE)[0] if parts.test is None else np.arange(len(y))
    part: Part = (x[known], y[known])
    least = max(len(classes), 1)
    if len(known) < 3 * least:
        raise DataError(
            f"Expected more examples to hand out of {path.name}, received {len(known):,} that are for training only;"
            " give the set a test part of its own."
        )
    test, part = draw(part, max(len(known) // SHARE, least), "test", PRACTICE)
    val, part = (
        (parts.val, part) if parts.val is not None else draw(part, max(len(known) // SHARE, least), "val", PRACTICE)
    )
    arrays = {"x_train": part[0], "y_train": part[1], "x_val": val[0], "y_val": val[1], "x_test": test[0]}
    named = {"classes": np.array(classes)} if classes else {}
    drawable = len(halves(test[1], PRACTICE)[0])  # a self-check draws from the half for practice, here as anywhere
    split = Split(train=float(len(part[1])), val=float(len(val[1])), test=float(drawable))
    return Sample({**arrays, "y_test": test[1], **named}, split)


def save(file: Path, arrays: Arrays) -> None:
    """Write arrays to an npz file."""
    with writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(packed(arrays))


def packed(arrays: Arrays) -> bytes:
    """Return the content of an npz file of these arrays."""
    out = BytesIO()
    np.savez_compressed(out, **dict(arrays))  # type: ignore[arg-type]  # keywords are the names of arrays
    return out.getvalue()


def fitted(task: Task, splits: Mapping[str, Split]) -> Task:
    """Return a task whose profiles ask no more of a set than a handout holds."""
    tiny = _fitted(task.tiny, splits) if task.tiny else None
    return replace(task, profiles={name: _fitted(p, splits) for name, p in task.profiles.items()}, tiny=tiny)


def _fitted(profile: Profile, splits: Mapping[str, Split]) -> Profile:
    def fit(name: str, sizes: Sizes) -> Sizes:
        split = splits.get(name)
        return replace(sizes, **{p: min(n, int(getattr(split, p))) for p, n in sizes.asked()}) if split else sizes

    further = {key: replace(more, sizes=fit(more.dataset, more.sizes)) for key, more in profile.further.items()}
    return replace(profile, sizes=fit(profile.dataset, profile.sizes), further=further)
