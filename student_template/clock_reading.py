"""Task clock_reading: read the time from images of clocks.

`harness tasks clock_reading` shows the whole contract. What is below runs, but it only sees how bright an image is,
so it earns nothing. Replace it: blocks of convolution and pooling and a dense layer are a good beginning.

Where twelve is on the dial and which way hands go round is drawn with the class's key, so let your networks learn it.
"""

import keras
from keras import layers, ops

MINUTES = 720  # on a dial


def build_classifier(input_shape, num_classes) -> keras.Model:
    """Return a compiled model from images to probabilities of equal parts of the dial.

    input_shape: (height, width, channels) of an image with pixels in [0, 1].
    num_classes: how many parts there are; part c has the minutes with floor(minute * num_classes / 720) equal to c.

    Targets are minutes since twelve, integers 0..719. The harness reads the middle of the likeliest part. With many
    parts each has few clocks: your loss may also give some of a label to the parts next to the right one.
    """
    image, bright = brightness(input_shape)
    model = keras.Model(image, layers.Dense(num_classes, activation="softmax")(bright))

    def loss(minutes, p):
        # TODO: which part are these minutes in?
        parts = ops.zeros_like(ops.reshape(minutes, (-1,)))
        return keras.losses.sparse_categorical_crossentropy(parts, p)

    model.compile(optimizer="adam", loss=loss)
    return model


def build_regressor(input_shape, loss) -> keras.Model:
    """Return a compiled model from images to minutes since twelve (batch, 1), from 0 to 720.

    loss: "mae" or "mse", whether the loss averages minutes apart or their squares.

    A sine and a cosine, `layers.Dense(2)`, are an angle, and `ops.arctan2` makes minutes of it.
    """
    image, bright = brightness(input_shape)
    model = keras.Model(image, turned(bright, MINUTES))
    # TODO: 11:59 and 12:01 are two minutes apart; write a loss that knows.
    model.compile(optimizer="adam", loss=loss)
    return model


def build_two_heads(input_shape) -> keras.Model:
    """Return a compiled model from images to [hour, minute].

    hour: probabilities (batch, 12); its targets are integers 0..11.
    minute: numbers (batch, 1) from 0 to 60; its targets are numbers 0..59.
    """
    image, bright = brightness(input_shape)
    hour = layers.Dense(12, activation="softmax", name="hour")(bright)
    model = keras.Model(image, [hour, turned(bright, 60)])
    # TODO: weigh the two losses, so that neither head is drowned.
    model.compile(optimizer="adam", loss=["sparse_categorical_crossentropy", "mae"])
    return model


def brightness(input_shape):
    """How bright an image is. TODO: look at the hands."""
    image = keras.Input(input_shape)
    return image, layers.GlobalAveragePooling2D()(image)


def turned(x, whole):
    """A number from 0 to `whole`. TODO: at 0 and at `whole` hands point the same way."""
    return layers.Rescaling(whole)(layers.Dense(1, activation="sigmoid")(x))
