"""One convolution and a dense layer, in the manner of Machine Learning Mastery's first network for digits.

Earns 40 to 60: a few settings are tried, and batches stay large.
"""

import keras
from keras import layers


def make_optimizer(optimizer, learning_rate, momentum, epsilon, nesterov, **other):
    if optimizer == "sgd":
        return keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum, nesterov=nesterov)
    if optimizer == "rmsprop":
        return keras.optimizers.RMSprop(learning_rate=learning_rate, momentum=momentum, epsilon=epsilon)
    if optimizer == "adadelta":
        return keras.optimizers.Adadelta(learning_rate=learning_rate, epsilon=epsilon)
    return keras.optimizers.Adam(learning_rate=learning_rate, epsilon=epsilon)


def finish(model, num_classes, chosen):
    model.add(layers.Dense(num_classes, activation="softmax", kernel_initializer=chosen["initializer"]))
    model.compile(optimizer=make_optimizer(**chosen), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_mlp(input_shape, num_classes, **chosen):
    usual = {"activation": chosen["activation"], "kernel_initializer": chosen["initializer"]}
    model = keras.Sequential([keras.Input(input_shape), layers.Flatten()])
    model.add(layers.Dense(512, **usual))
    model.add(layers.Dropout(0.2))
    return finish(model, num_classes, chosen)


def build_cnn(input_shape, num_classes, **chosen):
    usual = {"activation": chosen["activation"], "kernel_initializer": chosen["initializer"]}
    model = keras.Sequential([keras.Input(input_shape)])
    model.add(layers.Conv2D(32, (3, 3), **usual))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(100, **usual))
    return finish(model, num_classes, chosen)


def mlp_candidates():
    return [
        {"optimizer": "adam", "batch_size": 64},
        {"optimizer": "sgd", "learning_rate": 0.01},
        {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.9},
    ]


def cnn_candidates():
    return [
        {"optimizer": "adam", "batch_size": 64},
        {"optimizer": "sgd", "learning_rate": 0.01},
        {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.9},
    ]
