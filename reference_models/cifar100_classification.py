"""Reference for cifar100_classification: blocks of convolution with batch normalisation, which few images can teach.

Augmentation is what they gain most from: digits are moved, turned and resized a little, photographs mirrored and moved.
Photographs need a larger network than digits: two convolutions a block, four times as many filters. Weight decay and
a learning rate that falls to zero are the same in every variant.
"""

import keras
from keras import layers

FILTERS = (16, 32, 64)
LARGER = 4  # times as many for photographs, which have three channels
MOMENTUM = 0.9  # the default 0.99 needs more steps than a short training has to settle its averages
DROPPED = 0.25
DECAY = 0.05
RATE = 0.003


def augment(photographs: bool) -> list[layers.Layer]:
    """Layers that act while training only; they come first, so that the network sees changed images."""
    if photographs:
        return [layers.RandomFlip("horizontal"), layers.RandomTranslation(0.1, 0.1)]
    return [
        layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        layers.RandomRotation(0.05, fill_mode="constant"),
        layers.RandomZoom(0.1, fill_mode="constant"),
    ]


def build_model(input_shape, num_classes, budget, steps, augmentation, dropout) -> keras.Model:
    """Return the compiled classifier of the task's contract.

    It has 29,402 parameters for digits and 1.2 million for photographs, whatever the budget.
    """
    photographs = input_shape[-1] == 3
    convolutions, times = (2, LARGER) if photographs else (1, 1)
    stack = [keras.Input(input_shape), *(augment(photographs) if augmentation else [])]
    for filters in FILTERS:
        for _ in range(convolutions):
            stack += [layers.Conv2D(times * filters, 3, padding="same", use_bias=False)]
            stack += [layers.BatchNormalization(momentum=MOMENTUM), layers.ReLU()]
        stack += [layers.MaxPooling2D()]
    stack += [layers.GlobalAveragePooling2D() if photographs else layers.Flatten()]
    if dropout:
        stack += [layers.Dropout(DROPPED)]
    model = keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])
    rate = keras.optimizers.schedules.CosineDecay(RATE, steps)
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=DECAY),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
