"""Photographs of faces, as they lie in the data folder: CelebA in its own layout, any folder of images, or an npz file.

Every image is cut to its middle, a square, and brought to 64 × 64 pixels. CelebA (Liu et al., 2015) is for research
that earns nothing, and nobody may download it for others.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from harness.data.base import Dataset, Sizes
from harness.data.folders import DataFolder, Folders, place_for
from harness.data.images import FORMATS, is_image
from harness.data.key import Key
from harness.data.loader import Where
from harness.data.npz import read_npz
from harness.data.parts import Parts, dataset, divide
from harness.data.tree import Tree, locate_tree
from harness.errors import DataError

NAMES: Final = ("img_align_celeba", "faces")  # a folder or a zip each, CelebA's own name first
FILE: Final = "faces.npz"
SIDE: Final = 64  # pixels
LEAST: Final = 20  # images: fewer leave nothing to test by


@dataclass(frozen=True)
class Faces:
    """Images float32 in [0, 1] of shape (n, 64, 64, 1 or 3), without classes: three channels unless all are grey.

    All there are unless sizes are asked for; of ten images one is for tests. `y` is the place of an image in the order
    of names, float32 (n,).
    """

    def where(self, folders: Folders) -> Where:
        found = located(folders)
        return found[1].called if found else "nowhere"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        found = located(folders)
        if found is None:
            place = place_for(f"CelebA's {NAMES[0]}.zip, a folder faces with images, or {FILE},", folders)
            raise DataError(f"There are no photographs of faces on this computer; {place}.")
        path, folder = found
        images = of_npz(path) if path.name == FILE else of_tree(path)
        if len(images) < LEAST:
            raise DataError(f"{path.name}: expected {LEAST} images of faces or more, found {len(images)}; add some.")
        own = Sizes(val=0, test=max(1, len(images) // 10))
        parts = Parts((images, np.arange(len(images), dtype=np.float32)))
        origin = f"{len(images):,} photographs of {path.name} in {folder.words}"
        return dataset("faces", divide(parts, sizes, own, key), (), origin, parts.published, key)


def located(folders: Folders) -> tuple[Path, DataFolder] | None:
    """Return what holds the faces, and the data folder that it lies in."""
    trees = (locate_tree(name, folders) for name in NAMES)
    files = ((folder.path / FILE, folder) for folder in folders if (folder.path / FILE).is_file())
    return next((found for found in (*trees, *files) if found), None)


def of_tree(path: Path) -> NDArray[np.uint8]:
    """Return the images of a folder or zip, uint8 (n, 64, 64, 1 or 3), in the order of their names.

    Raises DataError that names the file at fault.
    """
    with Tree.of(path, path.stem) as tree:
        names = [name for name in tree.names if is_image(Path(name)) and not name.startswith("__")]
        return stacked([opened(tree, name) for name in names])


def opened(tree: Tree, name: str) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(tree.read(name)), formats=FORMATS) as image:
            return cut(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{tree.shown}: {name} cannot be read as a PNG or JPEG image; take it out.") from error


def of_npz(path: Path) -> NDArray[np.uint8]:
    """Return `images` of an npz file, uint8 (n, h, w) or (n, h, w, 1 or 3), as `of_tree` does."""
    images = read_npz(path, path.name, ("images",))["images"]
    channels = images.shape[3:] or (1,)
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or channels not in ((1,), (3,)):
        raise DataError(
            f"{path.name}: expected images as uint8 (n, h, w) or (n, h, w, 1 or 3), received {images.dtype} of shape"
            f" {images.shape}; write the file anew."
        )
    return stacked([cut(Image.fromarray(one[..., 0] if one.shape[2:] == (1,) else one)) for one in images])


def cut(image: Image.Image) -> NDArray[np.uint8]:
    """Return the middle of an image, a square of its shorter side, as (64, 64) where it is grey, else (64, 64, 3)."""
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    shown = image.convert("L" if image.mode in {"1", "L", "LA"} else "RGB")
    return np.asarray(shown.resize((SIDE, SIDE), Image.Resampling.BOX, (left, top, left + side, top + side)))


def stacked(images: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return images as one array (n, 64, 64, 1 or 3); where some have colours, grey ones have three equal channels."""
    if all(one.ndim == 2 for one in images):
        return np.array(images, np.uint8).reshape(-1, SIDE, SIDE, 1)
    return np.stack([one if one.ndim == 3 else np.repeat(one[..., None], 3, axis=2) for one in images])


DATASET = Faces()
