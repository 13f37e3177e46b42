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
    constant,
    name_of,
    opset,
    shape_of,
)

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
        self._found[name_of(end)] = weights
        for node in reversed(ordered):
            if node.get_name() in reached and node.get_type_name() not in ("Parameter", "Result"):
                self._back(node, reached)

    def by(self, tensor: Tensor) -> Tensor | None:
        """The derivative by a tensor; None where the score does not depend on it.

        OpenVINO reads one map of TensorFlow as several tensors, which differ by the order of their axes or by
        their shape alone, and one or the other of them leads on. So all that is made of the map is collected
        where it was computed, and moved in the same way as the tensor was.
        """
        node = tensor.get_node()
        if node.get_type_name() not in places.MOVES:
            return self._found.get(name_of(tensor))
        before = self.by(node.input_value(0))
        return None if before is None else places.moved(node, before)

    def _back(self, node: Any, reached: frozenset[str]) -> None:
        for at in range(node.get_output_size()):
            gradient = self._found.get(name_of(node.output(at)))
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
        name = name_of(tensor)
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
        layers: names of the network's outputs whose values and derivatives are wanted.
        by_input: whether the derivative by the pictures is wanted, with a rule of one's choice at ReLUs.
    """

    layers: tuple[str, ...] = ()
    by_input: bool = False


def derivatives(model: Any, shape: Sequence[int], asked: Asked) -> Any:
    """A network with what belongs to its derivatives, for pictures of one shape.

    Args:
        model: as OpenVINO reads it, with one input (N, H, W, 3) and outputs "logit" and layers by name; it is
            used up.
        shape: of the pictures.
        asked: what is wanted.

    Returns:
        a model whose inputs are pictures and weights, shaped as the logits, and, for derivatives by the
        pictures, two numbers "silent" and "negative" (see ``Gate``); its outputs are the derivative by the
        pictures, or for each layer its value and its derivative, in the order asked.

    Raises:
        NoDerivativeError: an operation of the network has no derivative here.
    """
    openvino, ops = import_module("openvino"), opset()
    model.reshape(list(shape))
    outputs = {
        name.partition(":")[0]: output.get_node().input_value(0)
        for output in model.outputs
        for name in output.names
    }
    (pictures,) = model.get_parameters()
    logits = outputs["logit"]
    weights = ops.parameter(list(shape_of(logits)), np.float32, "weights")
    numbers = [ops.parameter([], np.float32, name) for name in ("silent", "negative")] if asked.by_input else []
    way = WayBack(pictures.output(0), Gate(*(number.output(0) for number in numbers)))
    way.run(model, logits, weights.output(0))
    wanted = [pictures.output(0)] if asked.by_input else []
    wanted += [outputs[name] for name in asked.layers]
    results = []
    for tensor in wanted:
        if not asked.by_input:
            results.append(tensor)
        found = way.by(tensor)
        results.append(constant(np.zeros(shape_of(tensor))) if found is None else found)
    return openvino.Model([ops.result(tensor) for tensor in results], [pictures, weights, *numbers], "back")
