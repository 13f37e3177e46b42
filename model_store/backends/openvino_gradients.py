"""Gradients of a network by OpenVINO, without TensorFlow in the process.

The graph of derivatives is built from the converted network (``model_store.derivatives``) and compiled for
one picture of one size; what it is compiled to is kept on disk beside the network. Pictures go through one by
one: in batches they are hardly quicker, and each size of a batch would be compiled for itself.
"""

import os
import threading
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from caching import LRUCache
from engine.arrays import Floats
from engine.errors import ModelError
from engine.model import INPUT, LayerGradients, ReluRule
from model_store.backends.openvino_forward import COMPILED, KEPT_BYTES, forward_settings, trim_folder
from model_store.derivatives.reverse import Asked, derivatives
from model_store.network.input_gradients import rule_numbers

KEPT_GRAPHS = 6
Request = tuple[Any, tuple[int, ...]]


class OpenvinoGradients:
    """A converted network whose layers are marked, as functions of derivatives; threads may share it.

    Args:
        path: what ``convert`` wrote of ``TracedModel.frozen_with_layers``.
        target_layers: names of the layers, in the order in which they are marked.
    """

    def __init__(self, path: Path, target_layers: Sequence[str]) -> None:
        self._core = import_module("openvino").Core()
        self._path = path
        self._places = {name: place for place, name in enumerate(target_layers)}
        self._compiled: LRUCache[Request] = LRUCache(KEPT_GRAPHS)
        self._lock = threading.Lock()

    def input_gradients(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats:
        """See ``engine.model.LoadedModel``."""
        numbers = [np.array(number, np.float32) for number in rule_numbers(rule)]
        found = [one[0] for one in self._run(pictures, weights, Asked(by_input=True), numbers)]
        return np.concatenate(found)

    def layer_gradients(
        self, pictures: Floats, weights: Floats, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        """See ``engine.model.LoadedModel``; names of layers that there are."""
        inner = sorted({name for name in target_layers if name != INPUT}, key=self._places.__getitem__)
        seen = {}
        if inner:
            asked = Asked(tuple(self._places[name] for name in inner))
            runs = self._run(pictures, weights, asked, [])
            joined = [np.concatenate(parts) for parts in zip(*runs, strict=True)]
            seen = dict(zip(inner, map(LayerGradients, joined[::2], joined[1::2]), strict=True))
        if INPUT in target_layers:
            seen[INPUT] = LayerGradients(
                np.array(pictures, np.float32), self.input_gradients(pictures, weights, "plain")
            )
        return {name: seen[name] for name in target_layers}

    def preload(self, size_hw: tuple[int, int]) -> None:
        """Make ready what gradients by pictures of a size need."""
        with self._lock:
            self._request((1, *size_hw, 3), Asked(by_input=True))

    def _run(
        self, pictures: Floats, weights: Floats, asked: Asked, numbers: list[Floats]
    ) -> list[list[Floats]]:
        """The outputs of a graph for each picture."""
        found = []
        with self._lock:
            request, shape = self._request((1, *pictures.shape[1:]), asked)
            if (len(pictures), *shape[1:]) != weights.shape:
                text = "The target was made for an output {found}, the model gives {shape}."
                raise ModelError(text, found=weights.shape, shape=(len(pictures), *shape[1:]))
            for picture, weight in zip(pictures, weights, strict=True):
                given = [np.ascontiguousarray(array[None], np.float32) for array in (picture, weight)]
                request.infer([*given, *numbers], share_inputs=True)
                found.append([np.array(tensor.data, np.float32) for tensor in request.output_tensors])
        return found

    def _request(self, shape: tuple[int, ...], asked: Asked) -> Request:
        return self._compiled.get((shape, asked), partial(self._compile, shape, asked))

    def _compile(self, shape: tuple[int, ...], asked: Asked) -> Request:
        graph = derivatives(self._core.read_model(self._path), shape, asked)
        weights = tuple(graph.get_parameters()[1].get_output_shape(0))
        folder = self._path.parent
        kept = {"CACHE_DIR": str(folder / COMPILED)} if self._worth_keeping() else {}
        request = self._core.compile_model(
            graph, "CPU", forward_settings("f32") | kept
        ).create_infer_request()
        trim_folder(folder / COMPILED, KEPT_BYTES)
        return request, weights

    def _worth_keeping(self) -> bool:
        """Three times the weights: those of the way back are others."""
        return (
            os.access(self._path.parent, os.W_OK)
            and 3 * self._path.with_suffix(".bin").stat().st_size <= KEPT_BYTES
        )
