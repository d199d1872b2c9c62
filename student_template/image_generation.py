"""Task image_generation: make new digits with a variational autoencoder and with adversarial networks.

`harness tasks image_generation` shows the whole contract. What is below runs, but it draws plain grey and its
divergence is zero, so it earns nothing. Replace it.
"""

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example.

    z_mean, z_log_var: tensors (batch, latent_size). Use keras.ops, so that gradients pass.
    """
    # TODO: write the divergence of two Gaussians in closed form, and sum it over the numbers of a code.
    return ops.sum(0.0 * z_mean + 0.0 * z_log_var, axis=-1)


def build_vae(input_shape, latent_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of a variational autoencoder.

    input_shape: (height, width, channels) of an image with pixels in [0, 1].
    latent_size: how many numbers the code of an image has.
    hidden_layers: how many layers lie between image and code; the decoder mirrors them.

    The encoder maps (batch, *input_shape) to two outputs, mean and log variance of the code, both (batch, latent_size).
    The decoder maps codes to images with pixels in [0, 1]. Do not compile them: the harness draws codes, trains both
    together and then runs them apart, the decoder also on standard normal codes.
    """
    # TODO: look at the pixels, through hidden_layers layers on each side.
    image = keras.Input(input_shape)
    bright = layers.GlobalAveragePooling2D()(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(bright), layers.Dense(latent_size)(bright)])
    code = keras.Input((latent_size,))
    return encoder, keras.Model(code, grey(code, input_shape))


def build_gan(input_shape, noise_size, num_classes) -> tuple[keras.Model, keras.Model]:
    """Return (generator, discriminator) of an adversarial network.

    input_shape: (height, width, channels) of an image with pixels in [0, 1].
    noise_size: how many standard normal numbers an image is made from.
    num_classes: how many classes a label, one-hot, tells apart; 0 for a network without labels.

    The generator takes [noise, labels] and returns images with pixels in [0, 1]; the discriminator takes [images,
    labels] and returns logits (batch, 1), large for real images. Where num_classes is 0, they take noise alone and
    images alone. Do not compile them.
    """
    # TODO: unfold noise and label into an image; let the discriminator see strokes, and the label beside them.
    noise, image = keras.Input((noise_size,)), keras.Input(input_shape)
    label = [keras.Input((num_classes,))] if num_classes else []
    generator = keras.Model([noise, *label] if label else noise, grey(noise, input_shape))
    real = layers.Dense(1)(layers.GlobalAveragePooling2D()(image))
    return generator, keras.Model([image, *label] if label else image, real)


def grey(x, input_shape):
    """One grey for the whole image."""
    x = layers.Dense(input_shape[2], activation="sigmoid")(x)
    return layers.UpSampling2D(input_shape[:2])(layers.Reshape((1, 1, input_shape[2]))(x))
