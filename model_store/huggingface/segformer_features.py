"""Features of a SegFormer on a picture: those of its graph, and its attention."""

import re
import sys
from dataclasses import replace

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import LayerFacts
from model_store.base import runtime
from model_store.huggingface.segformer_graph import HEAD
from model_store.keras.features import KerasFeatures
from model_store.network.graph import Walk

_KINDS = {HEAD: "All-MLP decoder", "StageOutput": "Stage", "SelfAttention": "Self-attention"}
_STAGE = re.compile(r"(?:patch embedding of )?stage (\d+)")


class SegformerFeatures(KerasFeatures):
    """All steps of the graph; those that attend have weights in place of maps."""

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        """See ``engine.model.Features``."""
        found = (self._in_words(facts) for facts in super().layers(size_hw))
        return tuple(sorted(found, key=lambda facts: _stage_of(facts.name)))

    def _in_words(self, facts: LayerFacts) -> LayerFacts:
        heads = getattr(self._operations[facts.name], "heads", 0)
        named = replace(facts, kind=_KINDS.get(facts.name, _KINDS.get(facts.kind, facts.kind)))
        return replace(named, shape_hwk=(*facts.shape_hwk[:2], heads), attends=True) if heads else named

    def attention(self, picture: Floats, layer: str, query_rc: tuple[int, int]) -> Floats:
        """Attention of one cell, float32 (heads, h, w)."""
        row, column = query_rc
        rows, columns, _ = self._attention_block(layer, picture).shape_hwk
        if not (0 <= row < rows and 0 <= column < columns):
            raise ModelError(
                "There is no cell in row {row}, column {column}; {layer} has {rows} rows and "
                "{columns} columns, counted from 0.",
                row=row,
                column=column,
                layer=layer,
                rows=rows,
                columns=columns,
            )
        inputs = self._input_of(runtime.tensorflow().constant(picture[None], "float32"))
        shares = Walk(instead={layer: self._operations[layer].shares}).until(layer, self._graph, inputs)
        return np.asarray(shares[0, :, row, column], np.float32)

    def _attention_block(self, layer: str, picture: Floats) -> LayerFacts:
        height, width, _ = picture.shape
        known = {facts.name: facts for facts in self.layers((height, width)) if facts.attends}
        if layer not in known:
            raise ModelError(
                "There is no attention block {layer!r}; there are {known}.",
                layer=layer,
                known=", ".join(known),
            )
        return known[layer]


def _stage_of(layer: str) -> int:
    """The number of its stage; a large one for what comes after them.

    Keras has steps in the order of how far they are from the output, which all stages go into.
    """
    hit = _STAGE.match(layer)
    return int(hit[1]) if hit else sys.maxsize
