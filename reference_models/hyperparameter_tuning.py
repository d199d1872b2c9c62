"""Reference for hyperparameter_tuning: the two networks of Keras's MNIST examples, and candidates a step apart.

Every candidate changes one or two settings of the baseline, as a table of an experiment does, so that each row says
what its setting is worth.
"""

import keras
from keras import layers

UNITS = 512  # of both hidden layers of the dense network
DROPPED = (0.2, 0.25, 0.5)  # behind dense layers of the one, the pooling and the dense layer of the other
PENALTY = 1e-4  # of kernels, where they are regularised
FILTERS = (32, 64)
DENSE = 128
LARGE = 28 * 28  # pixels from which images are worth the filters above; smaller ones take half of all


def make_optimizer(optimizer, learning_rate, momentum, epsilon, nesterov):
    """Return the optimiser by name, given those settings that it has."""
    if optimizer == "sgd":
        return keras.optimizers.SGD(learning_rate, momentum=momentum, nesterov=nesterov)
    if optimizer == "rmsprop":
        return keras.optimizers.RMSprop(learning_rate, momentum=momentum, epsilon=epsilon)
    kinds = {"adam": keras.optimizers.Adam, "adadelta": keras.optimizers.Adadelta}
    return kinds[optimizer](learning_rate, epsilon=epsilon)


def make_regularizer(name):
    """Return a fresh penalty of a kernel, or none."""
    return {"l1": keras.regularizers.L1, "l2": keras.regularizers.L2}[name](PENALTY) if name in ("l1", "l2") else None


def dropout(share, regularizer):
    return [layers.Dropout(share)] if regularizer == "dropout" else []


def compiled(stack, optimizer):
    model = keras.Sequential(stack)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_mlp(
    input_shape,
    num_classes,
    initializer,
    activation,
    optimizer,
    learning_rate,
    momentum,
    epsilon,
    nesterov,
    batch_size,
    regularizer,
) -> keras.Model:
    """Return two dense layers of 512 units, compiled; the batch size is the harness's to use."""
    stack = [keras.Input(input_shape), layers.Flatten()]
    for _ in range(2):
        penalty = make_regularizer(regularizer)
        stack.append(layers.Dense(UNITS, activation, kernel_initializer=initializer, kernel_regularizer=penalty))
        stack += dropout(DROPPED[0], regularizer)
    stack.append(layers.Dense(num_classes, "softmax", kernel_initializer=initializer))
    return compiled(stack, make_optimizer(optimizer, learning_rate, momentum, epsilon, nesterov))


def build_cnn(
    input_shape,
    num_classes,
    initializer,
    activation,
    optimizer,
    learning_rate,
    momentum,
    epsilon,
    nesterov,
    batch_size,
    regularizer,
) -> keras.Model:
    """Return two convolutions, a pooling and a dense layer, compiled; the batch size is the harness's to use."""
    times = 2 if input_shape[0] * input_shape[1] >= LARGE else 1
    stack = [keras.Input(input_shape)]
    for filters in FILTERS:
        penalty = make_regularizer(regularizer)
        kernels = times * filters // 2
        stack.append(
            layers.Conv2D(kernels, 3, activation=activation, kernel_initializer=initializer, kernel_regularizer=penalty)
        )
    stack += [layers.MaxPooling2D(), *dropout(DROPPED[1], regularizer), layers.Flatten()]
    penalty = make_regularizer(regularizer)
    stack.append(
        layers.Dense(times * DENSE // 2, activation, kernel_initializer=initializer, kernel_regularizer=penalty)
    )
    stack += dropout(DROPPED[2], regularizer)
    stack.append(layers.Dense(num_classes, "softmax", kernel_initializer=initializer))
    return compiled(stack, make_optimizer(optimizer, learning_rate, momentum, epsilon, nesterov))


def mlp_candidates():
    """Return the settings that are worth trying for the dense network; what a dictionary leaves out is the baseline."""
    return [
        {"initializer": "random_uniform"},
        {"optimizer": "adam"},
        {"optimizer": "sgd", "learning_rate": 0.1},
        {"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
        {"optimizer": "adam", "batch_size": 16, "initializer": "he_normal"},
    ]


def cnn_candidates():
    """Return the settings that are worth trying for the convolutional network."""
    return [
        {"initializer": "he_normal"},
        {"activation": "linear"},
        {"optimizer": "adam"},
        {"regularizer": "l2"},
        {"learning_rate": 0.1},
        {"optimizer": "adam", "learning_rate": 0.003, "batch_size": 16, "initializer": "he_normal"},
    ]
