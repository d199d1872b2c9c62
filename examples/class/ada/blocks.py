from keras import layers


def augmentation_layers(kind):
    soft = [layers.RandomTranslation(0.2, 0.2, fill_mode="constant")]
    hard = [layers.RandomRotation(0.2, fill_mode="constant"), layers.RandomZoom(0.3, fill_mode="constant")]
    return {"none": [], "soft": soft, "hard": soft + hard}[kind]


def conv_block(x, filters, initializer, batch_norm):
    x = layers.Conv2D(filters, 3, padding="same", kernel_initializer=initializer)(x)
    if batch_norm:
        x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.MaxPooling2D()(layers.ReLU()(x))
