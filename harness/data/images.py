"""A folder of images with a folder for each class: read in the order of their names, all of one size."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

import numpy as np
from PIL import Image

from harness.data.parts import NAMES, Part, Parts
from harness.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg")
FORMATS = ("PNG", "JPEG")
GREY = {"1", "L", "LA"}  # Pillow's modes of at most 8 bits a channel
COLOUR = {"P", "RGB", "RGBA", "CMYK", "YCbCr"}


@dataclass(frozen=True)
class Form:
    """What all images of a set have in common: width and height in pixels, and whether they have colours."""

    size: tuple[int, int]
    mode: Literal["L", "RGB"]


def is_image_folder(folder: Path) -> bool:
    """Return whether there are images in the folders of `folder`, or in those of its folder `train`."""
    tops = [top for top in (folder, folder / "train") if top.is_dir()]
    try:
        return any(is_image(file) for top in tops for inner in inner_folders(top) for file in inner.iterdir())
    except OSError:  # a folder that nobody else may look into is none
        return False


def read_images(folder: Path) -> tuple[Parts, tuple[str, ...]]:
    """Return images, uint8 (n, height, width, 1 or 3), with labels, int64 (n,), and the names of the classes.

    `folder` holds a folder of PNG or JPEG files for each class, or folders `train`, and if wanted `val` and `test`,
    that hold those. Classes are in the order of their names, of their numbers where all are numbers. If all images are
    grey they have one channel, otherwise three. Raises DataError that names the file which cannot be used.
    """
    try:
        tops = _tops(folder)
        names = _class_names(tops["train"])
        files = {part: list(_files(folder, top, names)) for part, top in tops.items()}
    except OSError as error:
        raise DataError(f"{folder.name}/ cannot be listed ({error.strerror}); make its folders readable.") from error
    form = _form(folder, [file for found in files.values() for file, _ in found])
    parts = {part: _read(folder, found, form) for part, found in files.items()}
    return Parts(parts["train"], parts.get("test"), parts.get("val")), names


def is_image(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".")


def inner_folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))]


def _wrong(folder: Path, file: Path, what: str) -> NoReturn:
    raise DataError(f"{file.relative_to(folder.parent).as_posix()}: {what}.")


def _tops(folder: Path) -> dict[str, Path]:
    """Return, by part, the folders that hold folders of classes."""
    inner = {path.name: path for path in inner_folders(folder)}
    if "train" not in inner:
        return {"train": folder}
    if other := sorted(inner.keys() - set(NAMES)):
        _wrong(folder, folder, f"expected nothing beside train, val and test, received {other[0]}; move it into these")
    return inner


def _class_names(top: Path) -> tuple[str, ...]:
    names = [path.name for path in inner_folders(top)]
    return tuple(sorted(names, key=int) if all(map(str.isdecimal, names)) else sorted(names))


def _files(folder: Path, top: Path, names: Sequence[str]) -> Iterator[tuple[Path, int]]:
    """Yield every image below `top` with the number of its class."""
    if differing := sorted({path.name for path in inner_folders(top)} ^ set(names)):
        _wrong(
            folder, top, f"expected the same classes in every part, but {differing[0]} is not in all; add or move it"
        )
    if loose := sorted(file for file in top.iterdir() if is_image(file)):
        _wrong(folder, loose[0], "expected every image in the folder of its class; move it into one")
    for label, name in enumerate(names):
        found = sorted(file for file in (top / name).iterdir() if not file.name.startswith("."))
        if not found:
            _wrong(folder, top / name, "expected images of this class, received none; add some or remove the folder")
        for file in found:
            if not is_image(file):
                _wrong(folder, file, f"expected images only ({', '.join(SUFFIXES)}); take it out or save it as one")
            yield file, label


@contextmanager
def _opened(folder: Path, file: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(file, formats=FORMATS) as image:
            yield image
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        _wrong(folder, file, "cannot be read as a PNG or JPEG image; save it again or take it out")


def _form(folder: Path, files: Sequence[Path]) -> Form:
    """Return the form of all images from the head of each file."""
    size, modes = None, set[str]()
    for file in files:
        with _opened(folder, file) as image:
            size = size or image.size
            if image.size != size:
                expected, received = ("{} × {}".format(*pair) for pair in (size, image.size))
                first = files[0].relative_to(folder.parent).as_posix()
                _wrong(
                    folder, file, f"expected {expected} pixels like {first}, received {received}; make all of one size"
                )
            if image.mode not in GREY | COLOUR:
                _wrong(folder, file, f"expected 8 bits a channel, received Pillow's mode {image.mode}; save it with 8")
            modes.add(image.mode)
    return Form(size or (0, 0), "L" if modes <= GREY else "RGB")


def _read(folder: Path, found: Sequence[tuple[Path, int]], form: Form) -> Part:
    width, height = form.size
    x = np.empty((len(found), height, width, len(form.mode)), np.uint8)
    for row, (file, _) in zip(x, found, strict=True):
        with _opened(folder, file) as image:
            if image.has_transparency_data and np.asarray(image.convert("RGBA"))[..., 3].min() < 255:
                _wrong(folder, file, "expected no transparency, received some; save it on a background")
            row[:] = np.asarray(image.convert(form.mode)).reshape(row.shape)
    return x, np.array([label for _, label in found], np.int64)
