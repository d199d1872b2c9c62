"""Principal component analysis as the linear answer an autoencoder has to beat."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_numbers, check_same_example
from harness.scoring.once import once
from harness.scoring.threads import one_thread

EXACT: Final = 2_000  # numbers of an image beyond which components are found by a random projection


def pca_codes(
    train: NDArray[Any], test: NDArray[Any], size: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return training and test codes (n, size), and training and test images rebuilt from them.

    Images are (n, ...) and flattened; components come from the training images (scikit-learn's `PCA`).
    Raises ValueError for images of different shapes, NaN, infinity, and a size that the images do not have.
    """
    check_numbers("training images", train)
    check_numbers("test images", test)
    check_same_example(training_images=train, test_images=test)
    most = min(len(train), int(np.prod(train.shape[1:])))
    if not 1 <= size <= most:
        raise ValueError(f"Expected from 1 to {most} components of these images, received {size}.")
    model = components(train, size)
    codes = [model.transform(rows(a)) for a in (train, test)]
    rebuilt = [model.inverse_transform(c).reshape(a.shape) for c, a in zip(codes, (train, test), strict=True)]
    return codes[0], codes[1], rebuilt[0], rebuilt[1]


@once
def components(train: NDArray[Any], size: int) -> Any:
    """Return scikit-learn's `PCA` of images (n, ...), flattened: exact for small ones.

    Of large ones the exact way takes the cube of their size in time; there components are found by a random projection,
    drawn alike every time. Source: Halko, Martinsson and Tropp, Finding structure with randomness (2011).
    """
    from sklearn.decomposition import PCA

    one_thread()
    flat = rows(train)
    solver = "covariance_eigh" if flat.shape[1] <= EXACT else "randomized"
    return PCA(size, svd_solver=solver, random_state=0).fit(flat)


def rows(images: NDArray[Any]) -> NDArray[np.float32]:
    return images.reshape(len(images), -1).astype(np.float32)
