import keras
from keras import layers


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate)
    model = keras.Sequential([keras.Input(input_shape), layers.Flatten(), layers.Dense(num_classes)])
    return model
