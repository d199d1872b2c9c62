"""A winner by luck: the candidates lie a hair apart, so that chance alone decides between them.

Loses: mlp-varied, cnn-varied
"""

import keras
from keras import layers


def make_optimizer(optimizer, learning_rate, momentum, epsilon, nesterov, **other):
    if optimizer == "sgd":
        return keras.optimizers.SGD(learning_rate, momentum=momentum, nesterov=nesterov)
    if optimizer == "rmsprop":
        return keras.optimizers.RMSprop(learning_rate, momentum=momentum, epsilon=epsilon)
    kinds = {"adam": keras.optimizers.Adam, "adadelta": keras.optimizers.Adadelta}
    return kinds[optimizer](learning_rate, epsilon=epsilon)


def build(input_shape, num_classes, sizes, dropped, chosen):
    usual = {"kernel_initializer": chosen["initializer"], "activation": chosen["activation"]}
    penalty = chosen["regularizer"] if chosen["regularizer"] in ("l1", "l2") else None
    kinds = {"conv": lambda n: layers.Conv2D(n, 3, **usual, kernel_regularizer=penalty)}
    kinds["dense"] = lambda n: layers.Dense(n, **usual, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input(input_shape)])
    for kind, size in sizes:
        if kind == "pool":
            model.add(layers.MaxPooling2D())
        elif kind == "flatten":
            model.add(layers.Flatten())
        else:
            model.add(kinds[kind](size))
        if chosen["regularizer"] == "dropout" and kind in ("pool", "dense"):
            model.add(layers.Dropout(dropped))
    model.add(layers.Dense(num_classes, activation="softmax", kernel_initializer=chosen["initializer"]))
    model.compile(optimizer=make_optimizer(**chosen), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_mlp(input_shape, num_classes, **chosen):
    return build(input_shape, num_classes, [("flatten", 0), ("dense", 512), ("dense", 512)], 0.2, chosen)


def build_cnn(input_shape, num_classes, **chosen):
    sizes = [("conv", 16), ("conv", 32), ("pool", 2), ("flatten", 0), ("dense", 64)]
    return build(input_shape, num_classes, sizes, 0.3, chosen)


def mlp_candidates():
    return [{"optimizer": "adam", "batch_size": 16, "learning_rate": 0.001 + i / 100_000} for i in range(3)]


def cnn_candidates():
    return [{"optimizer": "adam", "batch_size": 16, "learning_rate": 0.003 + i / 100_000} for i in range(3)]
