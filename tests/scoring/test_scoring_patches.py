"""The classifier that the harness fits to patches: it reads what tells classes apart, and is the same each time."""

import numpy as np
import pytest

from harness.scoring.patches import classify_patches, normalised, patch_classifier


def striped(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures with stripes across, down, or none, at a random place, under noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    phase = rng.integers(4, size=n)
    wave = np.sin((np.arange(12) + phase[:, None]) * np.pi / 2)
    images = rng.random((n, 12, 12, 3)) * 0.3 + 0.35
    images += 0.3 * np.where(labels == 0, 1, 0)[:, None, None, None] * wave[:, :, None, None]
    images += 0.3 * np.where(labels == 1, 1, 0)[:, None, None, None] * wave[:, None, :, None]
    return np.clip(images, 0, 1).astype(np.float32), labels


def test_it_reads_stripes_wherever_they_lie_and_is_named_by_what_it_learnt() -> None:
    model = patch_classifier(*striped(120, 0))
    images, labels = striped(60, 1)
    logits = classify_patches(model, images)
    assert logits.shape == (60, 3) and np.isfinite(logits).all()
    assert np.mean(logits.argmax(axis=1) == labels) > 0.95
    assert patch_classifier(*striped(120, 0)).name == model.name
    assert patch_classifier(*striped(120, 2)).name != model.name


def test_of_two_classes_it_answers_for_both() -> None:
    images, labels = striped(90, 0)
    logits = classify_patches(patch_classifier(images[labels < 2], labels[labels < 2]), images[:6])
    assert logits.shape == (6, 2)


def test_patches_have_mean_0_and_variance_about_1_and_flat_ones_stay_flat() -> None:
    rows = normalised(np.vstack([np.random.default_rng(0).random(108), np.full(108, 0.7)]).astype(np.float32))
    assert rows.mean(axis=1) == pytest.approx(0, abs=1e-5)
    assert rows[0].var() == pytest.approx(1, abs=0.2)
    assert rows[1] == pytest.approx(0, abs=1e-5)


def test_pictures_smaller_than_a_patch_are_refused() -> None:
    with pytest.raises(ValueError, match="height and width of at least 8"):
        patch_classifier(np.zeros((4, 6, 6, 1)), np.arange(4) % 2)
