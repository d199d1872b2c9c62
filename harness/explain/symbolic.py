"""A tensor without values handed to what needs values, and code that only TensorFlow 1 ran."""

from harness.explain.idiom import Idiom

PLACEHOLDER = "what keras.Input and layers return has no values while a model is built"
ON_TENSORFLOW = (
    f"A function of TensorFlow is given a Keras tensor ({PLACEHOLDER}): write the function of keras.ops in its place,"
    " such as keras.ops.log or keras.ops.concatenate, or call it in a layer of your own (keras.layers.Lambda, or a"
    " class with `call`)."
)
ON_NUMPY = (
    f"A function of NumPy is given a tensor without values ({PLACEHOLDER}): write the function of keras.ops in its"
    " place, such as keras.ops.log for np.log."
)
ON_PYTHON = (
    f"`if`, `for`, float() and int() need values, and {PLACEHOLDER}: write keras.ops.where or keras.ops.cond, and take"
    " sizes from the builder's arguments."
)
EAGER_OFF = (
    "The file switches TensorFlow 2 off (disable_eager_execution or disable_v2_behavior), and Keras 3 runs on"
    " TensorFlow 2 alone: take that line out."
)
OFF = r"disable_eager_execution|disable_v2_behavior"

IDIOMS = (
    Idiom(r"symbolic tf\.Tensor|eager|[Ss]ymbolic|placeholder|Session|graph", EAGER_OFF, source=OFF),
    Idiom(r"tf\.placeholder\(\) is not compatible", "tf.placeholder is of TensorFlow 1: write keras.Input(shape)."),
    Idiom(r"KerasTensor cannot be used as input to a TensorFlow function", ON_TENSORFLOW),
    Idiom(r"cannot convert it to a NumPy array|symbolic tf\.Tensor .{0,200}to a numpy array", ON_NUMPY),
    Idiom(r"KerasTensor.{0,200}(?:as a boolean|to a float|to an int)", ON_PYTHON),
    Idiom(r"Iterating over a symbolic|[Uu]sing a symbolic `?tf\.Tensor`? as a Python `?bool", ON_PYTHON),
    Idiom(
        r"'KerasTensor' object does not support item assignment",
        "A Keras tensor cannot be changed in place: write keras.ops.where or keras.ops.slice_update.",
    ),
    Idiom(
        r"'NoneType' object cannot be interpreted as an integer",
        "The size of a batch is not known while a model is built (it is None): leave it to Keras, as in"
        " keras.ops.reshape(x, (-1, n)).",
        line=r"shape|range|reshape|zeros|ones",
    ),
)
