import keras


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    best = 0.0
    while best < 1.0:  # search until it is perfect
        best = max(best, 0.99)
    return keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(num_classes)])
