"""Modules and names that Keras 2 had and Keras 3 has not, with what to write instead."""

from collections.abc import Mapping

from harness.explain.lost import lost_path, nearest
from harness.explain.seen import Seen

LAYERS = "write `from keras.layers import {}`"
NAMES: Mapping[str, str] = {
    "keras.layers.advanced_activations": LAYERS.format("LeakyReLU, PReLU, ELU"),
    "keras.layers.normalization": LAYERS.format("BatchNormalization"),
    "keras.layers.convolutional": LAYERS.format("Conv2D, Conv2DTranspose"),
    "keras.layers.pooling": LAYERS.format("MaxPooling2D, GlobalAveragePooling2D"),
    "keras.layers.recurrent": LAYERS.format("LSTM, GRU, SimpleRNN"),
    "keras.layers.recurrent_v2": LAYERS.format("LSTM, GRU"),
    "keras.layers.core": LAYERS.format("Dense, Dropout, Flatten"),
    "keras.layers.embeddings": LAYERS.format("Embedding"),
    "keras.layers.noise": LAYERS.format("GaussianNoise"),
    "keras.layers.wrappers": LAYERS.format("TimeDistributed, Bidirectional"),
    "keras.layers.merge": "write `from keras.layers import concatenate, add` and concatenate([a, b])",
    "keras.layers.Merge": "write keras.layers.concatenate([a, b]) or keras.layers.add([a, b])",
    "keras.layers.experimental": "these layers stand in keras.layers itself: keras.layers.RandomFlip, Rescaling",
    "keras.layers.CuDNNLSTM": "write keras.layers.LSTM, which takes the fast kernels by itself where there is a GPU",
    "keras.layers.CuDNNGRU": "write keras.layers.GRU, which takes the fast kernels by itself where there is a GPU",
    "keras.layers.Deconvolution2D": "write keras.layers.Conv2DTranspose",
    "keras.layers.AtrousConvolution2D": "write keras.layers.Conv2D with dilation_rate=",
    "keras.layers.TimeDistributedDense": "write keras.layers.TimeDistributed(keras.layers.Dense(...))",
    "keras.layers.ThresholdedReLU": "write keras.layers.ReLU(threshold=...)",
    "keras.layers.LocallyConnected1D": "write keras.layers.Conv1D, which shares its weights over places",
    "keras.layers.LocallyConnected2D": "write keras.layers.Conv2D, which shares its weights over places",
    "keras.layers.MaxoutDense": "write keras.layers.Dense and keras.ops.max over a reshaped axis",
    "keras.layers.Highway": "write the layer yourself as a keras.layers.Layer",
    "keras.utils.np_utils": "write keras.utils.to_categorical",
    "keras.utils.generic_utils": "write keras.saving.get_custom_objects or keras.saving.custom_object_scope",
    "keras.utils.vis_utils": "write keras.utils.plot_model, and leave pictures out of what is graded",
    "keras.utils.layer_utils": "write model.summary() or model.count_params()",
    "keras.utils.multi_gpu_model": "leave it out, models are trained on one device here",
    "keras.engine": "write `from keras import Input, Model` and `from keras.layers import Layer`",
    "keras.legacy": "leave it out, and write the layers as Keras 3 has them",
    "keras.objectives": "write keras.losses",
    "keras.initializations": "write keras.initializers",
    "keras.regularizers.l1l2": "write keras.regularizers.L1L2(l1=..., l2=...)",
    "keras.regularizers.WeightRegularizer": "write keras.regularizers.L1L2(l1=..., l2=...)",
    "keras.optimizers.legacy": "write keras.optimizers.Adam, without `legacy`",
    "keras.optimizers.experimental": "write keras.optimizers.Adam, without `experimental`",
    "keras.optimizers.adam_v2": "write `from keras.optimizers import Adam`",
    "keras.optimizers.rmsprop_v2": "write `from keras.optimizers import RMSprop`",
    "keras.optimizers.gradient_descent_v2": "write `from keras.optimizers import SGD`",
    "keras.optimizers.adam": "write `from keras.optimizers import Adam`",
    "keras.optimizers.rmsprop": "write `from keras.optimizers import RMSprop`",
    "keras.optimizers.sgd": "write `from keras.optimizers import SGD`",
    "keras.optimizers.TFOptimizer": "write an optimizer of keras.optimizers, such as Adam",
    "keras.preprocessing.image.ImageDataGenerator": (
        "augment within the model, with keras.layers.RandomFlip, RandomRotation and RandomZoom"
    ),
    "keras.preprocessing.image": "look in keras.utils: load_img, img_to_array",
    "keras.preprocessing.text": (
        "write keras.layers.TextVectorization, though a builder needs none: it is given numbered words or letters"
    ),
    "keras.preprocessing.sequence.TimeseriesGenerator": (
        "write keras.utils.timeseries_dataset_from_array, though a builder needs none: it is given windows"
    ),
    "keras.preprocessing.sequence": "write keras.utils.pad_sequences",
    "keras.wrappers": "write keras.wrappers.SKLearnClassifier, though a builder returns the Keras model itself",
    "keras.callbacks.RemoteMonitor": "leave it out, there is no network",
    "keras.metrics.fbeta_score": "write keras.metrics.F1Score()",
    "keras.models.Graph": "write keras.Model(inputs, outputs)",
    "tensorflow.python.keras": "write `from tensorflow import keras`: the module is an old copy that nobody maintains",
    "keras.python": "write `from tensorflow import keras`",
    "tensorflow.contrib.keras": "write `from tensorflow import keras`",
}


def keras_name(seen: Seen) -> str:
    """Return the sentence for a module or name that Keras 2 had."""
    path = lost_path(seen.text)
    known, way = nearest(path, NAMES)
    if known:
        return f"{known} is not in Keras 3, with which models are built: {way}."
    legacy = "optimizers.legacy" in seen.said
    return f"keras.optimizers.legacy is not in Keras 3: {NAMES['keras.optimizers.legacy']}." if legacy else ""
