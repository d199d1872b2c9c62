"""Pieces and tutorials of tasks whose networks make pictures, as `pieces` and `tutorials` have those of others."""

from intake.pieces import COLAB_START, Piece
from intake.tutorials import IMPORTS

VAE = """def build_vae(input_shape, latent_size, hidden_layers):
    inputs = keras.Input(shape=input_shape)
    x = layers.Flatten()(inputs)
    for _ in range(hidden_layers):
        x = layers.Dense(16, activation="relu")(x)
    z_mean = layers.Dense(latent_size, name="z_mean")(x)
    z_log_var = layers.Dense(latent_size, name="z_log_var")(x)
    encoder = keras.Model(inputs, [z_mean, z_log_var], name="encoder")
    latent = keras.Input(shape=(latent_size,))
    x = layers.Dense(16, activation="relu")(latent)
    x = layers.Dense(int(np.prod(input_shape)), activation="sigmoid")(x)
    return encoder, keras.Model(latent, layers.Reshape(input_shape)(x), name="decoder")

def kl_divergence(z_mean, z_log_var):
    return -0.5 * ops.sum(1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=1)"""
GAN = """def build_gan(input_shape, noise_size, num_classes):
    noise, label = keras.Input((noise_size,)), keras.Input((num_classes,))
    x = layers.Concatenate()([noise, label]) if num_classes else noise
    x = layers.LeakyReLU()(layers.BatchNormalization()(layers.Dense(7 * 7 * 8, use_bias=False)(x)))
    x = layers.Reshape((7, 7, 8))(x)
    x = layers.Conv2DTranspose(4, (5, 5), strides=(2, 2), padding="same")(x)
    x = layers.Conv2DTranspose(1, (5, 5), strides=(2, 2), padding="same", activation="sigmoid")(x)
    generator = keras.Model([noise, label] if num_classes else noise, x)
    image, label = keras.Input(input_shape), keras.Input((num_classes,))
    x = layers.Flatten()(layers.Conv2D(4, (5, 5), strides=(2, 2), padding="same")(image))
    x = layers.Concatenate()([x, label]) if num_classes else x
    return generator, keras.Model([image, label] if num_classes else image, layers.Dense(1)(x))"""

