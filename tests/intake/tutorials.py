"""More pieces in the manner of public notebooks, tutorials and examples, each with builders that are really called."""

from intake.pieces import Piece

IMPORTS = "import numpy as np\nimport matplotlib.pyplot as plt\nimport tensorflow as tf\nfrom tensorflow import keras\n"
CLASSIFIER = (
    "def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):\n"
)
RULES = """def choose_actions(q_values, rule, parameter, rng):
    greedy = np.argmax(q_values, axis=1)
    return np.where(rng.random(len(greedy)) < 0.1, rng.integers(q_values.shape[1], size=len(greedy)), greedy)

def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    return rewards + (1 - terminated) * discount * np.max(next_q_values, axis=1)"""

TUTORIALS = {
    "autoencoders of the Keras blog": Piece(
        "autoencoder",
        (
            "from keras.layers import Input, Dense, Flatten, Reshape\nfrom keras.models import Model, Sequential\n"
            "from keras.datasets import mnist\nimport numpy as np\nencoding_dim = 32  # 24.5 to one",
            "(x_train, _), (x_test, _) = mnist.load_data()\nx_train = x_train.astype('float32') / 255.",
            "def build_dense(input_shape, code_size, hidden_layers):\n"
            "    input_img = Input(shape=input_shape)\n    x = Flatten()(input_img)\n"
            "    for i in range(hidden_layers): x = Dense(encoding_dim, activation='relu')(x)\n"
            "    encoder = Model(input_img, Dense(code_size, activation='relu')(x))\n"
            "    size = int(np.prod(input_shape))\n"
            "    decoder = Sequential([Input(shape=(code_size,)), Dense(size, activation='sigmoid'), "
            "Reshape(input_shape)])\n    return encoder, decoder",
            "build_conv = build_dense",
            "autoencoder = Model(input_img, decoder(encoder(input_img)))\nautoencoder.fit(x_train, x_train)",
        ),
        holds=("encoding_dim = 32  # 24.5 to one", "build_conv = build_dense"),
        leaves=("mnist", "autoencoder.fit"),
        built="",
    ),
    "an autoencoder of TensorFlow's tutorial": Piece(
        "autoencoder",
        (
            IMPORTS + "from tensorflow.keras import layers, losses\nfrom tensorflow.keras.models import Model",
            "class Autoencoder(Model):\n  def __init__(self, latent_dim, shape):\n    super().__init__()\n"
            "    self.encoder = tf.keras.Sequential(\n"
            "      [layers.Input(shape), layers.Flatten(), layers.Dense(latent_dim)])\n"
            "    self.decoder = tf.keras.Sequential([layers.Input((latent_dim,)),\n"
            "      layers.Dense(tf.math.reduce_prod(shape).numpy(), activation='sigmoid'), layers.Reshape(shape)])\n"
            "  def call(self, x):\n    return self.decoder(self.encoder(x))",
            "def build_dense(input_shape, code_size, hidden_layers):\n"
            "  ae = Autoencoder(code_size, input_shape)\n  return ae.encoder, ae.decoder",
            "build_conv = lambda input_shape, code_size, hidden_layers: build_dense(input_shape, code_size, 1)",
        ),
        built="(cell 2), in build_dense: units has to be a plain whole number: write int(...) around it",
    ),
    "an autoencoder of Keras 1": Piece(
        "autoencoder",
        (
            "from keras.models import Sequential\nfrom keras.layers import *",
            "def build_conv(input_shape, code_size, hidden_layers):\n    m = Sequential()\n"
            "    m.add(Convolution2D(16, 3, 3, activation='relu', border_mode='same', input_shape=input_shape))\n"
            "    return m, m\nbuild_dense = build_conv",
        ),
        built="Conv2D takes no argument border_mode in Keras 3: write padding=.",
    ),
    "a convolutional network of keras.io": Piece(
        "network_training",
        (
            "import keras\nfrom keras import layers\nnum_classes, input_shape = 10, (28, 28, 1)",
            CLASSIFIER + "    model = keras.Sequential([keras.Input(shape=input_shape)])\n"
            "    if augmentation != 'none':\n        model.add(layers.RandomTranslation(0.1, 0.1))\n"
            "    model.add(layers.Conv2D(8, kernel_size=(3, 3), activation='relu', kernel_initializer=initializer))\n"
            "    model.add(layers.MaxPooling2D(pool_size=(2, 2)))\n    model.add(layers.Flatten())\n"
            "    if batch_norm: model.add(layers.BatchNormalization())\n"
            "    model.add(layers.Dropout(dropout))\n    model.add(layers.Dense(num_classes, activation='softmax'))\n"
            "    model.compile(loss='sparse_categorical_crossentropy', metrics=['acc'],\n"
            "                  optimizer=keras.optimizers.Adam(learning_rate))\n    return model",
            "model = build_model(input_shape, num_classes, 'none', 0.5, False, 'he_normal', 1e-3)\nmodel.summary()",
            "batch_size = 128\nepochs = 15\nmodel.fit(x_train, y_train, validation_split=0.1)",
        ),
        leaves=("batch_size", "model.fit"),
        built="",
    ),
    "CIFAR with Keras 2's optimizer": Piece(
        "network_training",
        (
            "from keras.models import Sequential\nfrom keras.layers import Dense, Flatten, Activation\n"
            "from keras.optimizers import SGD\nfrom keras.utils import np_utils\nimport keras",
            CLASSIFIER + "    model = Sequential()\n    model.add(Flatten(input_shape=input_shape))\n"
            "    model.add(Dense(num_classes))\n    model.add(Activation('softmax'))\n"
            "    sgd = SGD(lr=learning_rate, decay=1e-6, momentum=0.9, nesterov=True)\n"
            "    model.compile(loss='sparse_categorical_crossentropy', optimizer=sgd)\n    return model",
            "Y = np_utils.to_categorical(y_train, 10)\nmodel.fit_generator(datagen.flow(X, Y), nb_epoch=10)",
        ),
        leaves=("np_utils", "fit_generator"),
        built="The optimizer takes no argument lr in Keras 3: write learning_rate=.",
    ),
    "augmentation of tf.keras 2": Piece(
        "network_training",
        (
            IMPORTS + "from tensorflow.keras import layers",
            "data_augmentation = tf.keras.Sequential([\n"
            "  layers.experimental.preprocessing.RandomFlip('horizontal'),\n])",
            CLASSIFIER + "    model = tf.keras.Sequential([layers.Input(input_shape), data_augmentation])\n"
            "    return model",
        ),
        built="these layers stand in keras.layers itself: keras.layers.RandomFlip",
    ),
    "deep Q-learning of keras.io": Piece(
        "reinforcement_learning",
        (
            "import gymnasium as gym\nimport numpy as np\nimport keras\nfrom keras import layers",
            "gamma = 0.99\nepsilon = 1.0\nenv = gym.make('CartPole-v1', render_mode='rgb_array')\nenv.reset(seed=42)",
            "def build_q_network(observation_size, num_actions):\n    return keras.Sequential([\n"
            "        keras.Input((observation_size,)), layers.Dense(32, activation='relu'),\n"
            "        layers.Dense(num_actions, activation='linear')])",
            RULES,
            "model = build_q_network(4, 2)\nwhile True:\n    observation, _ = env.reset()\n    break",
        ),
        leaves=("gym", "while True"),
        built="",
    ),
    "a DQN with gym of old": Piece(
        "reinforcement_learning",
        (
            "import gym_x as gym, numpy as np\nfrom tensorflow import keras",
            "env = gym.make('CartPole-v0')\nn_outputs = env.action_space.n",
            "def build_q_network(observation_size, num_actions):\n    return keras.models.Sequential([\n"
            "        keras.layers.Dense(32, activation='elu', input_shape=[observation_size]),\n"
            "        keras.layers.Dense(n_outputs)])",
            RULES,
        ),
        said=("build_q_network uses n_outputs, set by what was skipped of cell 2: if a builder needs it, tag it",),
        built="Nothing that was taken from the notebook sets n_outputs: the remarks say what was left out",
    ),
    "LSTM for airline passengers": Piece(
        "rnn_regression",
        (
            "import numpy\nimport matplotlib.pyplot as plt\nfrom pandas import read_csv\n"
            "from keras.models import Sequential\nfrom keras.layers import Dense\nfrom keras.layers import LSTM\n"
            "from sklearn.preprocessing import MinMaxScaler",
            "numpy.random.seed(7)\ndataframe = read_csv('airline-passengers.csv', usecols=[1])\nlook_back = 1",
            "def build_model(window, units):\n    model = Sequential()\n"
            "    model.add(LSTM(units, input_shape=(window, 1)))\n"
            "    model.add(Dense(1))\n    model.compile(loss='mean_squared_error', optimizer='adam')\n    return model",
            "model.fit(trainX, trainY, epochs=100, batch_size=1, verbose=2)\n"
            "plt.plot(scaler.inverse_transform(dataset))",
        ),
        leaves=("read_csv", "MinMaxScaler", "plt"),
        built="",
    ),
    "stacked LSTMs without sequences": Piece(
        "rnn_regression",
        (
            "import keras\nfrom keras import layers\n"
            "def build_model(window, units):\n    model = keras.Sequential([keras.Input((window, 1))])\n"
            "    model.add(layers.LSTM(units))\n    model.add(layers.LSTM(units))\n    model.add(layers.Dense(1))\n"
            "    model.compile('adam', 'mse')\n    return model\n",
        ),
        file=True,
        built="line 6, in build_model: Layer lstm_",
    ),
    "a fast LSTM for GPUs": Piece(
        "rnn_regression",
        (
            "from tensorflow import keras\nfrom tensorflow.keras.layers import Dense, CuDNNLSTM",
            "def build_model(window, units):\n    model = keras.models.Sequential([CuDNNLSTM(units), Dense(1)])\n"
            "    model.compile(optimizer='adam', loss='mse')\n    return model",
        ),
        built="write keras.layers.LSTM, which takes the fast kernels by itself",
    ),
    "a forecast with torch": Piece(
        "rnn_regression",
        (
            "import torch_x as torch\nfrom torch_x import nn",
            "class Forecast(nn.Module):\n    def __init__(self, units):\n        super().__init__()\n"
            "        self.lstm = nn.LSTM(1, units)",
            "def build_model(window, units):\n    return Forecast(units)",
        ),
        said=("Forecast (cell 2) was left out: it reads nn where it is defined, which is of torch_x, a library",),
        built="Nothing that was taken from the notebook sets Forecast: the remarks say what was left out and why",
    ),
    "text with an RNN of TensorFlow's tutorial": Piece(
        "text_generation",
        (
            "import tensorflow as tf\nimport numpy as np\nimport os\nimport time",
            "path_to_file = tf.keras.utils.get_file('shakespeare.txt', 'https://example.org/shakespeare.txt')\n"
            "text = open(path_to_file, 'rb').read().decode(encoding='utf-8')\nvocab = sorted(set(text))",
            "# The embedding dimension\nembedding_dim = 16\n\n# Number of RNN units\nrnn_units = 32",
            "def build_model(vocabulary_size, window, level):\n    model = tf.keras.Sequential([\n"
            "        tf.keras.layers.Input((window,), dtype='int32'),\n"
            "        tf.keras.layers.Embedding(vocabulary_size, embedding_dim),\n"
            "        tf.keras.layers.GRU(rnn_units, recurrent_initializer='glorot_uniform'),\n"
            "        tf.keras.layers.Dense(vocabulary_size)])\n    return model",
            "def loss(labels, logits):\n"
            "    return tf.keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)",
            "for input_example, target_example in dataset.take(1):\n    print(input_example.shape)",
        ),
        holds=("embedding_dim = 16",),
        leaves=("get_file", "dataset.take"),
        built="",
    ),
    "a small transformer of keras.io": Piece(
        "text_generation",
        (
            "import keras\nfrom keras import layers, ops\nimport keras_hub_x\n",
            "embed_dim, num_heads, feed_forward_dim = 16, 2, 16\nmaxlen = 80",
            "class TransformerBlock(layers.Layer):\n    def __init__(self, rate=0.1):\n        super().__init__()\n"
            "        self.att = layers.MultiHeadAttention(num_heads, embed_dim)\n"
            "        self.ffn = keras.Sequential([layers.Dense(feed_forward_dim, activation='relu'),"
            " layers.Dense(embed_dim)])\n        self.norm = layers.LayerNormalization(epsilon=1e-6)\n"
            "    def call(self, inputs):\n"
            "        return self.norm(inputs + self.ffn(self.att(inputs, inputs, use_causal_mask=True)))",
            "class TokenAndPositionEmbedding(layers.Layer):\n    def __init__(self, maxlen, vocab_size, embed_dim):\n"
            "        super().__init__()\n        self.token_emb = layers.Embedding(vocab_size, embed_dim)\n"
            "        self.pos_emb = layers.Embedding(maxlen, embed_dim)\n    def call(self, x):\n"
            "        return self.token_emb(x) + self.pos_emb(ops.arange(0, ops.shape(x)[-1], 1))",
            "def build_model(vocabulary_size, window, level):\n    inputs = layers.Input((window,), dtype='int32')\n"
            "    x = TokenAndPositionEmbedding(window, vocabulary_size, embed_dim)(inputs)\n"
            "    x = TransformerBlock()(x)\n    return keras.Model(inputs, layers.Dense(vocabulary_size)(x[:, -1]))",
            "tokenizer = keras_hub_x.models.GPT2Tokenizer.from_preset('gpt2')",
        ),
        leaves=("keras_hub",),
        built="",
    ),
    "a file of Colab that mounts a drive": Piece(
        "text_generation",
        (
            "# -*- coding: utf-8 -*-\n!pip install keras\nfrom google.colab import drive\n"
            "drive.mount('/content/drive')\n"
            "import keras\ndef build_model(vocabulary_size, window, level):\n    return keras.Sequential()\n",
        ),
        file=True,
        built="line 3: google.colab is not installed where models are built: leave it out",
    ),
    "a model of sessions": Piece(
        "text_generation",
        (
            "import tensorflow as tf\nimport numpy as np",
            "def build_model(vocabulary_size, window, level):\n    x = tf.placeholder(tf.int32, [None, window])\n"
            "    with tf.Session() as sess:\n        sess.run(tf.global_variables_initializer())\n    return x",
        ),
        built="tf.placeholder is not in TensorFlow 2: write keras.Input(shape).",
    ),
    "a search by TensorFlow's quickstart": Piece(
        "hyperparameter_tuning",
        (
            IMPORTS,
            "def build_mlp(input_shape, num_classes, activation, optimizer, learning_rate, **rest):\n"
            "  model = tf.keras.models.Sequential([\n"
            "    tf.keras.layers.Flatten(input_shape=input_shape),\n"
            "    tf.keras.layers.Dense(128, activation=activation),\n    tf.keras.layers.Dropout(0.2),\n"
            "    tf.keras.layers.Dense(num_classes, activation='softmax')\n  ])\n"
            "  opt = tf.keras.optimizers.get({'class_name': optimizer, 'config': {'learning_rate': learning_rate}})\n"
            "  model.compile(optimizer=opt, loss='sparse_categorical_crossentropy', metrics=['accuracy'])\n"
            "  return model\nbuild_cnn = build_mlp",
            "def mlp_candidates():\n  return [{'optimizer': 'adam'}, {'optimizer': 'sgd', 'learning_rate': 0.1}]\n"
            "cnn_candidates = mlp_candidates",
            "model = build_mlp((28, 28, 1), 10, 'relu', 'adam', 0.001)\nmodel.fit(x_train, y_train, epochs=5)",
        ),
        holds=("cnn_candidates = mlp_candidates",),
        leaves=("model.fit",),
        built="",
    ),
    "TensorFlow's tutorial on CNNs, for a hundred classes": Piece(
        "cifar100_classification",
        (
            "import tensorflow as tf\n\nfrom tensorflow.keras import datasets, layers, models\n"
            "import matplotlib.pyplot as plt",
            "(train_images, train_labels), (test_images, test_labels) = datasets.cifar100.load_data()",
            "def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):\n"
            "  model = models.Sequential()\n"
            "  if augmentation:\n    model.add(layers.RandomFlip('horizontal', input_shape=input_shape))\n"
            "  model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=input_shape))\n"
            "  model.add(layers.MaxPooling2D((2, 2)))\n  model.add(layers.GlobalAveragePooling2D())\n"
            "  if dropout:\n    model.add(layers.Dropout(0.3))\n"
            "  model.add(layers.Dense(num_classes, activation='softmax'))\n"
            "  model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n  return model",
            "history = model.fit(train_images, train_labels, epochs=10)\nplt.plot(history.history['accuracy'])",
        ),
        leaves=("datasets.cifar100", "plt", "history"),
        built="",
    ),
    "transfer learning of keras.io": Piece(
        "transfer_learning",
        (
            "import numpy as np\nimport keras\nfrom keras import layers\nimport tensorflow_datasets_x as tfds",
            "train_ds, validation_ds = tfds.load('cats_vs_dogs', split=['train[:40%]', 'train[40%:50%]'])",
            "def build_model(backbone, mode, input_shape, num_classes, mean, std):\n"
            "    backbone.trainable = mode != 'frozen'\n"
            "    inputs = keras.Input(shape=input_shape)\n"
            "    scale = layers.Normalization(mean=mean, variance=[s**2 for s in std])\n"
            "    x = scale(inputs)\n    x = backbone(x, training=False)\n"
            "    x = layers.GlobalAveragePooling2D()(x)\n    x = layers.Dropout(0.2)(x)\n"
            "    outputs = layers.Dense(num_classes, activation='softmax')(x)\n"
            "    model = keras.Model(inputs, outputs)\n    model.summary(show_trainable=True)\n"
            "    model.compile(keras.optimizers.Adam(), 'sparse_categorical_crossentropy')\n    return model",
            "model.fit(train_ds, epochs=2, validation_data=validation_ds)",
        ),
        leaves=("tfds", "model.fit"),
    ),
    "a clock reader as a tutorial on digits has it": Piece(
        "clock_reading",
        (
            "import numpy as np\nimport keras\nfrom keras import layers",
            "def body(input_shape):\n    inputs = keras.Input(shape=input_shape)\n"
            "    x = layers.Conv2D(8, kernel_size=(3, 3), activation='relu')(inputs)\n"
            "    x = layers.MaxPooling2D(pool_size=(2, 2))(x)\n    return inputs, layers.Flatten()(x)",
            "def build_classifier(input_shape, num_classes):\n    inputs, x = body(input_shape)\n"
            "    model = keras.Model(inputs, layers.Dense(num_classes, activation='softmax')(x))\n"
            "    width = 720 // num_classes\n    def loss(y_true, y_pred):\n"
            "        return keras.losses.sparse_categorical_crossentropy(y_true // width, y_pred)\n"
            "    model.compile(loss=loss, optimizer='adam')\n    return model",
            "def build_regressor(input_shape, loss):\n    inputs, x = body(input_shape)\n"
            "    x = layers.Dense(1, activation='sigmoid')(x)\n"
            "    model = keras.Model(inputs, layers.Rescaling(720)(x))\n"
            "    model.compile(loss=loss, optimizer='adam')\n    return model",
            "def build_two_heads(input_shape):\n    inputs, x = body(input_shape)\n"
            "    hour = layers.Dense(12, activation='softmax', name='hour')(x)\n"
            "    minute = layers.Rescaling(60, name='minute')(layers.Dense(1, activation='sigmoid')(x))\n"
            "    model = keras.Model(inputs, [hour, minute])\n"
            "    model.compile(loss=['sparse_categorical_crossentropy', 'mae'], optimizer='adam')\n    return model",
            "model = build_classifier((64, 64, 1), 24)\nmodel.fit(x_train, y_train, batch_size=128, epochs=15)",
        ),
        leaves=("model.fit",),
        built="",
    ),
    "pretrained word embeddings of keras.io": Piece(
        "text_embeddings",
        (
            "import numpy as np\nimport keras\nfrom keras import layers\nimport tensorflow_datasets_x as tfds",
            "path_to_glove_file = 'glove.6B.100d.txt'\nnum_tokens = 20000",
            "def head(inputs, x):\n    outputs = layers.Dense(1, activation='sigmoid', name='predictions')(x)\n"
            "    model = keras.Model(inputs, outputs)\n"
            "    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])\n    return model",
            "def build_average(vocabulary_size, length):\n    inputs = keras.Input(shape=(length,), dtype='int64')\n"
            "    x = layers.Embedding(vocabulary_size, 16, mask_zero=True, name='embedding')(inputs)\n"
            "    return head(inputs, layers.GlobalAveragePooling1D()(x))",
            "def build_lstm(vocabulary_size, length, embedding_size):\n"
            "    inputs = keras.Input(shape=(None,), dtype='int32')\n"
            "    x = layers.Embedding(vocabulary_size, embedding_size, name='embedding')(inputs)\n"
            "    return head(inputs, layers.Bidirectional(layers.LSTM(8))(x))",
            "def build_glove(vocabulary_size, length, embedding_matrix, trainable):\n"
            "    embedding_layer = layers.Embedding(vocabulary_size, embedding_matrix.shape[1], trainable=trainable,\n"
            "        name='embedding')\n    embedding_layer.build((1,))\n"
            "    embedding_layer.set_weights([embedding_matrix])\n"
            "    inputs = keras.Input(shape=(None,), dtype='int32')\n"
            "    return head(inputs, layers.LSTM(8)(embedding_layer(inputs)))",
            "model = build_glove(num_tokens, 200, np.zeros((num_tokens, 100)), False)\nmodel.fit(x_train, y_train)",
        ),
        leaves=("model.fit", "tfds"),
        built="",
    ),
}
