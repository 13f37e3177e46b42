"""Values on the way through a graph of ONNX that becomes a Keras model, and what may go wrong there.

Maps are kept as Keras has them, (N, H, W, C), whatever the file says; ``layout`` remembers what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from engine.errors import ModelError
from engine.phrase import later
from model_store.scan.exchange.onnx_format import OnnxGraph, OnnxNode

Layout = Literal["nchw", "nhwc", "plain"]

_TO_KERAS: Mapping[Layout, tuple[int, ...]] = {"nchw": (0, 2, 3, 1), "nhwc": (0, 1, 2, 3)}


class NotConverted(ModelError):
    """A graph that cannot be made a Keras model; the sentence says why."""


_NO_LAYER = later(
    "Its operation {operation} has no counterpart in Keras here. So the model answers, and has no gradients."
)


def no_layer(node: OnnxNode, reason: str = "") -> NotConverted:
    """An operation that Keras has not, or not in this way.

    Args:
        node: the operation.
        reason: in which way, such as the name and value of an attribute.
    """
    return NotConverted(
        _NO_LAYER,
        operation=f"{node.operation} ({reason})" if reason else node.operation,
    )


@dataclass(frozen=True, eq=False)
class Placed:
    """A value that depends on the image.

    Attributes:
        tensor: symbolic tensor of Keras: (N, H, W, C), (N, F) or any other shape.
        layout: in which order the file has its axes; "plain" where there are no places.
        order_chw: what was flattened, where the file has it in this order and Keras in (H, W, C).
        gate: name of an activation, and what it is one of when multiplied with this value.
    """

    tensor: Any
    layout: Layout = "plain"
    order_chw: tuple[int, int, int] | None = None
    gate: tuple[str, "Placed"] | None = None

    @property
    def shape(self) -> tuple[int | None, ...]:
        """In the order of the file."""
        sides = tuple(self.tensor.shape)
        return (sides[0], sides[3], sides[1], sides[2]) if self.layout == "nchw" else sides

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.tensor.shape)

    def axis(self, number: int) -> int:
        """Where Keras has an axis of the file."""
        place = number % self.rank
        return {0: 0, 1: 3, 2: 1, 3: 2}[place] if self.layout == "nchw" else place

    def like(self, tensor: Any) -> "Placed":
        """Another value in the same order."""
        return replace(self, tensor=tensor, gate=None)

    def aligned(self, constant: np.ndarray) -> np.ndarray:
        """A constant of the file, whose axes are those of this value from the last one, as Keras has them."""
        if self.layout != "nchw" or constant.ndim == 0:
            return constant
        wide = constant.reshape((1,) * (4 - constant.ndim) + constant.shape)
        return np.ascontiguousarray(wide.transpose(_TO_KERAS["nchw"]))


@dataclass(frozen=True, eq=False)
class Side:
    """The length of an axis that is known only when a picture is there.

    Attributes:
        of: the value.
        axis: in the order of the file.
    """

    of: Placed
    axis: int


Value = np.ndarray | Placed


@dataclass
class Conversion:
    """A graph on the way to Keras.

    Attributes:
        graph: of the file.
        layers: ``keras.layers``.
        ops: ``keras.ops``.
        values: what is known so far, by name.
        names: of layers that are taken.
    """

    graph: OnnxGraph
    layers: Any
    ops: Any
    values: dict[str, Value] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def inputs(self, node: OnnxNode) -> list[Value | None]:
        """What an operation takes; None for what is left out."""
        return [self.values[name] if name else None for name in node.inputs]

    def name(self, node: OnnxNode, ending: str = "") -> str:
        """A name for a layer, made of that of the operation; no other layer has it."""
        plain = safe_name(node.name or (node.outputs[0] if node.outputs else "") or node.operation) + ending
        found, count = plain, 1
        while found.lower() in self.names:
            count += 1
            found = f"{plain}_{count}"
        self.names.add(found.lower())
        return found


def safe_name(name: str) -> str:
    """A name that Keras and TensorFlow take: "/layer1/layer1.0/Conv" becomes "layer1.layer1.0.Conv"."""
    letters = [
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "." for letter in name
    ]
    plain = ".".join(part for part in "".join(letters)[:120].split(".") if part).lstrip("_-")
    return plain or "step"


def constant(node: OnnxNode, inputs: list[Value | None], place: int) -> np.ndarray | None:
    """An input that has to be a constant; None where it is left out.

    Raises:
        NotConverted: it depends on the image.
    """
    value = inputs[place] if place < len(inputs) else None
    if isinstance(value, Placed):
        raise no_layer(node, "with computed parameters")
    return value


def placed(node: OnnxNode, inputs: list[Value | None], layouts: tuple[Layout, ...] = ()) -> Placed:
    """The first input, which has to depend on the image, in one of some orders.

    Raises:
        NotConverted: it does not.
    """
    value = inputs[0]
    if not isinstance(value, Placed) or (layouts and value.layout not in layouts):
        raise no_layer(node, "of something that is no map")
    if value.order_chw and node.operation not in _ANY_ORDER:
        raise no_layer(node, "of flattened maps")
    return value


_ORDERLESS = """
    Relu LeakyRelu Elu Selu Sigmoid Tanh Clip HardSwish HardSigmoid Softplus Mish Gelu Gemm MatMul Dropout
    Identity Cast Flatten
    """
_ANY_ORDER = frozenset(_ORDERLESS.split())
"""Operations that treat each number of a flattened map alike, or know its order."""
