"""Noah's name is a test of whoever prints it; his dense autoencoder is handed in twice."""

import keras
from keras import layers


def build_dense(input_shape, code_size, hidden_layers):
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for _ in range(hidden_layers):
        x = layers.BatchNormalization(momentum=0.9)(layers.Dense(128, activation="relu")(x))
    encoder = keras.Model(image, layers.Dense(code_size)(x))
    code = x = keras.Input((code_size,))
    for _ in range(hidden_layers):
        x = layers.BatchNormalization(momentum=0.9)(layers.Dense(128, activation="relu")(x))
    x = layers.Dense(32 * 32, activation="sigmoid")(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(x))


build_conv = build_dense