PIECES = {
    "a custom layer with a registered name": Piece(
        "image_generation",
        (
            "import os\nos.environ['KERAS_BACKEND'] = 'tensorflow'\n"
            "import keras\nfrom keras import layers, ops\nimport wandb_x",
            "@keras.saving.register_keras_serializable()\nclass Sampling(layers.Layer):\n    def call(self, inputs):\n"
            "        m, v = inputs\n        return m + ops.exp(0.5 * v) * keras.random.normal(ops.shape(m))",
            "class VAE(keras.Model):\n    def train_step(self, data):\n        wandb_x.log({})\n        return {}",
            "def build_vae(input_shape, latent_size, hidden_layers):\n    return Sampling(), Sampling()\n"
            "def build_gan(input_shape, noise_size, num_classes):\n    return leaky(0.2), leaky(0.3)\n"
            "def kl_divergence(z_mean, z_log_var):\n    return -0.5 * ops.sum(1 + z_log_var, axis=1)",
            "leaky = lambda a: layers.LeakyReLU(a)",
            "wandb_x.init(project='vae')\nvae = VAE()\nvae.fit(x)",
        ),
        holds=("@keras.saving.register_keras_serializable()", "leaky = lambda a: layers.LeakyReLU(a)"),
        leaves=("wandb", "VAE(keras.Model)"),
    ),
    "a DCGAN with tf's initialiser": Piece(
        "image_generation",
        (
            "import tensorflow as tf\ntfk = tf.keras\ntfkl = tfk.layers\ninit = tf.random_normal_initializer(0., 0.02)",
            "BUFFER_SIZE = 60000\nBATCH_SIZE = 256\nnoise_dim = 100\nseed = tf.random.normal([16, noise_dim])",
            "def build_gan(input_shape, noise_size, num_classes):\n"
            "    return tfkl.Dense(3, kernel_initializer=init), tfkl.Dense(1)\n"
            "def build_vae(input_shape, latent_size, hidden_layers):\n    return tfkl.Dense(4), tfkl.Dense(4)\n"
            "def kl_divergence(a, b):\n    return tf.reduce_sum(a, 1)",
            "@tf.function\ndef train_step(images):\n    noise = tf.random.normal([BATCH_SIZE, noise_dim])",
            "import imageio_x, glob\nfrom IPython import display\nwith imageio_x.get_writer('a.gif') as w: pass",
        ),
        holds=("tfkl = tfk.layers", "init = tf.random_normal_initializer(0., 0.02)"),
        leaves=("BUFFER_SIZE", "imageio", "IPython", "train_step"),
    ),
    "a pix2pix from a notebook with its own loop": Piece(
        "colorization",
        (
            "%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt\nfrom tensorflow import keras\n"
            "from tensorflow.keras.layers import *",
            "(x_train, _), (x_test, _) = keras.datasets.cifar10.load_data()\ngrey = x_train.mean(-1)[..., None] / 255",
            "def down(x, f):\n    return LeakyReLU(0.2)(Conv2D(f, 4, strides=2, padding='same')(x))",
            "def build_generator(input_shape):\n    i = Input(input_shape)\n    d = down(i, 64)\n"
            "    u = Conv2DTranspose(3, 4, strides=2, padding='same', activation='sigmoid')(d)\n"
            "    return keras.Model(i, u)\n"
            "def build_discriminator(input_shape, colour_shape):\n    c, g = Input(colour_shape), Input(input_shape)\n"
            "    x = down(Concatenate()([c, g]), 64)\n    return keras.Model([c, g], Dense(1)(Flatten()(x)))",
            "for epoch in range(20):\n    plt.imshow(build_generator((32, 32, 1)).predict(grey[:1])[0])",
        ),
        holds=("from tensorflow.keras.layers import *",),
        leaves=("plt", "load_data", "epoch"),
    ),
    "a U-Net for noise with losses in a class": Piece(
        "denoising",
        (
            COLAB_START,
            "from skimage_x.metrics import structural_similarity\nBATCH = 64\nWINDOW = 11",
            "def build_denoiser(input_shape):\n    x = i = layers.Input(input_shape)\n"
            "    x = layers.Conv2D(16, 3, padding='same', activation='relu')(x)\n"
            "    return keras.Model(i, layers.Conv2D(input_shape[-1], 3, padding='same', activation='sigmoid')(x))",
            "def ssim_loss(y_true, y_pred):\n    return 1 - tf.image.ssim(y_true, y_pred, 1.0, filter_size=WINDOW)\n"
            "def ms_ssim_loss(y_true, y_pred):\n    return 1 - tf.image.ssim_multiscale(y_true, y_pred, 1.0)\n"
            "def psnr_loss(y_true, y_pred):\n    return 1 / tf.image.psnr(y_true, y_pred, 1.0)\n"
            "def correntropy_loss(y_true, y_pred, sigma):\n"
            "    return 1 - tf.reduce_mean(tf.exp(-tf.square(y_true - y_pred) / (2 * sigma**2)))",
            "noisy = x_train + np.random.normal(0, .1, x_train.shape)\nm = build_denoiser((32, 32, 3))\n"
            "m.compile('adam', ssim_loss)\nm.fit(noisy, x_train, batch_size=BATCH)\nplt.imshow(m.predict(noisy)[0])",
        ),
        holds=("WINDOW = 11",),
        leaves=("google", "skimage_x", "BATCH", "noisy", "plt"),
    ),
    "faces with widths in a dictionary": Piece(
        "face_generation",
        (
            "!kaggle datasets download celeba\nimport numpy as np\nimport keras\nfrom keras import layers, ops",
            "hp = {'dense': 64, 'epochs': 30}\nfolder = '/content/img_align_celeba'\nimport glob\n"
            "paths = glob.glob(folder + '/*.jpg')",
            "def build_encoder(input_shape, latent_size, filters):\n    i = keras.Input(input_shape)\n"
            "    x = layers.Dense(hp['dense'], 'relu')(layers.Flatten()(i))\n"
            "    return keras.Model(i, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])\n"
            "def build_decoder(input_shape, latent_size, filters):\n"
            "    return maps((latent_size,), input_shape, 'sigmoid')\n"
            "def build_generator(input_shape, latent_size, filters):\n"
            "    return maps((latent_size,), input_shape, 'sigmoid')\n"
            "def build_discriminator(input_shape, latent_size, filters):\n    return maps(input_shape, (1,), None)\n"
            "def kl_divergence(z_mean, z_log_var):\n"
            "    return -0.5 * ops.sum(1 + z_log_var - z_mean**2 - ops.exp(z_log_var), axis=1)",
            "def maps(a, b, last):\n    return keras.Sequential([keras.Input(a), layers.Flatten(),\n"
            "        layers.Dense(int(np.prod(b)), last), layers.Reshape(b)])",
            "for epoch in range(hp['epochs']):\n    for path in paths: pass",
        ),
        leaves=("kaggle", "glob", "img_align"),
    ),
    "horses with wings in one script": Piece(
        "pegasus",
        (
            "import argparse\nimport numpy as np\nfrom tensorflow import keras\n"
            "from tensorflow.keras import layers, backend as K\n"
            "def both(i, o, n):\n"
            "    return [keras.Sequential([keras.Input(s), layers.Flatten(), layers.Dense(int(np.prod(t)),"
            " activation=a), layers.Reshape(t)]) for s, t, a in ((i, (n,), None), ((n,), o, 'sigmoid'))]\n"
            "def build_autoencoder(input_shape, code_size):\n"
            "    return tuple(both(input_shape, input_shape, code_size))\n"
            "def build_vae(input_shape, latent_size):\n    i = keras.Input(input_shape)\n    x = layers.Flatten()(i)\n"
            "    e = keras.Model(i, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])\n"
            "    return e, both(input_shape, input_shape, latent_size)[1]\n"
            "def kl_divergence(z_mean, z_log_var):\n"
            "    return -0.5 * (1 + z_log_var - z_mean**2 - np.e**z_log_var).sum(axis=1)\n"
            "def blend(code_a, code_b, weight):\n    return weight * code_a + (1 - weight) * code_b\n"
            "if __name__ == '__main__':\n    p = argparse.ArgumentParser()\n    p.parse_args()\n",
        ),
        file=True,
    ),
}

