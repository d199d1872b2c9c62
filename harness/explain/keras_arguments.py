"""Arguments that Keras 2 or Keras 1 took, with what Keras 3 calls them."""

import re
from collections.abc import Mapping

from harness.explain.loaded import of_keras
from harness.explain.seen import Seen

ARGUMENTS: Mapping[str, str] = {
    "lr": "write learning_rate=",
    "schedule_decay": "leave it out, or pass a keras.optimizers.schedules object as learning_rate=",
    "init": "write kernel_initializer=",
    "inner_init": "write recurrent_initializer=",
    "inner_activation": "write recurrent_activation=",
    "gamma_init": "write gamma_initializer=",
    "beta_init": "write beta_initializer=",
    "border_mode": "write padding=",
    "subsample": "write strides=",
    "subsample_length": "write strides=",
    "nb_filter": "write filters=",
    "nb_row": "write kernel_size=(rows, columns)",
    "nb_col": "write kernel_size=(rows, columns)",
    "filter_length": "write kernel_size=",
    "pool_length": "write pool_size=",
    "atrous_rate": "write dilation_rate=",
    "dim_ordering": 'leave it out, or write data_format="channels_last"',
    "W_regularizer": "write kernel_regularizer=",
    "b_regularizer": "write bias_regularizer=",
    "U_regularizer": "write recurrent_regularizer=",
    "W_constraint": "write kernel_constraint=",
    "b_constraint": "write bias_constraint=",
    "bias": "write use_bias=",
    "dropout_W": "write dropout=",
    "dropout_U": "write recurrent_dropout=",
    "consume_less": "leave it out",
    "time_major": "leave it out, sequences are (batch, steps, features)",
    "output_dim": "write units=",
    "p": "write rate=",
    "mode": "leave it out (layers are joined by keras.layers.concatenate([a, b]) or keras.layers.add([a, b]))",
    "concat_axis": "write axis=",
    "fused": "leave it out",
    "virtual_batch_size": "leave it out",
    "batch_input_shape": (
        "begin the model with keras.Input(shape), or with keras.Input(batch_shape=...) where the batch has a fixed size"
    ),
    "input_dtype": "write keras.Input(shape, dtype=...)",
    "weights": (
        "give them by an initializer, as in kernel_initializer=keras.initializers.Constant(matrix), or by"
        " layer.set_weights(...) once the model is built"
    ),
    "input": "write keras.Model(inputs=..., outputs=...)",
    "output": "write keras.Model(inputs=..., outputs=...)",
    "nb_epoch": "write epochs=",
    "samples_per_epoch": "write steps_per_epoch=",
    "nb_val_samples": "write validation_steps=",
    "nb_worker": "leave it out",
    "workers": "leave it out",
    "use_multiprocessing": "leave it out",
    "max_queue_size": "leave it out",
    "show_accuracy": 'write compile(..., metrics=["accuracy"])',
    "class_mode": "leave it out, the loss says so",
    "period": 'write save_freq="epoch"',
    "write_grads": "leave it out",
    "options": "leave it out",
    "sample_weight_mode": "leave it out",
}
# What stands where an argument of today is missing: the name it had.
EARLIER: Mapping[str, tuple[str, ...]] = {
    "units": ("output_dim", "nb_units"),
    "rate": ("p",),
    "filters": ("nb_filter",),
    "kernel_size": ("filter_length", "nb_row"),
}
GIVEN = re.compile(r"Unrecognized keyword arguments passed to (?P<owner>\w++): \{'(?P<name>\w++)'")
NOT_RECOGNIZED = re.compile(r"Argument\(s\) not recognized: \{'(?P<name>\w++)'")
UNEXPECTED = re.compile(
    r"\b(?P<owner>\w++)(?:\.(?P<method>\w++))?\(\) got an unexpected keyword argument '(?P<name>\w++)'"
)
MISSING = re.compile(r"\b(?P<owner>\w++)\.__init__\(\) missing \d+ required positional arguments?: '(?P<name>\w++)'")


def argument(seen: Seen) -> str:
    """Return the sentence for an argument that Keras took once; that of anything else is left to it."""
    for pattern in (GIVEN, NOT_RECOGNIZED, UNEXPECTED):
        found = pattern.search(seen.said)
        if found and found["name"] in ARGUMENTS and (pattern is not UNEXPECTED or of_keras(found[1], found[2] or "")):
            owner, name = owner_of(found.groupdict()), found["name"]
            return f"{owner} takes no argument {name} in Keras 3: {ARGUMENTS[name]}."
    found = MISSING.search(seen.said)
    earlier = EARLIER.get(found["name"], ()) if found and of_keras(found["owner"]) else ()
    if found and (old := next((word for word in earlier if re.search(rf"\b{word}\s*+=", seen.line)), "")):
        return f"{found['owner']} takes no argument {old} in Keras 3: write {found['name']}=."
    return ""


def owner_of(groups: Mapping[str, str | None]) -> str:
    """Return what takes the arguments, in the student's words: a layer, `fit` or the optimizer."""
    method, owner = groups.get("method") or "", groups.get("owner") or "The optimizer"
    return owner if method in ("", "__init__") else f"`{method}`"
