"""The labels are made one-hot for a loss that takes them as integers.

Loses: accuracy, top-five, superclass, hardest, budget
Fault: exception
"""

import keras
from keras import layers, losses, ops


def cross_entropy(labels, probabilities):
    one_hot = ops.one_hot(ops.cast(ops.reshape(labels, (-1,)), "int32"), probabilities.shape[-1])
    return losses.sparse_categorical_crossentropy(one_hot, probabilities)


def augment():
    return [
        layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        layers.RandomRotation(0.05, fill_mode="constant"),
        layers.RandomZoom(0.1, fill_mode="constant"),
    ]


def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):
    stack = [keras.Input(input_shape), *(augment() if augmentation else [])]
    for filters in (16, 32, 64):
        stack += [layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.9)]
        stack += [layers.ReLU(), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(0.25 if dropout else 0.0)]
    stack += [layers.Dense(num_classes, activation="softmax")]
    model = keras.Sequential(stack)
    model.compile(
        optimizer=keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.003, steps), weight_decay=0.05),
        loss=cross_entropy,
        metrics=["accuracy"],
    )
    return model
