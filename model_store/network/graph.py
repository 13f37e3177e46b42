"""Traversal of a Keras 3 model as one graph, however its parts are nested, without changing it.

Operations are named by their path: ``layer``, or ``inside/layer`` for a layer of a model that is used as a
layer; a layer with a ``title`` is called that, since Keras' own names take no spaces. Keras itself keeps a
model as nodes (``Function``), which it runs in order with a function of one's choice; the same is done here,
through all levels.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from model_store.base import runtime

Call = Callable[..., Any]
Hook = Callable[[Any], None]


def no_hook(output: Any) -> None:
    """Nobody watches."""


class _Reached(Exception):
    """What was asked for is there."""


def _stop(output: Any) -> None:
    raise _Reached


@dataclass(frozen=True)
class Walk:
    """One run through a graph.

    Attributes:
        wanted: paths of operations whose outputs are kept.
        instead: what is called in place of some operations, by path.
        symbolic: only shapes are computed: inputs are ``KerasTensor``.
        hook: called with each output that is kept, before anything is made of it.
        seen: the outputs that were kept, by path.
    """

    wanted: frozenset[str] = frozenset()
    instead: Mapping[str, Call] = field(default_factory=dict)
    symbolic: bool = False
    hook: Hook = no_hook
    seen: dict[str, Any] = field(default_factory=dict)

    def through(self, graph: Any, inputs: Any, prefix: str = "") -> Any:
        """The output of a graph for some inputs, in inference mode."""
        inputs = inputs if self.symbolic else self._taken(graph, inputs)
        outputs = graph._run_through_graph(
            inputs, operation_fn=lambda operation: self._step(operation, prefix + name_of(operation))
        )
        return outputs[0] if isinstance(outputs, list | tuple) and len(outputs) == 1 else outputs

    def _taken(self, graph: Any, inputs: Any) -> Any:
        """What a graph is given, as it takes it."""
        return graph._standardize_inputs(inputs)

    def until(self, path: str, graph: Any, inputs: Any) -> Any:
        """The output of one operation; what comes after it is not run."""
        walk = replace(self, wanted=frozenset((path,)), hook=_stop, seen={})
        with suppress(_Reached):
            walk.through(graph, inputs)
        return walk.seen[path]

    def _step(self, operation: Any, path: str) -> Call:
        call = self._call_of(operation, path)
        if path not in self.wanted:
            return call

        def kept(*args: Any, **kwargs: Any) -> Any:
            self.seen[path] = output = call(*args, **kwargs)
            self.hook(output)
            return output

        return kept

    def _call_of(self, operation: Any, path: str) -> Call:
        inner = graph_of(operation)
        if path in self.instead:
            return self.instead[path]
        if inner is not None:
            return lambda inputs, **_: self.through(inner, inputs, f"{path}/")
        if self.symbolic:
            return operation.compute_output_spec
        return _calm(operation) if "training" in getattr(operation, "_call_context_args", ()) else operation


def _calm(operation: Any) -> Call:
    """An operation as it is after training: no dropout, no batch statistics."""
    return lambda *args, **kwargs: operation(*args, **{**kwargs, "training": False})


def with_activation(operation: Any, activation: Call) -> Any:
    """The same operation, with the very same weights, and another activation; the given one is left as it is.

    ``copy.copy`` would write the weights of a Keras layer into a file in memory, and read them again.
    """
    twin = object.__new__(type(operation))
    twin.__dict__.update(operation.__dict__, activation=activation)
    return twin


def graph_of(model: Any) -> Any:
    """The nodes of a model; None for a plain layer, and for a model that is code of its own instead of a
    graph.
    """
    keras = runtime.keras()
    if isinstance(model, keras.Sequential):
        return model._functional
    from keras.src.models.functional import (
        Functional,  # it has no public name; a subclass with a ``call`` of its own is code
    )

    return model if getattr(type(model), "call", None) is Functional.call else None


def name_of(operation: Any) -> str:
    """What an operation is called: its title, where it was built with one."""
    return str(getattr(operation, "title", operation.name))


def operations(graph: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Paths and operations from input to output; those of a model inside in place of it."""
    for operation in graph.operations:
        inner = graph_of(operation)
        if inner is None:
            yield prefix + name_of(operation), operation
        else:
            yield from operations(inner, f"{prefix}{name_of(operation)}/")


def shapes(graph: Any, size_hw: tuple[int | None, int | None]) -> dict[str, tuple[int | None, ...]]:
    """Shape of the output of each operation that has one output, for pictures of a size."""
    channels = graph.inputs[0].shape[-1]
    walk = Walk(frozenset(path for path, _ in operations(graph)), symbolic=True)
    walk.through(graph, runtime.keras().KerasTensor((None, *size_hw, channels)))
    return {path: tuple(output.shape) for path, output in walk.seen.items() if hasattr(output, "shape")}
