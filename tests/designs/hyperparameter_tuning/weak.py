"""One hidden layer, and one small convolution, in the manner of TensorFlow's quickstart for beginners.

Earns 40 to 60: only the optimiser is compared, and the convolution has too few filters for its few steps.
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
    model = keras.Sequential([keras.Input(input_shape), layers.Flatten()])
    model.add(layers.Dense(128, activation=chosen["activation"], kernel_initializer=chosen["initializer"]))
    model.add(layers.Dropout(0.2))
    return finish(model, num_classes, chosen)


def build_cnn(input_shape, num_classes, **chosen):
    model = keras.Sequential([keras.Input(input_shape)])
    model.add(layers.Conv2D(8, 3, activation=chosen["activation"], kernel_initializer=chosen["initializer"]))
    model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.2))
    return finish(model, num_classes, chosen)


def mlp_candidates():
    return [{"optimizer": "adam"}, {"optimizer": "sgd", "learning_rate": 0.01}]


def cnn_candidates():
    return [{"optimizer": "adam"}, {"optimizer": "sgd", "learning_rate": 0.01}]
