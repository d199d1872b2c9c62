"""CIFAR-100: 60,000 small photographs of a hundred classes, five to a superclass (Krizhevsky 2009)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.downloadable import Downloadable, Raw
from harness.data.folders import Folders
from harness.data.loader import Where
from harness.errors import DataError

CLASSES = (
    *("apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle"),
    *("bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle"),
    *("chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur"),
    *("dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard"),
    *("lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain"),
    *("mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree"),
    *("plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket"),
    *("rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider"),
    *("squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger"),
    *("tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm"),
)
SUPERCLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "aquatic mammals": ("beaver", "dolphin", "otter", "seal", "whale"),
    "fish": ("aquarium_fish", "flatfish", "ray", "shark", "trout"),
    "flowers": ("orchid", "poppy", "rose", "sunflower", "tulip"),
    "food containers": ("bottle", "bowl", "can", "cup", "plate"),
    "fruit and vegetables": ("apple", "mushroom", "orange", "pear", "sweet_pepper"),
    "household electrical devices": ("clock", "keyboard", "lamp", "telephone", "television"),
    "household furniture": ("bed", "chair", "couch", "table", "wardrobe"),
    "insects": ("bee", "beetle", "butterfly", "caterpillar", "cockroach"),
    "large carnivores": ("bear", "leopard", "lion", "tiger", "wolf"),
    "large man-made outdoor things": ("bridge", "castle", "house", "road", "skyscraper"),
    "large natural outdoor scenes": ("cloud", "forest", "mountain", "plain", "sea"),
    "large omnivores and herbivores": ("camel", "cattle", "chimpanzee", "elephant", "kangaroo"),
    "medium-sized mammals": ("fox", "porcupine", "possum", "raccoon", "skunk"),
    "non-insect invertebrates": ("crab", "lobster", "snail", "spider", "worm"),
    "people": ("baby", "boy", "girl", "man", "woman"),
    "reptiles": ("crocodile", "dinosaur", "lizard", "snake", "turtle"),
    "small mammals": ("hamster", "mouse", "rabbit", "shrew", "squirrel"),
    "trees": ("maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"),
    "vehicles 1": ("bicycle", "bus", "motorcycle", "pickup_truck", "train"),
    "vehicles 2": ("lawn_mower", "rocket", "streetcar", "tank", "tractor"),
}
BINARY: Final = "cifar-100-binary"  # the folder in the archive of the same name, from Krizhevsky's page
PICKLED: Final = "cifar-100-python"
SIDE: Final = 32
RECORD: Final = 2 + 3 * SIDE * SIDE  # bytes: superclass, class, then the red, the green and the blue pixels


@dataclass(frozen=True)
class WithBinary(Downloadable):
    """CIFAR-100, which may also lie in a data folder as it was published: `train.bin` and `test.bin` of BINARY."""

    def where(self, folders: Folders) -> Where:
        found = next((folder for folder in folders if self._has(folder.path)), None)
        return found.called if found else super().where(folders)

    def read(self, folders: Folders) -> tuple[Raw, str]:
        """Return what `Downloadable.read` does; the first folder that has either form counts."""
        holder = next((folder for folder in folders if self._has(folder.path)), None)
        pickled = any((folder.path / PICKLED).is_dir() for folder in folders)
        if pickled and self.where(folders) == "would be downloaded":
            raise DataError(
                f"The folder {PICKLED} holds pickles, which are not read, since they can run code; put {BINARY}, the"
                " binary version of CIFAR-100, beside it."
            )
        if holder is None or (holder.path / self.file).is_file():
            return super().read(folders)
        raw: dict[str, NDArray[Any]] = {}
        for part in ("train", "test"):
            raw[f"x_{part}"], raw[f"y_{part}"] = read_binary(holder.path / BINARY / f"{part}.bin")
        return raw, f"{self._amount(raw)}, from {BINARY} in {holder.words}"

    def _has(self, folder: Path) -> bool:
        return (folder / self.file).is_file() or (folder / BINARY).is_dir()


def read_binary(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return images, uint8 (n, 32, 32, 3), and labels, int64 (n,), of a file of the binary version.

    Raises DataError for a file that cannot be read, or whose labels are not those of CIFAR-100.
    """
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise DataError(f"{BINARY}/{path.name} cannot be read ({error.strerror}); unpack the archive again.") from None
    if not data.size or data.size % RECORD:
        raise DataError(
            f"{BINARY}/{path.name}: expected records of {RECORD:,} bytes, received {data.size:,} bytes in all; unpack"
            " the archive again."
        )
    rows = data.reshape(-1, RECORD)
    if rows[:, 1].max() >= len(CLASSES) or not np.array_equal(superclass_of()[rows[:, 1]], rows[:, 0]):
        raise DataError(f"{BINARY}/{path.name}: expected the labels of CIFAR-100, received others; is it CIFAR-10?")
    images = rows[:, 2:].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), rows[:, 1].astype(np.int64)


def superclass_of() -> NDArray[np.int64]:
    """Return the number of the superclass of each class (100,), as the binary version has them: by name."""
    place = {one: i for i, members in enumerate(SUPERCLASSES.values()) for one in members}
    return np.array([place[name] for name in CLASSES], np.int64)


DATASET = WithBinary("cifar100", "CIFAR-100", (SIDE, SIDE, 3), 50_000, 10_000, CLASSES)
