"""What a submission promises: its builders, what they are given, and the models that they return."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.records.models import Plain

Shape = tuple[int, ...]
Number = Literal["float32", "int32"]


@dataclass(frozen=True)
class Argument:
    """One argument of a builder, as the student's page explains it."""

    name: str
    type: str
    text: str


@dataclass(frozen=True)
class Builder:
    """A function that a submission exports. `returns` is shown to students.

    An `optional` one stands in for the harness's own where a submission has it. `uses` names the functions of the
    submission that training calls beside this builder's models; their signatures are checked with it. `compiles` says
    that the student compiles the models, and so chooses optimiser, learning rate and loss.
    """

    name: str
    text: str
    arguments: tuple[Argument, ...]
    returns: str
    optional: bool = False
    uses: tuple[str, ...] = ()
    compiles: bool = False


@dataclass(frozen=True)
class Tensor:
    """One input or output of a model, without the batch axis.

    With `tokens` it holds int32 ids below that number, otherwise numbers of `dtype`. A model with several inputs or
    outputs takes and gives them in the order of the contract, or as a dictionary by `name`. `logits` says of an output
    that its numbers may be of any size and sign, which a sigmoid or a softmax at the end would take away.
    """

    shape: Shape
    name: str = ""
    dtype: Number = "float32"
    tokens: int = 0
    logits: bool = False


@dataclass(frozen=True)
class ModelSpec:
    """What one returned Keras model must look like: its inputs and outputs, and whether it comes compiled."""

    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    compiled: bool = False


def maps(
    takes: Shape | tuple[Tensor, ...],
    gives: Shape | tuple[Tensor, ...],
    *,
    name: str = "model",
    compiled: bool = False,
    tokens: int = 0,
    logits: bool = False,
) -> ModelSpec:
    """Return the specification of a model from one input to one output, each a shape, or from several, each named."""
    return ModelSpec(name, _tensors(takes, tokens=tokens), _tensors(gives, logits=logits), compiled)


def _tensors(several: Shape | tuple[Tensor, ...], *, tokens: int = 0, logits: bool = False) -> tuple[Tensor, ...]:
    named = tuple(t for t in several if isinstance(t, Tensor))
    return named or (Tensor(tuple(n for n in several if isinstance(n, int)), tokens=tokens, logits=logits),)


@dataclass(frozen=True)
class GivenModel:
    """A Keras model that the harness makes in the sandbox and hands to a builder, such as a backbone with weights.

    `run` is `module:function` as in `Step`, of a module of `harness.training` or of the text `code`: called with the
    arrays named in `inputs` and with `settings`, it returns a model. Each step that calls the builder gets a fresh one.
    """

    run: str
    inputs: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True)
class Earlier:
    """A builder that is called before that of a call, with plain arguments; it returns one model."""

    builder: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One call of a builder: its arguments and the models it must return, in order.

    `arguments` are plain values; `arrays` maps an argument to the task's array that it is given (an embedding matrix, a
    vocabulary), and `models` to a model that the harness makes. Where models that are trained together come of several
    builders, the `earlier` ones are called before it, and theirs are the first of the models in `returns`, one each.
    """

    builder: str
    arguments: Mapping[str, Any]
    returns: tuple[ModelSpec, ...]
    arrays: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, GivenModel] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the names of task arrays that a step must have to make this call."""
        made = (name for model in self.models.values() for name in model.inputs)
        return tuple(dict.fromkeys((*self.arrays.values(), *made)))


@dataclass(frozen=True)
class Setting:
    """One setting of a candidate: a number within [low, high], or one of `choices`. Students read `text`.

    `default` stands in where a candidate leaves the setting out.
    """

    name: str
    text: str
    kind: Literal["int", "float", "bool", "str"]
    default: Plain = None
    low: float | None = None
    high: float | None = None
    choices: tuple[Plain, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """Settings that a student chooses: a function without arguments that returns a list of dictionaries.

    It is called once, in the contract check; what it returns is data, at most `most` candidates, each checked against
    `settings`. Every candidate is trained as a variant of its own (see `Variant.candidate`).
    """

    function: str
    text: str
    settings: tuple[Setting, ...]
    most: int = 8
