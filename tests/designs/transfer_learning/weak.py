"""A pooled head of one layer, in the manner of Keras's guide to transfer learning, with a small rate for fine-tuning.

Earns 40 to 60: averaging forgets where features lie, and in so few steps a rate of 1e-5 tunes nothing.
"""

import keras
from keras import layers


def build_model(backbone, mode, input_shape, num_classes, mean, std):
    backbone.trainable = mode != "frozen"
    inputs = keras.Input(input_shape)
    x = layers.Normalization(mean=mean, variance=[s**2 for s in std])(inputs)
    x = backbone(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    rate = 1e-5 if mode == "fine_tuned" else 1e-3
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
