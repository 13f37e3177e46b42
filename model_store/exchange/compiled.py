"""A network that OpenVINO has read, as a function of arrays."""

import threading
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from caching import LRUCache
from engine.arrays import Floats
from engine.errors import ModelError
from model_store.backends.openvino_forward import KEPT_SHAPES, forward_settings
from model_store.scan.exchange.tflite import Quantised

FAITHFUL = {"LP_TRANSFORMS_MODE": "NO"}
"""A quantised network is run in float32, step for step: sums of 8-bit products overflow 16 bits on processors
without VNNI, and its answers would be others there.
"""


class CompiledNetwork:
    """An ``openvino.Model`` with one input and one output; threads may share it.

    It is compiled for each shape of input; the last few are kept. Where a file fixes the number of images,
    and OpenVINO cannot open it, they are run so many at a time.

    Args:
        model: as it was read; it is left as it is.
        taken: how the input is quantised, or None.
        given: the same of the output.

    Raises:
        ModelError: it has other inputs and outputs.
    """

    def __init__(self, model: Any, taken: Quantised | None = None, given: Quantised | None = None) -> None:
        if len(model.inputs) != 1 or len(model.outputs) != 1:
            raise ModelError(
                "The model has {inputs} inputs and {outputs} outputs; one image and one answer were "
                "expected.",
                inputs=len(model.inputs),
                outputs=len(model.outputs),
            )
        self._model, self._at_a_time = _opened(model)
        self._taken, self._given = taken, given
        self._dtype = np.dtype(model.inputs[0].element_type.to_dtype())
        self._whole = np.dtype(model.outputs[0].element_type.to_dtype()).kind in "iu"
        self._core = import_module("openvino").Core()
        self._requests: LRUCache[Any] = LRUCache(KEPT_SHAPES)
        self._lock = threading.Lock()
        self.shape = _shape(model.inputs[0])
        self.operations = len(model.get_ops())
        self.parameters = _parameters(model)

    def __call__(self, inputs: Floats) -> Floats:
        """Outputs float32 of inputs in the layout of the model, as real numbers."""
        count = len(inputs)
        step = self._at_a_time or 1 << (count - 1).bit_length()
        batch = self._numbers(inputs)
        spare = -count % step
        if spare:
            batch = np.concatenate([batch, np.broadcast_to(batch[:1], (spare, *batch.shape[1:]))])
        parts = [self._run(batch[first : first + step]) for first in range(0, len(batch), step)]
        return self._reals(np.concatenate(parts)[:count])

    def _run(self, batch: np.ndarray) -> np.ndarray:
        with self._lock:
            request = self._requests.get(batch.shape, partial(self._compile, batch.shape))
            request.infer([batch], share_inputs=True)
            return np.array(request.get_output_tensor(0).data)

    def _compile(self, shape: tuple[int, ...]) -> Any:
        model = self._model.clone()
        model.reshape(list(shape))
        settings = forward_settings("f32") | FAITHFUL
        return self._core.compile_model(model, "CPU", settings).create_infer_request()

    def _numbers(self, inputs: Floats) -> np.ndarray:
        """What the model takes of real numbers."""
        if self._dtype.kind not in "iu":
            return np.ascontiguousarray(inputs, self._dtype)
        limits = np.iinfo(self._dtype)
        said = self._taken or Quantised(1.0, 0)
        steps = np.round(inputs / said.scale) + said.zero_point
        return np.ascontiguousarray(np.clip(steps, limits.min, limits.max), self._dtype)

    def _reals(self, outputs: np.ndarray) -> Floats:
        if not self._whole or self._given is None:
            return outputs.astype(np.float32)
        return ((outputs.astype(np.float32) - self._given.zero_point) * self._given.scale).astype(np.float32)


def _shape(end: Any) -> tuple[int | None, ...]:
    """Length of each axis of an input or output; None where any goes, empty where nothing is said."""
    shape = end.get_partial_shape()
    if shape.rank.is_dynamic:
        return ()
    return tuple(None if side.is_dynamic else side.get_length() for side in shape)


def _opened(model: Any) -> tuple[Any, int]:
    """The model for any number of images, or the number that it is fixed to; 0 for any."""
    count = _shape(model.inputs[0])[:1]
    if not count or count[0] is None:
        return model, 0
    opened, openvino = model.clone(), import_module("openvino")
    try:
        sides = list(opened.inputs[0].get_partial_shape())
        opened.reshape(openvino.PartialShape([openvino.Dimension(), *sides[1:]]))
    except RuntimeError:  # a step inside is made for that number
        return model, count[0]
    given = _shape(opened.outputs[0])
    return (opened, 0) if given and given[0] is None else (model, count[0])


def _parameters(model: Any) -> int:
    """How many numbers its constants have."""
    constants = [found for found in model.get_ops() if found.get_type_name() == "Constant"]
    return sum(int(np.prod(list(found.get_output_shape(0)))) for found in constants)
