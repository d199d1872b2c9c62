"""Layers that change images while training only."""

from keras import layers

SHIFT = 0.2  # of height and width
TURN = 0.2  # of a full circle
ZOOM = 0.3


def augmentation_layers(kind):
    """Return the layers for "none", "soft" or "hard"."""
    soft = [layers.RandomTranslation(SHIFT, SHIFT, fill_mode="constant")]
    hard = [layers.RandomRotation(TURN, fill_mode="constant"), layers.RandomZoom(ZOOM, fill_mode="constant")]
    return {"none": [], "soft": soft, "hard": soft + hard}[kind]