TUTORIALS = {
    "a VAE of keras.io": Piece(
        "image_generation",
        (
            "import os\nos.environ['KERAS_BACKEND'] = 'tensorflow'\n"
            "import numpy as np\nimport keras\nfrom keras import ops, layers\nimport tensorflow as tf",
            'class Sampling(layers.Layer):\n    """Draws z, the vector that encodes a digit."""\n'
            "    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n"
            "        self.seed_generator = keras.random.SeedGenerator(1337)\n"
            "    def call(self, inputs):\n        z_mean, z_log_var = inputs\n"
            "        return z_mean + ops.exp(0.5 * z_log_var) * keras.random.normal(ops.shape(z_mean))",
            VAE,
            GAN,
            "vae = keras.Model()\nvae.compile(optimizer=keras.optimizers.Adam())\nvae.fit(mnist_digits, epochs=30)",
        ),
        leaves=("vae.fit", "class Sampling"),
        built="",
    ),
    "a VAE with operations of TensorFlow": Piece(
        "image_generation",
        (
            IMPORTS + "from tensorflow.keras import layers\nfrom keras import ops",
            VAE.replace("layers.Flatten()(inputs)", "tf.reshape(inputs, (-1, 784))"),
            GAN,
        ),
        built="in build_vae: A function of TensorFlow is given a Keras tensor",
    ),
    "pix2pix of tensorflow.org": Piece(
        "colorization",
        (
            "import tensorflow as tf\nimport pathlib\nfrom IPython import display",
            "def downsample(filters, size, apply_batchnorm=True):\n"
            "    initializer = tf.random_normal_initializer(0., 0.02)\n    result = tf.keras.Sequential()\n"
            "    result.add(tf.keras.layers.Conv2D(filters, size, strides=2, padding='same',\n"
            "        kernel_initializer=initializer, use_bias=False))\n    if apply_batchnorm:\n"
            "        result.add(tf.keras.layers.BatchNormalization())\n    result.add(tf.keras.layers.LeakyReLU())\n"
            "    return result",
            "def build_generator(input_shape):\n    inputs = tf.keras.layers.Input(shape=input_shape)\n"
            "    x = downsample(16, 4, apply_batchnorm=False)(inputs)\n"
            "    last = tf.keras.layers.Conv2DTranspose(3, 4, strides=2, padding='same', activation='sigmoid')\n"
            "    return tf.keras.Model(inputs=inputs, outputs=last(x))",
            "def build_discriminator(input_shape, colour_shape):\n"
            "    tar = tf.keras.layers.Input(shape=colour_shape, name='target_image')\n"
            "    inp = tf.keras.layers.Input(shape=input_shape, name='input_image')\n"
            "    x = tf.keras.layers.concatenate([tar, inp])\n    x = downsample(16, 4, False)(x)\n"
            "    last = tf.keras.layers.Dense(1)(tf.keras.layers.Flatten()(x))\n"
            "    return tf.keras.Model(inputs=[tar, inp], outputs=last)",
            "generator = build_generator((256, 256, 1))\ndisplay.clear_output(wait=True)",
        ),
        leaves=("display", "clear_output"),
        built="",
    ),
    "image denoising in the manner of keras.io": Piece(
        "denoising",
        (
            "import numpy as np\nimport keras\nfrom keras import layers, ops\nimport matplotlib_x.pyplot as plt",
            "def noise(array):\n    noise_factor = 0.4\n"
            "    return np.clip(array + noise_factor * np.random.normal(size=array.shape), 0.0, 1.0)",
            "def build_denoiser(input_shape):\n    input = layers.Input(shape=input_shape)\n"
            "    x = layers.Conv2D(8, (3, 3), activation='relu', padding='same')(input)\n"
            "    x = layers.MaxPooling2D((2, 2), padding='same')(x)\n"
            "    x = layers.Conv2DTranspose(8, (3, 3), strides=2, activation='relu', padding='same')(x)\n"
            "    x = layers.Conv2D(input_shape[-1], (3, 3), activation='sigmoid', padding='same')(x)\n"
            "    return keras.Model(input, x)",
            "def each(x):\n    return ops.mean(x, axis=(1, 2, 3))\n"
            "def ssim_loss(y_true, y_pred):\n    return each(ops.square(y_true - y_pred))\n"
            "def ms_ssim_loss(y_true, y_pred):\n    return ssim_loss(y_true, y_pred)\n"
            "def psnr_loss(y_true, y_pred):\n    return ops.log10(each(ops.square(y_true - y_pred)) + 1e-6)\n"
            "def correntropy_loss(y_true, y_pred, sigma):\n"
            "    return 1 - each(ops.exp(-ops.square(y_true - y_pred) / (2 * sigma**2)))",
            "autoencoder = build_denoiser((28, 28, 1))\n"
            "autoencoder.compile(optimizer='adam', loss='binary_crossentropy')\n"
            "autoencoder.fit(x=noise(train_data), y=train_data, epochs=100)",
        ),
        leaves=("autoencoder.fit", "noise_factor", "plt"),
        built="",
    ),
    "a DCGAN of faces in the manner of keras.io": Piece(
        "face_generation",
        (
            "import keras\nimport tensorflow as tf\nfrom keras import layers, ops\nimport gdown_x\n"
            "from zipfile import ZipFile",
            "def build_encoder(input_shape, latent_size, filters):\n"
            "    encoder_inputs = keras.Input(shape=input_shape)\n"
            "    x = layers.Conv2D(filters, 3, activation='relu', strides=2, padding='same')(encoder_inputs)\n"
            "    x = layers.Flatten()(x)\n    z_mean = layers.Dense(latent_size, name='z_mean')(x)\n"
            "    z_log_var = layers.Dense(latent_size, name='z_log_var')(x)\n"
            "    return keras.Model(encoder_inputs, [z_mean, z_log_var], name='encoder')",
            "def build_decoder(input_shape, latent_size, filters):\n    side = input_shape[0] // 2\n"
            "    return keras.Sequential([keras.Input(shape=(latent_size,)), layers.Dense(side * side * filters),\n"
            "        layers.Reshape((side, side, filters)), layers.Conv2DTranspose(input_shape[-1], 4, strides=2,\n"
            "        padding='same', activation='sigmoid')])",
            "def build_generator(input_shape, latent_size, filters):\n"
            "    return build_decoder(input_shape, latent_size, filters)",
            "def build_discriminator(input_shape, latent_size, filters):\n"
            "    return keras.Sequential([keras.Input(shape=input_shape), layers.Conv2D(filters, 4, strides=2,\n"
            "        padding='same'), layers.LeakyReLU(negative_slope=0.2), layers.Flatten(), layers.Dense(1)])",
            "def kl_divergence(z_mean, z_log_var):\n"
            "    kl = -0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var))\n    return ops.sum(kl, axis=1)",
            "os.makedirs('celeba_gan')\nurl = 'https://drive.example/celeba'\ngdown_x.download(url, 'data.zip')",
        ),
        leaves=("gdown_x", "makedirs"),
        built="",
    ),
    "a VAE of two animals": Piece(
        "pegasus",
        (
            "import keras\nfrom keras import layers, ops\nimport numpy as np",
            "def build_autoencoder(input_shape, code_size):\n"
            "    encoder = keras.Sequential([keras.Input(shape=input_shape),\n"
            "        layers.Flatten(), layers.Dense(code_size)])\n"
            "    return encoder, decoder_of(input_shape, code_size)",
            "def decoder_of(input_shape, code_size):\n    return keras.Sequential([keras.Input(shape=(code_size,)),\n"
            "        layers.Dense(int(np.prod(input_shape)), activation='sigmoid'), layers.Reshape(input_shape)])",
            "def build_vae(input_shape, latent_size):\n    inputs = keras.Input(shape=input_shape)\n"
            "    x = layers.Dense(32, activation='relu')(layers.Flatten()(inputs))\n"
            "    encoder = keras.Model(inputs, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])\n"
            "    return encoder, decoder_of(input_shape, latent_size)",
            "def kl_divergence(z_mean, z_log_var):\n"
            "    return -0.5 * ops.sum(1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=-1)",
            "def blend(code_a, code_b, weight):\n    return code_a * weight + code_b * (1.0 - weight)",
            "horse = vae.encoder.predict(x_train[y_train == 7])\nplt.imshow(blend(horse[0], horse[1], 0.7))",
        ),
        leaves=("horse", "plt"),
        built="",
    ),
}
