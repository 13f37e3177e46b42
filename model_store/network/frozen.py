"""A loaded network as one graph without variables, from which other backends and gradients start."""

from typing import Any

from model_store.base import runtime

INPUT_NAME = "pictures"


def freeze(answers: Any, pictures: Any) -> Any:
    """The graph of a function, with the present values of its variables, and without calls of other
    functions.

    Args:
        answers: function of a tensor that gives tensors by name.
        pictures: specification of that tensor.

    Returns:
        a ``GraphDef`` with a placeholder ``pictures`` and an operation named like each answer.
    """
    tf = runtime.tensorflow()

    def named(images: Any) -> Any:
        return {name: tf.identity(answer, name) for name, answer in answers(images).items()}

    signature = [tf.TensorSpec(pictures.shape, pictures.dtype, INPUT_NAME)]
    traced = tf.function(named, input_signature=signature, autograph=False).get_concrete_function()
    return runtime.without_variables(traced).graph.as_graph_def()


LAYER = "layer_{number}"
"""Operation of a frozen graph that answers with the activation of a layer."""

MARK = "mark_{number}"
"""Input of a frozen graph that is added to the activation of a layer, where all that is made of it begins."""


def mark_layers(graph: Any, count: int) -> Any:
    """A frozen graph in which the activations that ``LAYER`` names are marked: each has a number added, 0
    when it is run, before anything is made of it.

    Other libraries move, join and double operations when they read a graph. What an input is added to is
    found again behind all that, and what leads on from it is what TensorFlow makes of the layer.

    Args:
        graph: of ``freeze``; it is changed.
        count: how many layers there are.
    """
    nodes = {node.name: node for node in graph.node}
    for number in range(count):
        _mark(graph, nodes[LAYER.format(number=number)].input[0], MARK.format(number=number))
    return graph


def _mark(graph: Any, marked: str, mark: str) -> None:
    tf = runtime.tensorflow()
    wanted, added = _normal(marked), f"{mark}_added"
    for node in graph.node:
        for place, source in enumerate(node.input):
            if _normal(source) == wanted:
                node.input[place] = added
    holder = graph.node.add(name=mark, op="Placeholder")
    holder.attr["dtype"].type = tf.float32.as_datatype_enum
    holder.attr["shape"].shape.CopyFrom(tf.TensorShape([]).as_proto())
    graph.node.add(name=added, op="AddV2", input=[marked, mark]).attr["T"].type = tf.float32.as_datatype_enum


def _normal(source: str) -> str:
    """The full name of a tensor; that of what only has to be run before is left as it is."""
    return source if ":" in source or source.startswith("^") else f"{source}:0"
