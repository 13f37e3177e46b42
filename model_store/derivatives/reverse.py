"""The way back through a network that OpenVINO has read: reverse accumulation, operation by operation.

The graph of derivatives is made of the network's own, with its own weights, in a fraction of a second. So
gradients need no second library, and nothing about them has to be kept on disk but what they are compiled to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from model_store.derivatives import elementwise, places, products, windows
from model_store.derivatives.nodes import (
    Gate,
    NoDerivativeError,
    Rule,
    Step,
    Tensor,
    constant_node,
    fixed_shape,
    opset,
    tensor_name,
)
from model_store.network.frozen import INPUT_NAME, LAYER, MARK

RULES: Mapping[str, Rule] = {
    **elementwise.RULES,
    **windows.RULES,
    **products.RULES,
    **places.RULES,
}
"""By the name of an operation."""


@dataclass(eq=False)
class WayBack:
    """Derivatives of one number, a weighted sum of a tensor of a graph, by tensors before it.

    Attributes:
        start: the tensor that depends on what one derives by.
        gate: what ReLUs let pass.
    """

    start: Tensor
    gate: Gate = field(default_factory=Gate)
    _found: dict[tuple[str, int], Tensor] = field(default_factory=dict)

    def run(self, model: Any, end: Tensor, weights: Tensor) -> None:
        """Go back from a tensor, whose numbers are weighed, to the start.

        Raises:
            NoDerivativeError: an operation on the way has no rule.
        """
        ordered = model.get_ordered_ops()
        reached = _reached(ordered, self.start)
        self._found[tensor_name(end)] = weights
        for node in reversed(ordered):
            if node.get_name() in reached and node.get_type_name() not in ("Parameter", "Result"):
                self._back(node, reached)

    def by(self, tensor: Tensor) -> Tensor | None:
        """The derivative by a tensor; None where the score does not depend on it."""
        return self._found.get(tensor_name(tensor))

    def _back(self, node: Any, reached: frozenset[str]) -> None:
        for at in range(node.get_output_size()):
            gradient = self._found.get(tensor_name(node.output(at)))
            if gradient is None:
                continue
            rule = RULES.get(node.get_type_name())
            if rule is None:
                raise NoDerivativeError(node.get_type_name())
            step = Step(node, gradient, at, self.gate)
            for place, tensor in enumerate(step.inputs):
                if tensor.get_node().get_name() in reached:
                    self._add(tensor, rule(step, place))

    def _add(self, tensor: Tensor, gradient: Tensor) -> None:
        name = tensor_name(tensor)
        known = self._found.get(name)
        self._found[name] = gradient if known is None else opset().add(known, gradient).output(0)


def _reached(ordered: Sequence[Any], start: Tensor) -> frozenset[str]:
    """Names of the operations that depend on a tensor by what can be differentiated."""
    reached = {start.get_node().get_name()}
    for node in ordered:
        if not all(output.get_element_type().is_real() for output in node.outputs()[:1]):
            continue  # shapes, places and conditions do not change with a small change
        sources = (node.input_value(at).get_node().get_name() for at in range(node.get_input_size()))
        if any(name in reached for name in sources):
            reached.add(node.get_name())
    return frozenset(reached)


@dataclass(frozen=True)
class Asked:
    """What a graph of derivatives is to give.

    Attributes:
        layers: places of the target layers whose activations and derivatives are wanted.
        by_input: whether the derivative by the pictures is wanted, with a rule of one's choice at ReLUs.
    """

    layers: tuple[int, ...] = ()
    by_input: bool = False


def derivatives(model: Any, shape: Sequence[int], asked: Asked) -> Any:
    """The derivatives of a network, for pictures of one shape.

    Args:
        model: as OpenVINO reads it, of a graph whose layers are marked (``model_store.network.frozen``); it
            is used up.
        shape: of the pictures, (N, H, W, 3).
        asked: what is wanted.

    Returns:
        a model whose inputs are pictures, weights, shaped as the logits, and two numbers "silent" and
        "negative" (see ``Gate``) where the derivative by the pictures is asked for; its outputs are for each
        layer its activation and the derivative by it, and last the derivative by the pictures.

    Raises:
        NoDerivativeError: an operation of the network has no derivative here.
    """
    openvino, ops = import_module("openvino"), opset()
    model.reshape({f"{INPUT_NAME}:0": list(shape)})
    answers = _answers(model)
    pictures = next(one for one in model.get_parameters() if INPUT_NAME in _names(one))
    weights = ops.parameter(list(fixed_shape(answers["logit"])), np.float32, "weights")
    numbers = (
        [ops.parameter([], np.float32, name) for name in ("silent", "negative")] if asked.by_input else []
    )
    way = WayBack(pictures.output(0), Gate(*(number.output(0) for number in numbers)))
    way.run(model, answers["logit"], weights.output(0))
    layers = [(number, answers[LAYER.format(number=number)]) for number in asked.layers]
    results = [tensor for number, answer in layers for tensor in _of_layer(way, answer, number)]
    if asked.by_input:
        results.append(_or_nothing(way.by(pictures.output(0)), pictures.output(0)))
    _unmark(model)
    return openvino.Model([ops.result(tensor) for tensor in results], [pictures, weights, *numbers], "back")


def _answers(model: Any) -> dict[str, Tensor]:
    """What the outputs of a network are made of, by their names in TensorFlow."""
    return {
        name.partition(":")[0]: output.get_node().input_value(0)
        for output in model.outputs
        for name in output.names
    }


def _of_layer(way: WayBack, answer: Tensor, number: int) -> list[Tensor]:
    """Activation and derivative of a layer, as TensorFlow lays them out."""
    moves = _moves_before(answer)
    added = (moves[-1].input_value(0) if moves else answer).get_node()
    if not any(MARK.format(number=number) in _names(source) for source in _sources(added)):
        raise NoDerivativeError(added.get_type_name())
    gradient = _or_nothing(way.by(added.output(0)), added.output(0))
    for move in reversed(moves):
        gradient = places.moved(move, gradient)
    return [answer, gradient]


def _moves_before(tensor: Tensor) -> list[Any]:
    """The operations that only moved the numbers of a tensor, the last one first."""
    found = []
    while tensor.get_node().get_type_name() in places.MOVES:
        found.append(tensor.get_node())
        tensor = tensor.get_node().input_value(0)
    return found


def _sources(node: Any) -> list[Any]:
    """What an operation is given, before it was moved."""
    inputs = [node.input_value(at) for at in range(node.get_input_size())]
    moves = [_moves_before(tensor) for tensor in inputs]
    return [
        (before[-1].input_value(0) if before else tensor).get_node()
        for tensor, before in zip(inputs, moves, strict=True)
    ]


def _names(node: Any) -> set[str]:
    """What TensorFlow called the output of an operation."""
    return {name.partition(":")[0] for name in node.output(0).names}


def _or_nothing(gradient: Tensor | None, tensor: Tensor) -> Tensor:
    """Zeros where the score does not depend on a tensor."""
    return constant_node(np.zeros(fixed_shape(tensor))) if gradient is None else gradient


def _unmark(model: Any) -> None:
    """Gives the marks their number, 0, so that compiling leaves them out."""
    nothing = constant_node(0.0)
    for parameter in model.get_parameters():
        if any(name.startswith(MARK.format(number="")) for name in _names(parameter)):
            for place in parameter.output(0).get_target_inputs():
                place.replace_source_output(nothing)
