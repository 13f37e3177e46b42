"""Scanner of the graph of a SavedModel: every operation in it has to be one that is allowed."""

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from model_store.base import runtime
from model_store.scan.operations import CHECKPOINT
from settings import VARIABLES

LARGEST_GRAPH = 1 << 30
SWAPPED = "api_implements"
"""Attribute of functions that TensorFlow may put in place of each other while it runs them."""


def scan_graph(path: Path, allowed: Set[str] | None) -> None:
    """Lets only a graph pass that computes, and does nothing else.

    Args:
        path: ``saved_model.pb``.
        allowed: names of operations; None for any.

    Raises:
        ModelError: it is damaged, of TensorFlow 1, or has an operation that is not allowed.
    """
    metas = _parsed(path).meta_graphs
    if len(metas) != 1 or not metas[0].object_graph_def.nodes:
        raise ModelError(
            "The SavedModel is not one of TensorFlow 2. Please save it again, with model.export(...)."
        )
    if allowed is not None:
        _refuse_operations(metas[0], allowed)


def _parsed(path: Path) -> Any:
    saved = runtime.saved_model_message()
    from google.protobuf.message import DecodeError

    if path.stat().st_size > LARGEST_GRAPH:
        raise ModelError("{name} is larger than 1 GB. Please save the model again.", name=path.name)
    try:
        saved.ParseFromString(path.read_bytes())
    except DecodeError as error:
        raise ModelError("{name} is damaged. Please save or copy the model again.", name=path.name) from error
    return saved


def _refuse_operations(meta: Any, allowed: Set[str]) -> None:
    functions, nodes = meta.graph_def.library.function, meta.graph_def.node
    known = {function.signature.name for function in functions}
    savers = _savers(meta)
    _refuse_nodes(nodes, allowed, known)
    for function in functions:
        more = CHECKPOINT if function.signature.name in savers else frozenset[str]()
        _refuse_nodes(function.node_def, allowed | more, known)


def _refuse_nodes(nodes: Iterable[Any], allowed: Set[str], known: Set[str]) -> None:
    for node in nodes:
        if node.op not in allowed:
            raise ModelError(
                "The SavedModel has the operation {name}. Image networks do not need it, and it "
                "might touch files, Python or the network; it is not loaded. Please export the "
                "model without it; the administrator of this server can allow it by {variable}.",
                name=node.op[:60],
                variable=VARIABLES["allow_operations"],
            )
        missing = next((name for name in _called(node) if name not in known), None)
        if missing is not None:
            raise ModelError(
                "The SavedModel calls the function {name}, which it does not hold. Please save or copy the "
                "model again.",
                name=missing[:60],
            )


def _savers(meta: Any) -> set[str]:
    """Functions that save and restore the variables: those that the saver's own nodes call, and that nothing
    else can reach. TensorFlow 2 never runs them: it restores variables itself.
    """
    saver, library = meta.saver_def, meta.graph_def.library
    own = {name.partition(":")[0] for name in (saver.save_tensor_name, saver.restore_op_name)}
    found = {name for node in meta.graph_def.node if node.name in own for name in _called(node)}
    swapped = {function.signature.name for function in library.function if SWAPPED in function.attr}
    others = (node for node in meta.graph_def.node if node.name not in own)
    inner = (node for function in library.function for node in function.node_def)
    called = {name for nodes in (others, inner) for node in nodes for name in (node.op, *_called(node))}
    return found - called - swapped - set(_named_elsewhere(meta))


def _named_elsewhere(meta: Any) -> Iterator[str]:
    """Functions that objects of the model run, or that are derivatives of others."""
    library = meta.graph_def.library
    for gradient in (*library.gradient, *library.registered_gradients):
        yield gradient.gradient_func
    for node in meta.object_graph_def.nodes:
        yield from node.function.concrete_functions
        yield node.bare_concrete_function.concrete_function_name


def _called(node: Any) -> Iterator[str]:
    """Names of the functions that a node can call, those that it hands on to a function included."""
    waiting = list(node.attr.values())
    while waiting:
        value = waiting.pop()
        for function in (*([value.func] if value.HasField("func") else []), *value.list.func):
            yield function.name
            waiting += function.attr.values()
