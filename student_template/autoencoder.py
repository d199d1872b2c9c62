"""Task autoencoder: squeeze an image into a short code and rebuild it.

`harness tasks autoencoder` shows the whole contract. What is below runs, but its code only holds how bright the image
is, so it earns nothing. Replace it.
"""

import keras
from keras import layers


def build_dense(input_shape, code_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) made of dense layers.

    input_shape: (height, width, channels) of an image with pixels in [0, 1].
    code_size: how many numbers the code has.
    hidden_layers: how many layers lie between image and code; the decoder mirrors them.

    The encoder maps (batch, *input_shape) to (batch, code_size), the decoder maps codes back to images with pixels
    in [0, 1]. Do not compile them: the harness trains both together and then runs them apart.
    """
    # TODO: use dense layers, and hidden_layers of them on each side.
    return brightness_only(input_shape, code_size)


def build_conv(input_shape, code_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) made of convolutions; hidden_layers of them halve the image on its way in."""
    # TODO: halve the image with strided convolutions, and double it again in the decoder.
    return brightness_only(input_shape, code_size)


def brightness_only(input_shape, code_size):
    """Code an image as how bright it is, and rebuild it as plain grey."""
    encoder = keras.Sequential([keras.Input(input_shape), layers.GlobalAveragePooling2D(), layers.Dense(code_size)])
    grey = layers.Reshape((1, 1, input_shape[2]))
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(input_shape[2], activation="sigmoid"),
            grey,
            layers.UpSampling2D(input_shape[:2]),
        ]
    )
    return encoder, decoder
