"""Task transfer_learning: a head on a backbone that learnt other classes.

`harness tasks transfer_learning` shows the whole contract. In the quick size an image shows two digits, and an arrow
between them points at the one that is asked for. What is below runs, but it averages every image to one number and
leaves the backbone out, so it earns nothing. Replace it.
"""

import keras
from keras import layers


def build_model(backbone, mode, input_shape, num_classes, mean, std) -> keras.Model:
    """Return a compiled classifier.

    backbone: a keras.Model without its top, from images (batch, *backbone.input_shape[1:]) to feature maps (batch,
        height, width, channels). Build it into your model as it is.
    mode: "scratch" (the backbone comes with random weights, and everything learns), "frozen" (it comes with weights
        that know other classes, and stays what it is to the last bit) or "fine_tuned" (it comes with them and learns
        on).
    input_shape: (height, width, channels) of an image with pixels in [0, 1]. Where the backbone takes another height
        and width, resize in the model.
    num_classes: how many classes there are.
    mean, std: a number for each channel; the backbone wants (pixel - mean) / std. Do that in the model.

    The model maps (batch, *input_shape) to class probabilities (batch, num_classes). Labels are integers.
    """
    # TODO: scale the images, call the backbone, and put a head on it; freeze it where the mode says so.
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.GlobalAveragePooling2D(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
