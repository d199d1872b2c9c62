"""Layers that do not fit each other, or that are given what they cannot take."""

from harness.explain.idiom import Idiom

IDIOMS = (
    Idiom(
        r"layer '?\"?(?P<layer>\w++)'?\"? is incompatible with the layer: expected axis -1 of input shape to have value"
        r" (?P<expected>\d++), but received input with shape (?P<received>\([^()]*+\))",
        "Layer {layer} was built for {expected} numbers in the last axis and is given a batch of shape {received}: take"
        " the sizes of layers from the builder's arguments, not from fixed numbers.",
    ),
    Idiom(
        r"layer '?\"?(?P<layer>(?:lstm|gru|simple_rnn|bidirectional)\w*+)'?\"? is incompatible with the layer: expected"
        r" ndim=3, found ndim=2",
        "Layer {layer} takes sequences (batch, steps, features) and is given one vector an example: write"
        " return_sequences=True in the recurrent layer before it, or reshape its input.",
    ),
    Idiom(
        r"layer '?\"?(?P<layer>\w++)'?\"? is incompatible with the layer: expected"
        r" (?:min_|max_)?ndim=(?P<expected>\d++),"
        r" found ndim=(?P<received>\d++)",
        "Layer {layer} takes {expected} axes, the batch included, and is given {received}: put keras.layers.Reshape or"
        " Flatten before it, or begin with keras.Input of the builder's shape.",
    ),
    Idiom(
        r"Computed output size would be zero or negative|[Nn]egative dimension size",
        'What reaches a layer is smaller than its kernel or pool: write padding="same", or take fewer pooling layers'
        " or strides.",
    ),
    Idiom(
        r"total size of the tensor must be unchanged",
        "A Reshape does not hold as many numbers as it is given: the product of its target shape has to be that of its"
        " input.",
    ),
    Idiom(
        r"Received an invalid value for `(?P<name>\w++)`, expected a positive integer",
        "{name} has to be a plain whole number: write int(...) around it, as in int(np.prod(shape)), and //"
        " in place of /.",
    ),
    Idiom(
        r"requires inputs with matching shapes except for the concatenation axis",
        "What is concatenated differs in another axis than the one it is joined along: make the shapes equal first, or"
        " set axis=.",
    ),
    Idiom(
        r"Inputs have incompatible shapes", "What is added or multiplied has to have one shape: make them equal first."
    ),
    Idiom(
        r"automatically infer the shape of the Lambda's output",
        "The function of a Lambda layer could not be tried out, often because something in it (such as"
        " keras.backend.sum) is not in Keras 3: write it with keras.ops, or give output_shape=.",
    ),
    Idiom(
        r"must be passed as a keyword argument. Received: add_weight|`shape` must be|initializer identifier: \(",
        "Keras 3 takes the name of a weight by keyword: write self.add_weight(shape=..., initializer=..., name=...).",
        line=r"add_weight|add_variable",
    ),
    Idiom(
        r"Could not interpret optimizer identifier: (?P<name>[A-Z]\w*+)",
        "{name} is a class, and an optimizer is asked for: write {name}(), with its settings between the brackets.",
        line=r"(?:optimizers\.|optimizer=|optimizer = |compile\()[A-Z]\w*+\s*+[,)]",
    ),
    Idiom(
        r"Could not interpret (?P<kind>[\w ]{1,40}) identifier: (?P<name>[\w.-]++)",
        "Keras has no {kind} {name}: write its name as the documentation has it, or pass an object of Keras.",
    ),
    Idiom(
        r"NotImplementedError",
        "A model has no add_loss in Keras 3: write the loss as a function for compile, or call self.add_loss in the"
        " `call` of a layer.",
        line=r"\.add_loss\(",
    ),
    Idiom(
        r"Only instances of `keras\.Layer` can be added to a Sequential model",
        "A Sequential model takes layers, not what layers return: write keras.layers.Dense(3) without (x), or build a"
        " keras.Model(inputs, outputs).",
    ),
    Idiom(
        r"is not connected to `inputs`|Graph disconnected",
        "An output of the model does not come from its inputs: begin with one keras.Input and call each layer on what"
        " the one before it returns.",
    ),
    Idiom(
        r"All `(?P<name>\w++)` values must be KerasTensors",
        "keras.Model takes tensors: begin with x = keras.Input(shape), and pass what layers return.",
    ),
    Idiom(
        r"has never been called and thus has no defined|the layer isn't built",
        "The model does not know its input yet: begin it with keras.Input(shape).",
    ),
    Idiom(
        r"Cannot convert '\d++' to a shape",
        "A shape is a tuple: write (4,) with a comma.",
    ),
    Idiom(
        r"expected to be a half tensor but is a float tensor|expected to be a float tensor but is a half tensor",
        'Half precision meets float32: take set_global_policy("mixed_float16") out; on a CPU half precision saves'
        " nothing.",
    ),
)
