"""Data sets as an instructor would bring them: small npz files and folders of images."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def examples(**changes: Any) -> dict[str, Any]:
    """Return the arrays of a good file: 60 and 30 grey images of three classes. None takes an array out."""
    chance = np.random.default_rng(0)
    good = {
        "x_train": chance.integers(0, 256, (60, 8, 6), dtype=np.uint8),
        "y_train": np.arange(60) % 3,
        "x_test": chance.integers(0, 256, (30, 8, 6), dtype=np.uint8),
        "y_test": np.arange(30) % 3,
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


def write_npz(folder: Path, name: str = "shapes", **changes: Any) -> Path:
    folder.mkdir(exist_ok=True)
    np.savez(folder / f"{name}.npz", **examples(**changes))
    return folder


def write_image(file: Path, mode: str = "L", size: tuple[int, int] = (6, 8), value: int = 100) -> Path:
    """Write an image of one value; `size` is width and height."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, value if mode in ("L", "1", "P", "I;16") else (value,) * len(mode)).save(file)
    return file


def write_images(top: Path, classes: tuple[str, ...] = ("circle", "square"), each: int = 10, mode: str = "L") -> Path:
    """Write `each` images of each class, all different, into folders of `top`."""
    for c, name in enumerate(classes):
        for i in range(each):
            write_image(top / name / f"{i:03}.png", mode, value=20 * c + i)
    return top
