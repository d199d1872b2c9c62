"""Which models can be rebuilt from their configuration alone: those of Keras's own layers, by plain names.

A configuration comes from a process that ran student code, so it is read as hostile: what is not listed here is refused
before Keras looks at it. Left out are layers that hold code (`Lambda`, wrappers of other libraries), read files, or
keep what they learnt outside their weights (vocabularies).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final


def words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


LAYERS: Final = words(
    "InputLayer Activation ELU LeakyReLU PReLU ReLU Softmax Identity Masking",
    "Dense EinsumDense Embedding Attention AdditiveAttention MultiHeadAttention GroupQueryAttention",
    "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose DepthwiseConv1D DepthwiseConv2D",
    "SeparableConv1D SeparableConv2D ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D",
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D",
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D",
    "LSTM GRU SimpleRNN RNN LSTMCell GRUCell SimpleRNNCell StackedRNNCells Bidirectional TimeDistributed",
    "BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization SpectralNormalization",
    "Normalization Rescaling Resizing CenterCrop",
    "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout GaussianNoise AlphaDropout",
    "ActivityRegularization",
    "RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomShear RandomTranslation RandomZoom",
    "Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D",
    "ZeroPadding1D ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D",
    "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
)
CLASSES: Final[Mapping[str, frozenset[str]]] = {
    "keras.layers": LAYERS,
    "keras": frozenset({"Sequential", "DTypePolicy"}),
    "keras.models": frozenset({"Sequential"}),
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.initializers": words(
        "Zeros Ones Constant Identity Orthogonal GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal",
        "LecunUniform RandomNormal RandomUniform TruncatedNormal VarianceScaling",
    ),
    "keras.regularizers": frozenset({"L1", "L2", "L1L2", "OrthogonalRegularizer"}),
    "keras.constraints": frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}),
    "keras.src.ops.core": frozenset({"Cast", "ConvertToTensor", "Slice", "StopGradient"}),
}
OPERATIONS: Final = ("keras.src.ops.numpy", "keras.src.ops.nn", "keras.src.ops.math")  # sums on tensors, nothing else
VALUES: Final = frozenset({"__keras_tensor__", "__slice__", "__ellipsis__", "__numpy__", "__tensor__"})
DEEPEST: Final = 60


class NotPlain(Exception):
    """A model cannot be rebuilt; the message says why. No fault of anybody's."""


def require_plain(configuration: Any) -> None:
    """Raise NotPlain for anything in a configuration that is not listed here."""
    for node in nodes(configuration, DEEPEST):
        name, module = node.get("class_name"), node.get("module")
        if isinstance(name, str) and (name in VALUES or activation(node)):
            continue
        if not isinstance(name, str) or not isinstance(module, str) or not known(module, name):
            raise NotPlain(f"it holds {str(module)[:60]}.{str(name)[:60]}")
        if node.get("registered_name") not in (None, name):
            raise NotPlain("it holds a class that was registered by name")


def nodes(value: Any, deepest: int) -> Iterator[Mapping[str, Any]]:
    """Yield every object of a configuration: each dictionary that names a class."""
    if deepest < 0:
        raise NotPlain("its configuration is too deep")
    if isinstance(value, dict):
        if "class_name" in value or "module" in value or "registered_name" in value:
            yield value
        for inner in value.values():
            yield from nodes(inner, deepest - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner, deepest - 1)


def known(module: str, name: str) -> bool:
    if module in OPERATIONS:
        return operation(module, name)
    return name in CLASSES.get(module, ())


def activation(node: Mapping[str, Any]) -> bool:
    """Say whether this is an activation of Keras's by its name; what looks others up is none."""
    plain = node.get("module") == "keras.activations" and node.get("class_name") == "function"
    return plain and isinstance(node.get("config"), str) and node["config"] not in ("get", "serialize", "deserialize")


def operation(module: str, name: str) -> bool:
    """Say whether a module of Keras's own operations defines this one."""
    import importlib

    import keras

    found = vars(importlib.import_module(module)).get(name)
    return isinstance(found, type) and issubclass(found, keras.Operation) and found.__module__ == module
