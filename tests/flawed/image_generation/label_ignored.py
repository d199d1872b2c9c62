"""Neither player looks at the label, so that no digit can be asked for.

Loses: cgan-samples
"""

import math

import keras
from keras import layers, ops

DARK = keras.initializers.Constant(-2.0)  # most pixels are black


def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def block(x, layer):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(layer(x)))


def build_vae(input_shape, latent_size, hidden_layers):
    units = (256, 128, 128)[:hidden_layers]
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for n in units:
        x = block(x, layers.Dense(n, use_bias=False))
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    x = code = keras.Input((latent_size,))
    for n in reversed(units):
        x = block(x, layers.Dense(n, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_gan(input_shape, noise_size, num_classes):
    label = [keras.Input((num_classes,))] if num_classes else []
    noise, image = [keras.Input((noise_size,)), *label], [keras.Input(input_shape), *label]
    x = block(noise[0], layers.Dense(128, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)(x)
    generator = keras.Model(alone(noise), layers.Reshape(input_shape)(pixels))
    x = layers.Dropout(0.5)(layers.Flatten()(image[0]))
    x = layers.LeakyReLU(0.2)(layers.Dense(64)(x))
    return generator, keras.Model(alone(image), layers.Dense(1)(x))


def joined(parts):
    return layers.Concatenate()(parts) if len(parts) > 1 else parts[0]


def alone(parts):
    return parts if len(parts) > 1 else parts[0]
