"""The repeated parts of the network."""

from keras import layers

UNITS = 64
MOMENTUM = 0.9  # a short training must be enough for the moving averages


def conv_block(x, filters, initializer, batch_norm):
    """Convolution, batch normalisation if asked for, ReLU, and half the image."""
    x = layers.Conv2D(filters, 3, padding="same", kernel_initializer=initializer)(x)
    if batch_norm:
        x = layers.BatchNormalization(momentum=MOMENTUM)(x)
    return layers.MaxPooling2D()(layers.ReLU()(x))


def classifier(x, num_classes, dropout, initializer):
    """A dense layer with dropout on both sides, and class probabilities."""
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(UNITS, activation="relu", kernel_initializer=initializer)(x)
    x = layers.Dropout(dropout)(x)
    return layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer)(x)
