"""The last layer is a softmax, but the loss takes logits, so it applies another one.

Loses: hard, learning-rate
"""

import keras
from keras import layers, ops


def cross_entropy_from_logits(labels, logits):
    targets = ops.one_hot(ops.reshape(ops.cast(labels, "int32"), (-1,)), logits.shape[-1])
    return -ops.sum(targets * ops.log_softmax(logits), axis=-1)


def augment(kind):
    shift = layers.RandomTranslation(0.2, 0.2, fill_mode="constant")
    hard = [layers.RandomRotation(0.2, fill_mode="constant"), layers.RandomZoom(0.3, fill_mode="constant")]
    return {"none": [], "soft": [shift], "hard": [shift, *hard]}[kind]


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    stack = [keras.Input(input_shape), *augment(augmentation)]
    for filters in (16, 32, 64):
        stack.append(layers.Conv2D(filters, 3, padding="same", kernel_initializer=initializer))
        if batch_norm:
            stack.append(layers.BatchNormalization(momentum=0.9))
        stack += [layers.ReLU(), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(dropout)]
    stack.append(layers.Dense(64, activation="relu", kernel_initializer=initializer))
    stack.append(layers.Dropout(dropout))
    stack.append(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model = keras.Sequential(stack)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=cross_entropy_from_logits,
        metrics=["accuracy"],
    )
    return model
