"""SavedModels that would do more than compute: an operation that is not allowed, wherever one can be."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from model_store.base import runtime
from model_store.scan.operations import ALLOWED, CHECKPOINT

Place = Callable[[Any, str], None]
"""Puts an operation into the one graph of a SavedModel."""

HOSTILE = (
    *("ReadFile", "WriteFile", "CSVDatasetV2", "DatasetToTFRecord", "MatchingFiles", "PyFunc", "EagerPyFunc"),
    *(
        "SaveDatasetV2",
        "LoadDataset",
        "TFRecordDatasetV2",
        "TextLineDataset",
        "InitializeTableFromTextFileV2",
    ),
    *("SummaryWriter", "CreateSummaryFileWriter", "PrintV2", "DebugIdentityV3", "DataServiceDatasetV4"),
    *("RpcClient", "Send", "Recv", "CollectiveBcastSendV2", "RemoteCall", "SnapshotDatasetV2", "LMDBDataset"),
    *("FileSystemSetConfiguration", "ImmutableConst", "LookupTableExportV2", "Save", "DistributedSave"),
    *("SomethingOfAnotherLibrary", "", "ReadFile ", "readfile", "Conv2D/ReadFile"),
)
"""Some that touch files, Python, the screen or the network, and names that nothing has."""


def in_the_answer(graph: Any, operation: str) -> None:
    """In the function that answers."""
    _add(_answering(graph), operation)


def in_the_restoring(graph: Any, operation: str) -> None:
    """In the function that restores the variables, of which a name is no proof."""
    _add(_function(graph, "traced_restore"), operation)


def in_one_called_so(graph: Any, operation: str) -> None:
    """In a function that is called as those that restore, and that runs when the model is loaded."""
    name = "__inference__traced_restore_initializer_1"
    _add(_added(graph, name), operation)
    graph.object_graph_def.nodes.add().function.concrete_functions.append(name)


def in_the_outer_graph(graph: Any, operation: str) -> None:
    """Outside of all functions."""
    graph.graph_def.node.add(name="added", op=operation)


def in_a_branch(graph: Any, operation: str) -> None:
    """In a function that is a branch of a condition."""
    _add(_added(graph, "branch"), operation)
    _add(_answering(graph), "If").attr["then_branch"].func.name = "branch"


def in_a_derivative(graph: Any, operation: str) -> None:
    """In the derivative of a function, which none calls by name."""
    _add(_added(graph, "derivative"), operation)
    graph.graph_def.library.registered_gradients.add(
        gradient_func="derivative", registered_op_type="Custom-1"
    )


def in_one_that_nothing_calls(graph: Any, operation: str) -> None:
    """In a function that nothing calls so far."""
    _add(_added(graph, "alone"), operation)


def saving_in_the_answer(graph: Any, operation: str) -> None:
    """What only the functions that save may do, in the one that answers."""
    _add(_answering(graph), sorted(CHECKPOINT)[len(operation) % len(CHECKPOINT)])


def saving_when_called(graph: Any, operation: str) -> None:
    """The function that saves is called by the one that answers."""
    saver = _function(graph, "traced_save").signature.name
    _add(_answering(graph), "PartitionedCall").attr["f"].func.name = saver


def saving_when_handed_on(graph: Any, operation: str) -> None:
    """The function that saves is handed on to a function that is called."""
    saver = _function(graph, "traced_save").signature.name
    inner = _add(_answering(graph), "PartitionedCall").attr["f"].func
    inner.name = _added(graph, "outer").signature.name
    inner.attr["g"].func.name = saver


def saving_as_an_operation(graph: Any, operation: str) -> None:
    """The function that saves has the name of an operation, which then stands for it."""
    saver = _function(graph, "traced_save")
    before, saver.signature.name = saver.signature.name, "Relu"
    for node in graph.graph_def.node:
        if node.attr["f"].func.name == before:
            node.attr["f"].func.name = "Relu"
    _add(_answering(graph), "Relu")


def saving_as_the_answer(graph: Any, operation: str) -> None:
    """The function that saves is the one that answers, for the objects of the model."""
    saver = _function(graph, "traced_save").signature.name
    graph.object_graph_def.nodes.add().bare_concrete_function.concrete_function_name = saver


def saving_in_place_of_another(graph: Any, operation: str) -> None:
    """TensorFlow may put the function that saves in place of another that says it does the same."""
    _function(graph, "traced_save").attr["api_implements"].s = b"same"
    _answering(graph).attr["api_implements"].s = b"same"


PLACES: tuple[Place, ...] = (
    in_the_answer,
    in_the_restoring,
    in_one_called_so,
    in_the_outer_graph,
    in_a_branch,
    in_a_derivative,
    in_one_that_nothing_calls,
    saving_in_the_answer,
    saving_when_called,
    saving_when_handed_on,
    saving_as_an_operation,
    saving_as_the_answer,
    saving_in_place_of_another,
)


def hostile(number: int, seed: int, good: bytes) -> tuple[str, bytes]:
    """The place and the operation, and the SavedModel.

    Args:
        number: takes the places in turn.
        seed: of the choice of the operation.
        good: the message of a SavedModel that is in order.
    """
    random, place = Random(f"{seed} {number}"), PLACES[number % len(PLACES)]
    operation = random.choice(HOSTILE if random.random() < 0.5 else _all_others())
    saved = runtime.saved_model_message()
    saved.ParseFromString(good)
    place(saved.meta_graphs[0], operation)
    return f"{operation!r} {place.__name__}", saved.SerializeToString()


@cache
def _all_others() -> tuple[str, ...]:
    """Every operation that TensorFlow has and that is not allowed."""
    return tuple(sorted(set(dir(runtime.tensorflow().raw_ops)) - ALLOWED - CHECKPOINT - {"__builtins__"}))


def _function(graph: Any, part: str) -> Any:
    return next(function for function in graph.graph_def.library.function if part in function.signature.name)


def _answering(graph: Any) -> Any:
    return _function(graph, "signature_wrapper")


def _added(graph: Any, name: str) -> Any:
    function = graph.graph_def.library.function.add()
    function.signature.name = name
    return function


def _add(function: Any, operation: str) -> Any:
    return function.node_def.add(name="added", op=operation)
