"""Ada's network: small, with every switch wired."""

import keras
from keras import layers

from blocks import augmentation_layers, conv_block


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    x = inputs = keras.Input(input_shape)
    for layer in augmentation_layers(augmentation):
        x = layer(x)
    for filters in (12, 24, 48):
        x = conv_block(x, filters, initializer, batch_norm)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(64, activation="relu", kernel_initializer=initializer)(x)
    x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer)(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
