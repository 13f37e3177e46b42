"""Scanner of the graph of a SavedModel: operations that touch files, Python or the network are refused."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from model_store.base import runtime

LARGEST_GRAPH = 1 << 30

_FORBIDDEN = (
    *(
        "PyFunc",
        "EagerPyFunc",
        "Python",
        "ReadFile",
        "WriteFile",
        "MatchingFiles",
        "Print",
        "Debug",
        "Dump",
        "Summary",
        "Send",
        "Recv",
    ),
    *(
        "Reader",
        "RecordDataset",
        "TextLineDataset",
        "FixedLengthRecordDataset",
        "SnapshotDataset",
        "LoadDataset",
        "SaveDataset",
    ),
    *(
        "TextFile",
        "SqlDataset",
        "GenerateVocab",
        "LoadAndRemap",
        "Rpc",
        "Fact",
        "BigQuery",
        "Kafka",
        "AudioSpectrogram",
        "XlaHostCompute",
    ),
    *(
        "CreateSummary",
        "GeneratorDataset",
        "DataService",
        "RegisterDataset",
        "CollectiveInit",
        "MemmappedTensor",
        "ImmutableConst",
    ),
)
"""Parts of names of operations."""

_CHECKPOINT = (
    "Save",
    "SaveV2",
    "SaveSlices",
    "Restore",
    "RestoreV2",
    "RestoreSlice",
    "MergeV2Checkpoints",
    "ShardedFilename",
    "ShardedFilespec",
)
"""What writes and reads the variables: only in the functions that TensorFlow puts there for it."""
_CHECKPOINT_FUNCTIONS = ("traced_save", "traced_restore")


def scan_graph(path: Path, trusted: bool) -> None:
    """Lets only a graph pass that computes, and does nothing else.

    Args:
        path: ``saved_model.pb``.
        trusted: whether it may do more.

    Raises:
        ModelError: it is damaged, of TensorFlow 1, or has an operation that is not allowed.
    """
    metas = _parsed(path).meta_graphs
    if len(metas) != 1 or not metas[0].object_graph_def.nodes:
        raise ModelError(
            "The SavedModel is not one of TensorFlow 2. Please save it again, with model.export(...)."
        )
    if trusted:
        return
    functions = metas[0].graph_def.library.function
    checkpoint = {
        function.signature.name for function in functions if _is_checkpoint(function.signature.name)
    }
    for function in functions:
        if function.signature.name not in checkpoint:
            _refuse_nodes(function.node_def, checkpoint)
    _refuse_nodes(metas[0].graph_def.node, set(), _CHECKPOINT)


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


def _is_checkpoint(name: str) -> bool:
    return any(part in name for part in _CHECKPOINT_FUNCTIONS)


def _refuse_nodes(nodes: Iterable[Any], checkpoint: set[str], allowed: tuple[str, ...] = ()) -> None:
    for node in nodes:
        forbidden = any(part in node.op for part in _FORBIDDEN) or (
            node.op in _CHECKPOINT and node.op not in allowed
        )
        if forbidden or checkpoint.intersection(_called(node)):
            raise ModelError(
                "The SavedModel has the operation {name}, which touches files, Python or the "
                "network; it is not loaded. "
                "Please export the model without it.",
                name=node.op[:60],
            )


def _called(node: Any) -> Iterator[str]:
    """Names of functions that an operation calls."""
    yield node.op
    for value in node.attr.values():
        yield value.func.name
        yield from (function.name for function in value.list.func)
