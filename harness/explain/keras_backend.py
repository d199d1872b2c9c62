"""Functions of `keras.backend` (mostly written `K`) that Keras 3 has elsewhere or nowhere."""

from collections.abc import Mapping

from harness.explain.lost import lost_path
from harness.explain.seen import Seen

# Those that keras.ops has under the same name.
IN_OPS = frozenset(
    {
        *("abs", "all", "any", "arange", "argmax", "argmin", "binary_crossentropy", "cast"),
        *("categorical_crossentropy", "clip", "conv2d", "cos", "cumsum", "elu", "equal", "exp", "expand_dims"),
        *("eye", "greater", "greater_equal", "hard_sigmoid", "less", "less_equal", "log", "logsumexp", "max"),
        *("maximum", "mean", "min", "minimum", "not_equal", "one_hot", "ones", "ones_like", "prod", "relu"),
        *("repeat", "reshape", "round", "shape", "sigmoid", "sign", "sin", "softmax", "softplus", "sqrt", "square"),
        *("squeeze", "stack", "std", "stop_gradient", "sum", "tanh", "tile", "transpose", "var", "zeros"),
        *("zeros_like"),
    }
)
RENAMED: Mapping[str, str] = {
    "tf": "write `import tensorflow as tf`",
    "concatenate": "write keras.ops.concatenate",
    "dot": "write keras.ops.matmul",
    "batch_dot": "write keras.ops.matmul or keras.ops.einsum",
    "pow": "write keras.ops.power",
    "gather": "write keras.ops.take",
    "permute_dimensions": "write keras.ops.transpose",
    "batch_flatten": "write keras.layers.Flatten()",
    "flatten": "write keras.ops.reshape(x, (-1,))",
    "l2_normalize": "write keras.ops.normalize",
    "repeat_elements": "write keras.ops.repeat",
    "switch": "write keras.ops.where",
    "in_train_phase": "look at the argument `training` of the layer's call",
    "learning_phase": "look at the argument `training` of the layer's call",
    "set_learning_phase": "leave it out, fit and predict tell layers by the argument `training`",
    "int_shape": "write x.shape",
    "ndim": "write len(x.shape)",
    "random_normal": "write keras.random.normal",
    "random_uniform": "write keras.random.uniform",
    "truncated_normal": "write keras.random.truncated_normal",
    "random_binomial": "write keras.random.binomial",
    "get_value": "write keras.ops.convert_to_numpy(x)",
    "set_value": "write variable.assign(value)",
    "update": "write variable.assign(value)",
    "variable": "write keras.Variable(value)",
    "constant": "write keras.ops.convert_to_tensor(value)",
    "placeholder": "write keras.Input(shape)",
    "function": "write keras.Model(inputs, outputs) and call it",
    "gradients": "take gradients in a train_step with tf.GradientTape",
    "set_image_dim_ordering": 'write keras.backend.set_image_data_format("channels_last"), which is the usual',
    "image_dim_ordering": "write keras.backend.image_data_format()",
}
SESSIONS = frozenset(
    {"get_session", "set_session", "tensorflow_backend", "clear_session", "manual_variable_initialization"}
)


def backend_name(seen: Seen) -> str:
    """Return the sentence for a function that `keras.backend` had."""
    path = lost_path(seen.text)
    if not path.startswith("keras.backend."):
        return ""
    name = path.removeprefix("keras.backend.").partition(".")[0]
    if name in SESSIONS:
        way = "leave the line out, there are no sessions any more"
    elif name in IN_OPS:
        way = f"write keras.ops.{name}"
    else:
        way = RENAMED.get(name, "look for it in keras.ops")
    return f"keras.backend.{name} is not in Keras 3, with which models are built: {way}."
