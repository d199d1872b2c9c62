"""Task pegasus: blend two classes of pictures in the code of an autoencoder and of a variational autoencoder.

`harness tasks pegasus` shows the whole contract. What is below runs, but it draws plain grey, its divergence is zero
and its blend is the first code whatever the weight, so it earns nothing. Replace it.
"""

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example.

    z_mean, z_log_var: tensors (batch, latent_size). Use keras.ops, so that gradients pass.
    """
    # TODO: write the divergence of two Gaussians in closed form, and sum it over the numbers of a code.
    return ops.sum(0.0 * z_mean + 0.0 * z_log_var, axis=-1)


def blend(code_a, code_b, weight):
    """Return the codes between two sets of codes: code_a with weight 1, code_b with weight 0, your choice between.

    code_a, code_b: float32 arrays (n, d), the codes of n images of each class.
    weight: a number from 0 to 1.
    """
    # TODO: use both codes, on the straight line between them or on another way.
    return code_a


def build_autoencoder(input_shape, code_size) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of a plain autoencoder, not compiled.

    input_shape: (height, width, channels) of an image with pixels in [0, 1].
    code_size: how many numbers the code of an image has.

    The encoder maps (batch, *input_shape) to codes (batch, code_size), the decoder codes to images with pixels in
    [0, 1]. The harness trains both together and then runs them apart.
    """
    # TODO: look at the pixels, through hidden layers with a non-linearity on each side.
    image = keras.Input(input_shape)
    encoder = keras.Model(image, layers.Dense(code_size)(layers.GlobalAveragePooling2D()(image)))
    return encoder, grey(input_shape, code_size)


def build_vae(input_shape, latent_size) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of a variational autoencoder, not compiled.

    As build_autoencoder, but the encoder has two outputs: mean and log variance of the code, both (batch, latent_size).
    The harness draws a code around the mean in training; blends are made of means.
    """
    # TODO: as above.
    image = keras.Input(input_shape)
    bright = layers.GlobalAveragePooling2D()(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(bright), layers.Dense(latent_size)(bright)])
    return encoder, grey(input_shape, latent_size)


def grey(input_shape, size) -> keras.Model:
    """One grey for the whole image."""
    code = keras.Input((size,))
    x = layers.Dense(input_shape[2], activation="sigmoid")(code)
    x = layers.Reshape((1, 1, input_shape[2]))(x)
    return keras.Model(code, layers.UpSampling2D(input_shape[:2])(x))
