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
}
