"""What goes wrong in compiling and fitting: losses, metrics, optimizers, files of weights."""

from harness.explain.idiom import Idiom

INTEGER_LABELS = (
    "The labels are whole numbers, one an example, and the loss wants as many numbers as the model puts out: compile"
    ' with loss="sparse_categorical_crossentropy".'
)
IDIOMS = (
    Idiom(
        r"`target` and `output` must have the same rank \(ndim\)\. Received: target\.shape=\(\w++,\),"
        r" output\.shape=\(\w++, \d++\)",
        INTEGER_LABELS,
    ),
    Idiom(
        r"Dimensions must be equal, but are \d++ and \d++.{0,300}input shapes: \[\d++\], \[\d++,\d++\]", INTEGER_LABELS
    ),
    Idiom(r"Incompatible shapes: \[\d++\] vs\. \[\d++,\d++\]", INTEGER_LABELS),
    Idiom(
        r"label value of (?P<label>-?\d++) which is outside the valid range of \[0, (?P<most>\d++)\)",
        "There is a label {label}, and the last layer has {most} units: give it as many units as there are classes.",
    ),
    Idiom(
        r"Expected `metrics` argument to be a list",
        'metrics= takes a list in Keras 3: write metrics=["accuracy"].',
    ),
    Idiom(
        r"No gradients provided for any variable",
        "The loss does not depend on any weight: look for argmax, rounding or .numpy() between input and loss, and for"
        " a loss of constants.",
    ),
    Idiom(
        r"optimizer can only be called for the variables it was originally built with",
        "An optimizer serves one model: make a new one in the builder, each time it is called.",
    ),
    Idiom(
        r"You must call `compile\(\)` before|model must be compiled",
        "The model is not compiled: call model.compile(optimizer=..., loss=...) before the builder returns it.",
    ),
    Idiom(
        r"must end in `\.weights\.h5`",
        'Weights are kept in files that end in .weights.h5 in Keras 3: write save_weights("x.weights.h5"), though the'
        " harness keeps the weights itself.",
    ),
    Idiom(
        r"must end in `\.keras`|Invalid filepath extension for saving",
        'Models are kept in files that end in .keras in Keras 3: write "x.keras", though the harness keeps the model'
        " itself.",
    ),
    Idiom(
        r"File format not supported: filepath|Unable to (?:synchronously )?open file|File not found: filepath",
        "There are no files of weights where models are built: return a fresh model, the harness trains it.",
    ),
)
