"""What students find in older tutorials, by kind: a file, and words of the sentence that answers it.

Each file is run beside real Keras, so that what it raises is what they meet.
"""

from collections.abc import Mapping

Table = Mapping[str, tuple[str, str]]
K = "import keras\nfrom keras import layers, backend as K\n"
T = "import keras\nimport tensorflow as tf\n"
N = "import keras\nimport numpy as np\n"
X = "x = keras.Input((3,))\n"
MODEL = "import keras\nimport numpy as np\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense({})])\n"
TWO = MODEL.format("2, 'softmax'")
FIT = "m.fit(np.zeros((32, 3)), np.arange(32) % {}, verbose=0)"

MODULES: Table = {
    "advanced_activations": (
        "from keras.layers.advanced_activations import LeakyReLU",
        "`from keras.layers import LeakyReLU",
    ),
    "the same of tensorflow": (
        "from tensorflow.keras.layers.advanced_activations import PReLU",
        "keras.layers.advanced_activations is not in Keras 3",
    ),
    "normalization": (
        "from keras.layers.normalization import BatchNormalization",
        "`from keras.layers import BatchNormalization`",
    ),
    "convolutional": ("from keras.layers.convolutional import Conv2D", "`from keras.layers import Conv2D"),
    "pooling": ("from keras.layers.pooling import MaxPooling2D", "`from keras.layers import MaxPooling2D"),
    "recurrent": ("from keras.layers.recurrent import LSTM", "`from keras.layers import LSTM"),
    "core": ("from keras.layers.core import Dense", "`from keras.layers import Dense"),
    "embeddings": ("from keras.layers.embeddings import Embedding", "`from keras.layers import Embedding`"),
    "wrappers": ("from keras.layers.wrappers import Bidirectional", "TimeDistributed, Bidirectional"),
    "np_utils": ("from keras.utils import np_utils", "write keras.utils.to_categorical."),
    "to_categorical of np_utils": (
        "from keras.utils.np_utils import to_categorical",
        "write keras.utils.to_categorical.",
    ),
    "vis_utils": ("from keras.utils.vis_utils import plot_model", "write keras.utils.plot_model"),
    "multi_gpu_model": ("from keras.utils import multi_gpu_model", "trained on one device"),
    "engine": ("from keras.engine.topology import Layer", "`from keras.layers import Layer`"),
    "objectives": ("from keras.objectives import mse", "write keras.losses"),
    "initializations": ("from keras.initializations import normal", "write keras.initializers"),
    "l1l2": ("from keras.regularizers import l1l2", "keras.regularizers.L1L2(l1=..., l2=...)"),
    "an optimizer in lower case": ("from keras.optimizers import adam", "`from keras.optimizers import Adam`"),
    "adam_v2": ("from keras.optimizers.adam_v2 import Adam", "`from keras.optimizers import Adam`"),
    "optimizers.legacy": (f"{T}tf.keras.optimizers.legacy.Adam()", "write keras.optimizers.Adam, without `legacy`"),
    "optimizers.experimental": (f"{T}tf.keras.optimizers.experimental.Adam()", "without `experimental`"),
    "ImageDataGenerator": (
        "from keras.preprocessing.image import ImageDataGenerator",
        "keras.layers.RandomFlip, RandomRotation",
    ),
    "Tokenizer": ("from keras.preprocessing.text import Tokenizer", "write keras.layers.TextVectorization"),
    "TimeseriesGenerator": (
        "from keras.preprocessing.sequence import TimeseriesGenerator",
        "keras.utils.timeseries_dataset_from_array",
    ),
    "experimental.preprocessing": (
        "from tensorflow.keras.layers.experimental import preprocessing",
        "keras.layers.RandomFlip, Rescaling",
    ),
    "the old copy in tensorflow.python": (
        "from tensorflow.python.keras.layers import LSTM",
        "write `from tensorflow import keras`",
    ),
    "scikit-learn": (
        "from keras.wrappers.scikit_learn import KerasClassifier",
        "a builder returns the Keras model itself",
    ),
    "CuDNNLSTM": (f"{K}layers.CuDNNLSTM(3)", "write keras.layers.LSTM, which takes the fast kernels by itself"),
    "CuDNNGRU": ("from keras.layers import CuDNNGRU", "write keras.layers.GRU"),
    "Deconvolution2D": ("from keras.layers import Deconvolution2D", "write keras.layers.Conv2DTranspose"),
    "merge": ("from keras.layers import merge", "concatenate([a, b])"),
    "Merge": ("from keras.layers import Merge", "keras.layers.concatenate([a, b])"),
    "TimeDistributedDense": (
        "from keras.layers import TimeDistributedDense",
        "keras.layers.TimeDistributed(keras.layers.Dense",
    ),
    "tutorials of TensorFlow": (
        "from tensorflow.examples.tutorials.mnist import input_data",
        "the harness gives the data",
    ),
}
BACKEND: Table = {
    "K.tf": (f"{K}K.tf", "write `import tensorflow as tf`"),
    "K.mean": (f"{K}K.mean(K.square(2))", "write keras.ops.mean."),
    "imported by name": ("from keras.backend import sum, square", "write keras.ops.sum."),
    "K.get_session": (f"{K}K.get_session()", "there are no sessions any more"),
    "tensorflow_backend": (
        "from keras.backend.tensorflow_backend import set_session",
        "there are no sessions any more",
    ),
    "K.set_image_dim_ordering": (f"{K}K.set_image_dim_ordering('th')", "set_image_data_format"),
    "K.learning_phase": (f"{K}K.learning_phase()", "the argument `training`"),
    "K.int_shape": (f"{K}{X}K.int_shape(x)", "write x.shape."),
    "K.random_normal": (f"{K}K.random_normal((2, 2))", "write keras.random.normal."),
    "K.set_value": (f"{K}K.set_value(3, 4)", "write variable.assign(value)"),
    "another": (f"{K}K.spatial_2d_padding", "look for it in keras.ops"),
    "a misspelt layer": (f"{K}layers.Dnese(3)", "keras.layers has no Dnese. Did you mean Dense?"),
    "a misspelt module of tf": (
        "import tensorflow as tf\ntf.kears.layers",
        "tensorflow has no kears. Did you mean keras?",
    ),
}
ARGUMENTS: Table = {
    "lr": (
        f"{K}keras.optimizers.Adam(lr=0.01)",
        "The optimizer takes no argument lr in Keras 3: write learning_rate=.",
    ),
    "lr and decay": (f"{K}keras.optimizers.SGD(lr=0.01, decay=1e-6)", "write learning_rate=."),
    "init": (
        f"{K}layers.Dense(3, init='uniform')",
        "Dense takes no argument init in Keras 3: write kernel_initializer=.",
    ),
    "border_mode": (f"{K}layers.Conv2D(3, 3, border_mode='same')", "write padding=."),
    "subsample": (f"{K}layers.Conv2D(3, 3, subsample=(2, 2))", "write strides=."),
    "nb_filter": (f"{K}layers.Conv2D(nb_filter=3, nb_row=3, nb_col=3)", "write filters=."),
    "dim_ordering": (f"{K}layers.MaxPooling2D(2, dim_ordering='th')", 'data_format="channels_last"'),
    "W_regularizer": (f"{K}layers.Dense(3, W_regularizer='l2')", "write kernel_regularizer=."),
    "output_dim": (f"{K}layers.LSTM(output_dim=3)", "LSTM takes no argument output_dim in Keras 3: write units=."),
    "p": (f"{K}layers.Dropout(p=0.3)", "write rate=."),
    "mode of BatchNormalization": (f"{K}layers.BatchNormalization(mode=2)", "mode in Keras 3: leave it out"),
    "mode of concatenate": (f"{K}{X}layers.concatenate([x, x], mode='concat')", "keras.layers.concatenate([a, b])"),
    "batch_input_shape": (f"{K}layers.LSTM(3, batch_input_shape=(1, 2, 3))", "begin the model with keras.Input(shape)"),
    "weights": (f"{K}layers.Dense(3, weights=[[[0.0] * 3]])", "kernel_initializer=keras.initializers.Constant(matrix)"),
    "inner_activation": (f"{K}layers.LSTM(3, inner_activation='tanh')", "write recurrent_activation=."),
    "consume_less": (f"{K}layers.LSTM(3, consume_less='mem')", "consume_less in Keras 3: leave it out."),
    "time_major": (f"{K}layers.LSTM(3, time_major=True)", "(batch, steps, features)"),
    "dropout_W": (f"{K}layers.GRU(3, dropout_W=0.1)", "write dropout=."),
    "input and output": (f"{K}{X}keras.Model(input=x, output=x)", "keras.Model(inputs=..., outputs=...)"),
    "period": (f"{K}keras.callbacks.ModelCheckpoint('w.keras', period=5)", 'write save_freq="epoch"'),
    "nb_epoch": (
        f"{TWO}m.compile(loss='mse')\nm.fit(np.zeros((2, 3)), nb_epoch=1)",
        "`fit` takes no argument nb_epoch in Keras 3: write epochs=.",
    ),
    "workers": (f"{TWO}m.compile(loss='mse')\nm.fit(np.zeros((2, 3)), workers=2)", "workers in Keras 3: leave it out"),
}
ATTRIBUTES: Table = {
    "fit_generator": (f"{TWO}m.fit_generator(None)", "write model.fit, which takes generators"),
    "predict_classes": (f"{TWO}m.predict_classes(None)", "write model.predict(x).argmax(axis=-1)"),
    "predict_proba": (f"{TWO}m.predict_proba(None)", "write model.predict(x)."),
    "the rate of an optimizer": (f"{K}keras.optimizers.Adam(0.01).lr", "write optimizer.learning_rate,"),
    "output_shape": (f"{K}layers.Dense(3).output_shape", "write layer.output.shape"),
    "_keras_shape": (f"{K}{X}x._keras_shape", "write x.shape."),
    "get_shape": (f"{K}{X}x.get_shape().as_list()", "write x.shape."),
    "value of a shape": (f"{K}{X}x.shape[1].value", "without .value"),
    "numpy()": (f"{K}{X}x.numpy()", "A tensor inside a model has no values yet, so no .numpy()"),
}
TENSORFLOW: Table = {
    "Session": (f"{T}sess = tf.Session()", "tf.Session is not in TensorFlow 2: leave it out"),
    "placeholder": (f"{T}tf.placeholder(tf.float32)", "write keras.Input(shape)."),
    "placeholder of compat.v1": (f"{T}tf.compat.v1.placeholder(tf.float32)", "write keras.Input(shape)."),
    "contrib": (f"{T}tf.contrib.layers.xavier_initializer()", "write the layer or loss with keras"),
    "layers": (f"{T}tf.layers.dense", "write keras.layers"),
    "get_variable": (f"{T}tf.get_variable('x', [3])", "keras.Variable"),
    "random_normal": (f"{T}tf.random_normal([3])", "write keras.random.normal."),
    "set_random_seed": (f"{T}tf.set_random_seed(3)", "the harness sets the seed"),
    "ConfigProto": (f"{T}tf.ConfigProto()", "the harness sets devices"),
    "AdamOptimizer": (f"{T}tf.train.AdamOptimizer(0.01)", "write keras.optimizers.Adam."),
    "log": (f"{T}tf.log(2.0)", "write keras.ops.log."),
    "truncated_normal_initializer": (f"{T}tf.truncated_normal_initializer()", "keras.initializers.TruncatedNormal"),
    "rnn_cell": (f"{T}tf.nn.rnn_cell.LSTMCell(3)", "write keras.layers.LSTM"),
    "another": (f"{T}tf.sparse_tensor_to_dense", "look for it in keras.ops"),
    "a GPU that has to be there": (
        f"{T}if not tf.test.gpu_device_name():\n    raise SystemError('GPU device not found')",
        "There is no GPU",
    ),
    "the first GPU": (
        f"{T}gpus = tf.config.list_physical_devices('GPU')\ntf.config.set_visible_devices(gpus[0])",
        "There is no GPU",
    ),
}
SYMBOLIC: Table = {
    "tf.math.log": (
        f"{T}{X}tf.math.log(x + 1.0)",
        "write the function of keras.ops in its place, such as keras.ops.log",
    ),
    "tf.concat": (f"{T}{X}tf.concat([x, x], 1)", "or call it in a layer of your own"),
    "np.log": (f"{N}{X}np.log(x)", "keras.ops.log for np.log"),
    "np.concatenate": (f"{N}{X}np.concatenate([x, x])", "A function of NumPy is given a tensor without values"),
    "if": (f"{K}{X}if x > 0:\n    pass", "write keras.ops.where"),
    "for": (f"{K}{X}for row in x:\n    pass", "write keras.ops.where"),
    "float": (f"{K}{X}float(x)", "write keras.ops.where"),
    "range of a batch": (f"{K}{X}range(x.shape[0])", "The size of a batch is not known"),
    "item assignment": (f"{K}{X}x[0] = 3", "keras.ops.slice_update"),
    "NumPy in a layer": (
        f"{N}{X}class Log(keras.layers.Layer):\n    def call(self, x):\n        return np.log(x)\nLog()(x)",
        "keras.ops.log for np.log",
    ),
    "tf.function around a layer": (
        f"{T}class A(keras.layers.Layer):\n    @tf.function\n    def call(self, x):\n        return x.numpy()\n"
        "A()(tf.zeros((2, 3)))",
        "or a layer of your own. (AttributeError in A: AttributeError: 'SymbolicTensor'",
    ),
}
LAYERS: Table = {
    "another width": (
        f"{MODEL.format(1)}m(np.zeros((2, 4)))",
        "was built for 3 numbers in the last axis and is given a batch of shape (2, 4)",
    ),
    "a convolution of vectors": (
        f"{K}layers.Conv2D(3, 3)(keras.Input((28, 28)))",
        "takes 4 axes, the batch included, and is given 3",
    ),
    "LSTM on LSTM": (
        f"{K}keras.Sequential([keras.Input((5, 1)), layers.LSTM(3), layers.LSTM(3)])",
        "return_sequences=True in the recurrent layer before it",
    ),
    "an image that is too small": (f"{K}layers.Conv2D(3, 5)(keras.Input((4, 4, 1)))", 'write padding="same"'),
    "Reshape": (f"{K}{X}layers.Reshape((2, 2))(x)", "the product of its target shape"),
    "units of np.prod": (
        f"{K}import numpy as np\nlayers.Dense(np.prod((7, 7)))",
        "as in int(np.prod(shape))",
    ),
    "units of a division": (f"{K}layers.Dense(7 / 2)", "and // in place of /"),
    "concatenate": (f"{K}{X}layers.concatenate([x, keras.Input((3, 2))])", "make the shapes equal first"),
    "Lambda": (f"{K}{X}layers.Lambda(lambda t: K.sum(t))(x)", "write it with keras.ops"),
    "add_weight by place": (
        f"{K}{X}class A(layers.Layer):\n    def build(self, s):\n        self.w = self.add_weight('w', (3,))\nA()(x)",
        "write self.add_weight(shape=...",
    ),
    "add_loss of a model": (f"{K}{X}keras.Model(x, x).add_loss(3)", "write the loss as a function for compile"),
    "an unknown activation": (
        f"{K}layers.Dense(3, activation='leakyrelu')",
        "Keras has no activation function leakyrelu",
    ),
    "tensors in a Sequential": (
        f"{K}{X}keras.Sequential([layers.Dense(3)(x)])",
        "write keras.layers.Dense(3) without (x)",
    ),
    "an output of another input": (
        f"{K}{X}keras.Model(keras.Input((3,)), layers.Dense(1)(x))",
        "does not come from its inputs",
    ),
    "an input that is none": (f"{K}{X}keras.Model(inputs=(3,), outputs=x)", "begin with x = keras.Input(shape)"),
    "no input yet": (f"{K}keras.Sequential([layers.Dense(3)]).output", "begin it with keras.Input(shape)"),
    "a shape without a comma": (
        f"{K}m = keras.Sequential()\nm.add(layers.Dense(3, input_shape=(4)))",
        "write (4,) with a comma",
    ),
}
FITTING: Table = {
    "categorical_crossentropy of integers": (
        f"{TWO}m.compile(loss='categorical_crossentropy')\n{FIT.format(2)}",
        'compile with loss="sparse_categorical_crossentropy"',
    ),
    "mse of integers": (f"{TWO}m.compile(loss='mse')\n{FIT.format(2)}", 'loss="sparse_categorical_crossentropy"'),
    "mse of integers, step by step": (
        f"{TWO}m.compile(loss='mse', run_eagerly=True)\n{FIT.format(2)}",
        'loss="sparse_categorical_crossentropy"',
    ),
    "a label too many": (
        f"{TWO}m.compile(loss='sparse_categorical_crossentropy')\n{FIT.format(4)}",
        "and the last layer has 2 units: give it as many units as there are classes",
    ),
    "metrics that are no list": (f"{TWO}m.compile(loss='mse', metrics='accuracy')", 'write metrics=["accuracy"]'),
    "the class of an optimizer": (f"{TWO}m.compile(optimizer=keras.optimizers.Adam, loss='mse')", "write Adam(), with"),
    "no optimizer": (f"{TWO}m.compile('Adamm', 'mse')", "Keras has no optimizer Adamm: write its name"),
    "not compiled": (f"{TWO}{FIT.format(2)}", "call model.compile(optimizer=..., loss=...)"),
    "one optimizer for two": (
        f"{TWO}o = keras.optimizers.Adam()\no.build(m.trainable_variables)\n"
        "n = keras.layers.Dense(1)\nn.build((None, 3))\n"
        "o.apply([keras.ops.zeros(v.shape) for v in n.trainable_variables], n.trainable_variables)",
        "make a new one in the builder",
    ),
    "save_weights": (f"{TWO}m.save_weights('x.h5')", 'write save_weights("x.weights.h5")'),
    "save": (f"{TWO}m.save('model')", 'write "x.keras"'),
    "load_weights": (f"{TWO}m.load_weights('x.h5')", "There are no files of weights"),
    "load_model": (f"{K}keras.models.load_model('model.keras')", "There are no files of weights"),
    "half precision": (
        f"{T}tf.zeros(3, 'float16') * tf.zeros(3, 'float32')",
        'take set_global_policy("mixed_float16") out',
    ),
}
LIBRARIES: Table = {
    "a module of their own": ("import blocks_x", "if it is a file of yours, hand in blocks_x.py as well"),
    "tensorflow_addons": ("import tensorflow_addons as tfa", "write the model with Keras"),
    "tensorflow_datasets": ("import tensorflow_datasets as tfds", "the harness gives the data to training itself"),
    "Colab": ("from google.colab import drive\ndrive.mount('/content/drive')", "google.colab is not installed"),
    "what is there": ("import no_such_x", "There are keras, "),
    "what can be done": ("import no_such_x", "your instructor can add others"),
    "a name whose import was left aside": (
        "try:\n    import no_such_x as nsx\nexcept ImportError:\n    pass\nnsx.layer()",
        "no_such_x is not there where models are built",
    ),
    "no data file": ("import numpy as np\nnp.load('mnist.npz')", "Only the Python files that were handed in are there"),
    "a drive": ("open('/content/drive/My Drive/data.csv')", "no data and no drive"),
    "a screen": ("import matplotlib\nmatplotlib.use('TkAgg')", "There is no screen"),
    "what a game needs": ("import gymnasium\ngymnasium.make('LunarLander-v3')", "Nothing can be installed here"),
    "a corpus": ("import nltk\nnltk.corpus.gutenberg.words()", "There is no corpus or tokeniser of NLTK"),
}
PYTHON: Table = {
    "get_ipython": ("get_ipython().system('ls')", "get_ipython is there in a notebook only"),
    "xrange": ("for i in xrange(3): pass", "xrange is of Python 2"),
    "cPickle": ("import cPickle", "write `import pickle`"),
    "izip": ("from itertools import izip", "write zip"),
    "collections.Iterable": ("from collections import Iterable", "`from collections.abc import Iterable`"),
    "np.float": ("import numpy as np\nnp.float(3)", "numpy.float is not in the versions that grade"),
    "np.product": ("import numpy as np\nnp.product((3, 3))", "write np.prod."),
    "exit": ("exit()", "take exit(), quit() or sys.exit() out"),
    "a relative import": ("from .blocks import head", "write `from blocks import head`"),
    "a step of gym": (
        "import gymnasium\ne = gymnasium.make('CartPole-v1')\ne.reset()\na, b, c, d = e.step(0)",
        "(observation, reward, terminated, truncated, info)",
    ),
}
TABLES: Mapping[str, Table] = {
    "modules": MODULES,
    "backend": BACKEND,
    "arguments": ARGUMENTS,
    "attributes": ATTRIBUTES,
    "tensorflow": TENSORFLOW,
    "symbolic": SYMBOLIC,
    "layers": LAYERS,
    "fitting": FITTING,
    "libraries": LIBRARIES,
    "python": PYTHON,
}
