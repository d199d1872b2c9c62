"""Small pieces in the manner of public notebooks, tutorials and examples, by task: how people really write."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Cells of a notebook or, with `file`, the text of one; what is taken of it, or said of it.

    `built` is what the contract check says of its builders, "" if it passes; None where they are not called.
    """

    task: str
    cells: tuple[str, ...]
    file: bool = False
    holds: tuple[str, ...] = ()  # lines of the source that count
    leaves: tuple[str, ...] = ()  # words that are not in it
    said: tuple[str, ...] = ()
    refused: str = ""
    built: str | None = None


COLAB_START = """#@title Install and import { display-mode: "form" }
!pip install -q keras tensorflow-datasets
from google.colab import drive, files
drive.mount('/content/gdrive')
%matplotlib inline
import os, sys, time
import numpy as np
import matplotlib.pyplot as plt
import tensorflow as tf
import tensorflow_datasets_x as tfds
from tensorflow import keras
from tensorflow.keras import layers"""

DENSE = """def build_dense(input_shape, code_size, hidden_layers):
    width = params["width"]
    encoder = keras.Sequential([layers.Input(input_shape), layers.Flatten(), layers.Dense(code_size)])
    decoder = keras.Sequential([layers.Input((code_size,)), layers.Dense(np.prod(input_shape))])
    return encoder, decoder

def build_conv(input_shape, code_size, hidden_layers):
    return build_dense(input_shape, code_size, hidden_layers)"""

RNN = """def build_model(window, units):
    model = keras.Sequential([keras.Input((window, 1)), layers.LSTM(units), layers.Dense(1)])
    model.compile(optimizer=OPT(LR), loss="mse")
    return model"""

QNET = """def build_q_network(observation_size, num_actions):
    hidden = [layers.Dense(n, "relu") for n in HIDDEN]
    return keras.Sequential([keras.Input((observation_size,)), *hidden, layers.Dense(num_actions)])
def choose_actions(q_values, rule, parameter, rng):
    return POLICIES[rule](q_values, parameter, rng)
def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    return rewards + discount * (1 - terminated) * np.max(next_q_values, axis=1)"""

