"""Names of TensorFlow 1, with what stands for them in TensorFlow 2 and Keras 3."""

import re
from collections.abc import Mapping

from harness.explain.lost import lost_path, nearest
from harness.explain.seen import Seen

NO_SESSION = "leave it out, TensorFlow 2 computes at once, and a Keras model is called or fitted"
NO_SETTING = "leave it out, the harness sets devices and threads"
NO_SEED = "leave it out, the harness sets the seed before each builder"
NAMES: Mapping[str, str] = {
    "tensorflow.Session": NO_SESSION,
    "tensorflow.InteractiveSession": NO_SESSION,
    "tensorflow.global_variables_initializer": NO_SESSION,
    "tensorflow.local_variables_initializer": NO_SESSION,
    "tensorflow.initialize_all_variables": NO_SESSION,
    "tensorflow.reset_default_graph": NO_SESSION,
    "tensorflow.get_default_graph": NO_SESSION,
    "tensorflow.get_default_session": NO_SESSION,
    "tensorflow.enable_eager_execution": "leave it out, TensorFlow 2 always computes at once",
    "tensorflow.placeholder": "write keras.Input(shape)",
    "tensorflow.contrib": "write the layer or loss with keras",
    "tensorflow.layers": "write keras.layers, as in keras.layers.Dense(64)(x)",
    "tensorflow.get_variable": "write self.add_weight in a layer, or keras.Variable",
    "tensorflow.variable_scope": "leave it out, and name layers by name=",
    "tensorflow.name_scope": "leave it out, and name layers by name=",
    "tensorflow.assign": "write variable.assign(value)",
    "tensorflow.assign_add": "write variable.assign_add(value)",
    "tensorflow.trainable_variables": "write model.trainable_variables",
    "tensorflow.global_variables": "write model.variables",
    "tensorflow.get_collection": "write model.losses or model.trainable_variables",
    "tensorflow.gradients": "write tf.GradientTape in a train_step",
    "tensorflow.ConfigProto": NO_SETTING,
    "tensorflow.GPUOptions": NO_SETTING,
    "tensorflow.set_random_seed": NO_SEED,
    "tensorflow.random_normal": "write keras.random.normal",
    "tensorflow.random_uniform": "write keras.random.uniform",
    "tensorflow.truncated_normal": "write keras.random.truncated_normal",
    "tensorflow.truncated_normal_initializer": "write keras.initializers.TruncatedNormal(stddev=...)",
    "tensorflow.glorot_uniform_initializer": "write keras.initializers.GlorotUniform()",
    "tensorflow.variance_scaling_initializer": "write keras.initializers.VarianceScaling()",
    "tensorflow.log": "write keras.ops.log",
    "tensorflow.to_float": 'write keras.ops.cast(x, "float32")',
    "tensorflow.to_int32": 'write keras.ops.cast(x, "int32")',
    "tensorflow.mod": "write keras.ops.mod",
    "tensorflow.div": "write a / b",
    "tensorflow.matrix_inverse": "write keras.ops.inv",
    "tensorflow.diag": "write keras.ops.diag",
    "tensorflow.is_nan": "write keras.ops.isnan",
    "tensorflow.ceil": "write keras.ops.ceil",
    "tensorflow.erf": "write keras.ops.erf",
    "tensorflow.losses": "write keras.losses",
    "tensorflow.metrics": "write keras.metrics",
    "tensorflow.logging": "write Python's logging, or leave it out",
    "tensorflow.gfile": "write open(...)",
    "tensorflow.flags": "write constants at the top of the file",
    "tensorflow.app": "leave it out, the harness calls your builders",
    "tensorflow.estimator": "write a keras.Model",
    "tensorflow.nn.rnn_cell": "write keras.layers.LSTM or keras.layers.GRU",
    "tensorflow.nn.dynamic_rnn": "write keras.layers.LSTM(..., return_sequences=True)",
    "tensorflow.nn.static_rnn": "write keras.layers.LSTM(..., return_sequences=True)",
    "tensorflow.nn.softmax_cross_entropy_with_logits_v2": "write keras.losses.CategoricalCrossentropy",
    "tensorflow.image.resize_images": "write keras.ops.image.resize",
    "tensorflow.summary.FileWriter": "leave it out, the harness draws the learning curves",
    "tensorflow.train.Saver": "leave it out, the harness keeps weights",
    "tensorflow.examples": "leave it out, the harness gives the data to training itself",
}
OPTIMIZER = re.compile(r"tensorflow\.train\.(\w++)(?<=Optimizer)")


def tensorflow_name(seen: Seen) -> str:
    """Return the sentence for a name of TensorFlow 1."""
    path = lost_path(seen.text)
    known, way = nearest(path, NAMES)
    if not known and (found := OPTIMIZER.fullmatch(path)):
        known, way = path, f"write keras.optimizers.{found[1].removesuffix('Optimizer')}"
    return f"tf.{known.partition('.')[2]} is not in TensorFlow 2: {way}." if known else ""


def other_tensorflow_name(seen: Seen) -> str:
    """Return the sentence for a name that TensorFlow has not and that no table knows."""
    path = lost_path(seen.text)
    if path.count(".") != 1 or not path.startswith("tensorflow."):
        return ""
    return f"tf.{path.partition('.')[2]} is not in TensorFlow 2: look for it in keras.ops, or leave it out."
