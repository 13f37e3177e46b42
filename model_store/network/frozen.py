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