PIECES = {
    "a Colab autoencoder": Piece(
        "autoencoder",
        (
            COLAB_START,
            "#@markdown Settings\nparams = dict(width=64) #@param\nparams['width'] = 128",
            "(x_train, _), (x_test, _) = keras.datasets.mnist.load_data()\nx_train = x_train[..., None] / 255.",
            DENSE,
            "enc, dec = build_dense((28, 28, 1), 10, 1)\nae = keras.Sequential([enc, dec])\nae.compile('adam', 'mse')",
            "%%time\nhistory = ae.fit(x_train, x_train, epochs=20)",
            "    n = 10\n    plt.figure(figsize=(20, 4))\n"
            "    for i in range(n):\n        plt.imshow(ae.predict(x_test)[i])",
            "!ls -la\nfiles.download('model.h5')",
        ),
        holds=("params['width'] = 128", "from tensorflow import keras", "import numpy as np"),
        leaves=("google", "tfds", "load_data", "plt", "history"),
    ),
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
    "a forecast with its settings in a class": Piece(
        "rnn_regression",
        (
            "import keras\nfrom keras import layers\nclass CFG:\n    lr = 1e-2\n    opt = keras.optimizers.Adam",
            "CFG.lr = 1e-3",
            "LR, OPT = CFG.lr, CFG.opt",
            RNN,
            "from statsmodels_x.tsa import arima\nmodel = arima.ARIMA(series)",
        ),
        holds=("CFG.lr = 1e-3", "LR, OPT = CFG.lr, CFG.opt"),
        leaves=("statsmodels",),
    ),
    "a forecast in a script with argparse": Piece(
        "rnn_regression",
        (
            "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nimport argparse\nimport keras\nfrom keras import layers\n"
            "LR, OPT = 1e-3, keras.optimizers.Adam\n" + RNN + "\n\nif __name__ == '__main__':\n"
            "    args = argparse.ArgumentParser().parse_args()\n    build_model(12, 4).fit(x, y)\n",
        ),
        file=True,
        holds=("if __name__ == '__main__':",),
    ),
    "cells pasted from a terminal": Piece(
        "rnn_regression",
        (
            ">>> import keras\n>>> from keras import layers\n>>> LR = 1e-3\n>>> OPT = keras.optimizers.Adam",
            "In [3]: " + RNN.replace("\n", "\n   ...: "),
            "Out[4]: <keras.Sequential>",
        ),
        holds=("LR = 1e-3",),
        said=("Cell 3 was left out, as nothing taken needs it",),
    ),
    "a classifier with a search over settings": Piece(
        "network_training",
        (
            "import keras, itertools\nfrom keras import layers\ngrid = {'units': [32, 64], 'act': ['relu']}",
            "grid['units'] += [128]\ncombos = list(itertools.product(*grid.values()))\nbest = dict(units=64)",
            "import optuna_x\nstudy = optuna_x.create_study()\nbest.update(study.best_params)",
            "def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, rate):\n"
            "    return keras.Sequential([layers.Dense(best['units'])])",
        ),
        holds=("best = dict(units=64)",),
        leaves=("combos", "optuna"),
        said=("best is changed in cell 3 (line 3), which is left out: as of cell 2 it counts.",),
    ),
    "a classifier with Keras 2's generator": Piece(
        "network_training",
        (
            "from keras.models import Sequential\nfrom keras.layers import Dense\n"
            "from keras.preprocessing.image import ImageDataGenerator\nfrom keras.utils import np_utils",
            "gen = ImageDataGenerator(rotation_range=10)\ny = np_utils.to_categorical(labels)",
            "def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, rate):\n"
            "    return Sequential([Dense(num_classes)])",
            "def preview(x):\n    return gen.flow(x)",
        ),
        holds=("from keras.layers import Dense",),
        leaves=("ImageDataGenerator", "np_utils", "preview"),
    ),
    "augmentation that was adapted to data": Piece(
        "network_training",
        (
            "import keras\nfrom keras import layers\nnorm = layers.Normalization()\n"
            "aug = keras.Sequential([layers.RandomFlip()])",
            "aug.add(layers.RandomRotation(0.1))\nnorm.adapt(x_train)",
            "def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, rate):\n"
            "    return keras.Sequential([norm, aug])",
        ),
        holds=("aug.add(layers.RandomRotation(0.1))",),
        said=("norm is changed in cell 2 (line 2), which is left out",),
    ),
    "DQN from a book": Piece(
        "reinforcement_learning",
        (
            "import gymnasium as gym, keras, numpy as np\n"
            "from keras import layers\nfrom collections import deque\nimport gym_x",
            "HIDDEN = [64]\nHIDDEN.append(64)\nPOLICIES = {}\n"
            "env = gym.make('CartPole-v1')\nmemory = deque(maxlen=2000)",
            "def greedy(q, p, rng):\n    return np.argmax(q, 1)\nPOLICIES['greedy'] = greedy",
            "def epsilon(q, p, rng):\n    return np.where(rng.random(len(q)) < p, "
            "rng.integers(q.shape[1]), greedy(q, p, rng))",
            "POLICIES.update(epsilon=epsilon)",
            QNET,
            "for episode in range(600):\n    obs, info = env.reset()",
            "from pyvirtualdisplay_x import Display\nDisplay(visible=0).start()",
        ),
        holds=("HIDDEN.append(64)", "POLICIES['greedy'] = greedy", "POLICIES.update(epsilon=epsilon)"),
        leaves=("gym", "memory", "Display"),
    ),
    "text with a tokeniser of a library": Piece(
        "text_generation",
        (
            "import tensorflow as tf\nfrom transformers_x import AutoTokenizer\n"
            "tok = AutoTokenizer.from_pretrained('gpt2')",
            "class MyModel(tf.keras.Model):\n    def call(self, x): ...",
            "embedding_dim = 256\nrnn_units = 1024\nembedding_dim //= 4\nids = tok('a')",
            "def build_model(vocabulary_size: int, window: int, level: str) -> tf.keras.Model:\n"
            "    x = tf.keras.Input((window,))\n    return tf.keras.Model(x, "
            "tf.keras.layers.Embedding(9, embedding_dim)(x))",
            "def sample(m: 'MyModel', t: tok.Encoding): ...",
        ),
        holds=("embedding_dim //= 4",),
        leaves=("transformers", "rnn_units", "ids"),
    ),
    "a file that nbconvert wrote": Piece(
        "text_generation",
        (
            "#!/usr/bin/env python\n# coding: utf-8\n\n# # Text\n\n"
            "# In[1]:\n\n\nget_ipython().system('pip install keras')\n"
            "get_ipython().run_line_magic('matplotlib', 'inline')\nimport keras\n\n\n# In[ ]:\n\n\n"
            "def build_model(vocabulary_size, window, level):\n    return keras.Sequential()\n",
        ),
        file=True,
        leaves=("get_ipython",),
        said=("Skipped calls of get_ipython() in text_generation.py (line 9)",),
    ),
    "a file that Colab wrote": Piece(
        "text_generation",
        (
            '# -*- coding: utf-8 -*-\n"""Untitled3.ipynb\n\nOriginal file is located at\n    https://example.org\n"""\n\n'
            "!pip install keras_nlp\n%cd /content\n\nimport keras\n\ndef build_model(vocabulary_size, window, level):\n"
            "    return keras.Sequential()\n",
        ),
        file=True,
        leaves=("!pip", "%cd"),
        said=("Skipped lines of text_generation.py that only a notebook understands: !pip, %cd.",),
    ),
    "settings chosen by what is there": Piece(
        "text_generation",
        (
            "import sys\nIN_COLAB = 'google.colab' in sys.modules\ntry:\n"
            "    import keras_hub_x as hub\nexcept ImportError:\n    hub = None",
            "import keras\nif IN_COLAB:\n    WIDTH = 256\nelse:\n    WIDTH = 64",
            "def build_model(vocabulary_size, window, level):\n"
            "    return keras.layers.Dense(WIDTH) if hub is None else None",
        ),
        holds=("    WIDTH = 256", "    hub = None"),
    ),
    "a model of another library": Piece(
        "autoencoder",
        (
            "import torch\nimport torch.nn as nn",
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()",
            "def build_dense(input_shape, code_size, hidden_layers):\n    return Net(), Net()\n"
            "def build_conv(input_shape, code_size, hidden_layers):\n    return Net(), Net()",
        ),
        said=(
            "Net (cell 2) was left out: it reads nn where it is defined, "
            "which is of torch, a library that is not there",
        ),
    ),
    "a builder with a comma left out": Piece(
        "rnn_regression",
        ("import keras\nLR = 1", "def build_model(window units):\n    return keras.Sequential()", "print('done')"),
        refused="rnn_regression.ipynb cell 2 line 1 is not valid Python: invalid syntax. Correct the line",
    ),
    "Python 2": Piece(
        "rnn_regression",
        (
            "import keras\nprint 'Keras', keras.__version__\n"
            "def build_model(window, units):\n    return keras.Sequential()",
        ),
        refused="rnn_regression.ipynb cell 1 line 2 is not valid Python: Missing parentheses in call to 'print'",
    ),
    "a search with a grid of its own": Piece(
        "hyperparameter_tuning",
        (
            "import itertools\nimport keras_tuner_x as kt\nfrom tensorflow import keras\n"
            "from tensorflow.keras import layers",
            "grid = {'optimizer': ['adam', 'sgd'], 'learning_rate': [1e-3]}\ngrid['learning_rate'].append(1e-2)",
            "def build_mlp(input_shape, num_classes, optimizer, learning_rate, **rest):\n    return net(input_shape)\n"
            "def build_cnn(input_shape, num_classes, optimizer, learning_rate, **rest):\n    return net(input_shape)",
            "def net(shape):\n    return keras.Sequential([layers.Input(shape), layers.Flatten(), layers.Dense(10)])",
            "def mlp_candidates():\n    return [dict(zip(grid, v)) for v in itertools.product(*grid.values())]\n"
            "cnn_candidates = mlp_candidates",
            "tuner = kt.GridSearch(build_mlp, objective='val_accuracy')\ntuner.search(x, y)",
        ),
        holds=("grid['learning_rate'].append(1e-2)", "cnn_candidates = mlp_candidates"),
        leaves=("kt", "tuner"),
    ),
    "a classifier of CIFAR-100 with a schedule": Piece(
        "cifar100_classification",
        (
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport tensorflow as tf\n"
            "from tensorflow.keras import layers, models, regularizers",
            "wd = 1e-4\ndef block(x, n):\n"
            "    x = layers.Conv2D(n, 3, padding='same', kernel_regularizer=regularizers.l2(wd))(x)\n"
            "    return layers.ReLU()(layers.BatchNormalization()(x))",
            "(x_train, y_train), _ = tf.keras.datasets.cifar100.load_data(label_mode='fine')",
            "def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):\n"
            "    i = layers.Input(input_shape)\n    x = layers.GlobalAveragePooling2D()(block(i, 8))\n"
            "    m = models.Model(i, layers.Dense(num_classes, activation='softmax')(x))\n"
            "    m.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9), 'sparse_categorical_crossentropy')\n"
            "    return m",
            "h = build_model((32, 32, 3), 100, 1e6, 100, True, True).fit(x_train, y_train)\n"
            "plt.plot(h.history['loss'])",
        ),
        holds=("wd = 1e-4",),
        leaves=("load_data", "plt", "history"),
    ),
    "a backbone under a head of Colab": Piece(
        "transfer_learning",
        (
            "!pip install -q tensorflow\nimport tensorflow as tf\nfrom tensorflow.keras import layers, Model\n"
            "from google.colab import drive",
            "base = tf.keras.applications.VGG16(include_top=False, input_shape=(64, 64, 3))\nbase.trainable = False",
            "def head(x, n):\n    x = layers.GlobalAveragePooling2D()(x)\n"
            "    return layers.Dense(n, activation='softmax')(layers.Dense(64, activation='relu')(x))",
            "def build_model(backbone, mode, input_shape, num_classes, mean, std):\n"
            "    backbone.trainable = mode != 'frozen'\n    i = layers.Input(input_shape)\n"
            "    x = backbone(layers.Normalization(mean=mean, variance=[s * s for s in std])(i))\n"
            "    m = Model(i, head(x, num_classes))\n"
            "    m.compile('adam', 'sparse_categorical_crossentropy')\n    return m",
            "drive.mount('/content/drive')\nmodel.save('/content/drive/MyDrive/model.keras')",
        ),
        leaves=("google", "applications", "drive"),
    ),
    "clocks with labels of their own": Piece(
        "clock_reading",
        (
            "import numpy as np\nimport cv2_x\nimport keras\nfrom keras import layers, ops",
            "images = np.load('images.npy')\nlabels = np.load('labels.npy')",
            "def to_class(m, n):\n    return ops.cast(ops.floor(m * n / 720), 'int32')",
            "def net(input_shape, out):\n    i = keras.Input(input_shape)\n"
            "    return keras.Model(i, out(layers.Flatten()(layers.Conv2D(4, 3, activation='relu')(i))))\n"
            "def build_classifier(input_shape, num_classes):\n"
            "    m = net(input_shape, layers.Dense(num_classes, activation='softmax'))\n"
            "    m.compile('adam', lambda t, p: keras.losses.sparse_categorical_crossentropy("
            "to_class(t, num_classes), p))\n    return m\n"
            "def build_regressor(input_shape, loss):\n    m = net(input_shape, layers.Dense(1))\n"
            "    m.compile('adam', loss)\n    return m\n"
            "def build_two_heads(input_shape):\n    i = keras.Input(input_shape)\n    x = layers.Flatten()(i)\n"
            "    m = keras.Model(i, [layers.Dense(12, activation='softmax')(x), layers.Dense(1)(x)])\n"
            "    m.compile('adam', ['sparse_categorical_crossentropy', 'mae'])\n    return m",
            "idx = np.random.permutation(len(images))\nx_train = images[idx[:16000]]",
        ),
        leaves=("images", "labels", "cv2"),
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
    "sentiment with GloVe from a Colab drive": Piece(
        "text_embeddings",
        (
            "!wget http://nlp.example/glove.6B.zip\nimport numpy as np\nfrom tensorflow import keras\n"
            "from tensorflow.keras.layers import *",
            "(x_train, y_train), (x_test, y_test) = keras.datasets.imdb.load_data(num_words=10000)\n"
            "word_index = keras.datasets.imdb.get_word_index()",
            "def finish(m):\n    m.add(Dense(1, activation='sigmoid'))\n"
            "    m.compile('rmsprop', 'binary_crossentropy', metrics=['acc'])\n    return m",
            "def build_average(vocabulary_size, length):\n    return finish(keras.Sequential([keras.Input((length,)),\n"
            "        Embedding(vocabulary_size, 16, name='embedding'), GlobalAveragePooling1D()]))\n"
            "def build_lstm(vocabulary_size, length, embedding_size):\n"
            "    return finish(keras.Sequential([keras.Input((length,)),\n"
            "        Embedding(vocabulary_size, embedding_size, name='embedding'), LSTM(32)]))\n"
            "def build_glove(vocabulary_size, length, embedding_matrix, trainable):\n"
            "    m = build_lstm(vocabulary_size, length, embedding_matrix.shape[1])\n"
            "    m.layers[0].set_weights([embedding_matrix])\n    m.layers[0].trainable = trainable\n"
            "    m.compile('rmsprop', 'binary_crossentropy')\n    return m",
            "h = build_lstm(10000, 200, 100).fit(x_train, y_train)\nplt.plot(h.history['acc'])",
        ),
        leaves=("wget", "load_data", "word_index", "plt"),
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
