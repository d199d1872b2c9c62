"""Images drawn without a network: from principal components, and training images moved."""

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_least, check_numbers, check_rows
from harness.scoring.pca import components, rows

CONTRAST: Final = 12.0  # slope of the curve that makes what is grey black or white
MOVED: Final = 2.0  # pixels, either way
TURNED: Final = 10.0  # degrees, either way
Border = Literal["constant", "nearest"]


def pca_drawn(train: NDArray[Any], size: int, codes: NDArray[Any]) -> NDArray[np.float32]:
    """Return images (n, ...) in [0, 1] that standard normal codes (n, size) stand for: the linear counterpart of a VAE.

    Principal components of the training images (m, ...), or as many as there are, each scaled to its variance. Raises
    ValueError for other shapes, NaN and infinity.
    """
    check_numbers("training images", train)
    check_numbers("codes", codes, 2)
    check_least("components", size, 1)
    model = components(train, min(size, *rows(train).shape))
    numbers = codes[:, : model.n_components_] * np.sqrt(np.maximum(model.explained_variance_, 0))
    drawn = np.clip(model.inverse_transform(numbers), 0, 1)
    return np.asarray(drawn.reshape(len(codes), *train.shape[1:]), np.float32)


def pca_drawn_by_class(
    train: NDArray[Any], labels: NDArray[Any], asked: NDArray[Any], codes: NDArray[Any]
) -> NDArray[np.float32]:
    """Return images of the classes `asked` (n,): each from the components of its class, with more contrast.

    `labels` (m,) are those of the training images, codes (n, size) standard normal. A class without training images
    stays black. Raises ValueError for labels that do not fit, NaN and infinity.
    """
    check_integers("labels", labels)
    check_integers("classes asked for", asked)
    check_rows(training_images=train, labels=labels)
    check_rows(classes_asked_for=asked, codes=codes)
    check_numbers("training images", train)
    check_numbers("codes", codes, 2)
    drawn = np.zeros((len(asked), *train.shape[1:]), np.float32)
    for label in np.unique(asked):
        if np.any(labels == label):
            drawn[asked == label] = pca_drawn(train[labels == label], codes.shape[1], codes[asked == label])
    return np.where(drawn > 0, 1 / (1 + np.exp(-CONTRAST * (drawn - 0.5))), 0).astype(np.float32)


def moved(images: NDArray[Any], seed: int, border: Border = "constant") -> NDArray[np.float32]:
    """Return images (n, h, w, c), each moved by up to two pixels and turned by up to ten degrees, drawn by a seed.

    What comes in from beyond the `border` is black, or as the pixel nearest to it.

    Raises ValueError for other shapes, NaN and infinity.
    """
    from scipy.ndimage import affine_transform

    check_numbers("images", images, 4)
    rng, middle = np.random.default_rng(seed), (np.array(images.shape[1:3]) - 1) / 2
    found = []
    for image in images.astype(np.float32):
        shift, angle = rng.uniform(-MOVED, MOVED, 2), np.deg2rad(rng.uniform(-TURNED, TURNED))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        start = middle - turn @ middle + shift
        found.append(
            [affine_transform(channel, turn, start, order=1, mode=border) for channel in np.moveaxis(image, 2, 0)]
        )
    return np.clip(np.moveaxis(np.array(found), 1, 3), 0, 1).astype(np.float32)
