"""Task face_generation: make new faces with a variational autoencoder and with an adversarial network.

`harness tasks face_generation` shows the whole contract. What is below runs, but it draws plain grey and its divergence
is zero, so it earns nothing. Replace it.

All four networks are given the same arguments:

input_shape: (height, width, channels) of an image with pixels in [0, 1].
latent_size: how many numbers the code of an image has, or how many standard normal numbers an image is made from.
filters: of the layer with the fewest, a measure of how wide the network is.

Do not compile them: the harness draws codes and noise, trains two networks together and then runs each alone.
"""

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example.

    z_mean, z_log_var: tensors (batch, latent_size). Use keras.ops, so that gradients pass.
    """
    # TODO: write the divergence of two Gaussians in closed form, and sum it over the numbers of a code.
    return ops.sum(0.0 * z_mean + 0.0 * z_log_var, axis=-1)


def build_encoder(input_shape, latent_size, filters) -> keras.Model:
    """Map images (batch, *input_shape) to mean and log variance of the code, both (batch, latent_size)."""
    # TODO: look at the pixels.
    image = keras.Input(input_shape)
    bright = layers.GlobalAveragePooling2D()(image)
    return keras.Model(image, [layers.Dense(latent_size)(bright), layers.Dense(latent_size)(bright)])


def build_decoder(input_shape, latent_size, filters) -> keras.Model:
    """Map codes (batch, latent_size) to images with pixels in [0, 1]."""
    # TODO: mirror the encoder.
    return grey(input_shape, latent_size)


def build_generator(input_shape, latent_size, filters) -> keras.Model:
    """Map noise (batch, latent_size) to images with pixels in [0, 1]."""
    # TODO: unfold the noise into a small grid with many channels, and enlarge it step by step.
    return grey(input_shape, latent_size)


def build_discriminator(input_shape, latent_size, filters) -> keras.Model:
    """Map images to logits (batch, 1), large for real ones."""
    # TODO: let it see edges and textures.
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Dense(1)(layers.GlobalAveragePooling2D()(image)))


def grey(input_shape, latent_size):
    """One grey for the whole image."""
    code = keras.Input((latent_size,))
    x = layers.Dense(input_shape[2], activation="sigmoid")(code)
    return keras.Model(code, layers.UpSampling2D(input_shape[:2])(layers.Reshape((1, 1, input_shape[2]))(x)))
