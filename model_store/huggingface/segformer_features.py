"""Features of a SegFormer on a picture: its stages, its attention, the maps before and after each GELU."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import FirstKernels, LayerFacts, LayerMaps
from engine.phrase import later
from model_store.base import runtime

HEAD, CLASSES = "decode head", "class logits"


class Segformer(Protocol):
    """What is needed of ``SegformerNetwork``."""

    def scaled(self, pictures: Any) -> Any:
        """What the network takes, channels last, of RGB 0-255 (N, H, W, 3)."""
        ...

    def fused(self, stages: list[Any]) -> Any:
        """What the decode head makes of the stages, before its ReLU."""
        ...

    def classified(self, fused: Any) -> Any:
        """Logits of the fused maps, after their ReLU."""
        ...


@dataclass(frozen=True, eq=False)
class _Step:
    """One step on the way to the answer.

    Attributes:
        name: as in ``LayerFacts``.
        after: maps (1, h, w, K); of an attention block weights (1, heads, queries, keys).
        before: maps (1, h, w, K) before the activation, or None.
    """

    name: str
    after: Any
    before: Any = None


class SegformerFeatures:
    """The library's own layers, called one by one with the weights of a network.

    Args:
        model: a ``TFSegformerForSemanticSegmentation``.
        network: what scales pictures for it, and its decode head.
    """

    def __init__(self, model: Any, network: Segformer) -> None:
        self._tf = runtime.tensorflow()
        self._encoder, self._config, self._network = model.segformer.encoder, model.config, network

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        """Attention and hidden maps of each block, the stages, the decode head; see
        ``engine.model.Features``.
        """
        found, config, grid = [], self._config, size_hw
        grids = []
        for stage, depth in enumerate(config.depths):
            grid = _patches(grid, config.patch_sizes[stage], config.strides[stage])
            grids.append(grid)
            width, heads = config.hidden_sizes[stage], config.num_attention_heads[stage]
            for block in range(depth):
                name = _block(stage, block)
                found.append(LayerFacts(f"{name} attention", "Self-attention", (*grid, heads), attends=True))
                found.append(
                    LayerFacts(
                        f"{name} hidden",
                        "Mix-FFN",
                        (*grid, int(width * config.mlp_ratios[stage])),
                        self._activation,
                    )
                )
            found.append(LayerFacts(_stage(stage), "Stage", (*grid, width)))
        found.append(LayerFacts(HEAD, "All-MLP decoder", (*grids[0], config.decoder_hidden_size), "ReLU"))
        return (*found, LayerFacts(CLASSES, "Conv2D", (*grids[0], config.num_labels)))

    def layer_maps(self, picture: Floats, layer: str) -> LayerMaps:
        """Maps of one step; the way ends there."""
        self._refuse_unknown(layer, picture.shape, attends=False)
        step = self._reach(picture, layer)
        return LayerMaps(_array(step.after), None if step.before is None else _array(step.before))

    def attention(self, picture: Floats, layer: str, query_rc: tuple[int, int]) -> Floats:
        """Attention of one cell, float32 (heads, h, w)."""
        facts = self._refuse_unknown(layer, picture.shape, attends=True)
        rows, columns, _ = facts.shape_hwk
        if not (0 <= query_rc[0] < rows and 0 <= query_rc[1] < columns):
            raise ModelError(
                "There is no cell in row {row}, column {column}; {layer} has {rows} rows and "
                "{columns} columns, counted from 0.",
                **{
                    "row": query_rc[0],
                    "column": query_rc[1],
                    "layer": layer,
                    "rows": rows,
                    "columns": columns,
                },
            )
        weights = self._reach(picture, layer).after[0, :, query_rc[0] * columns + query_rc[1]]
        reduction = self._config.sr_ratios[int(layer.split()[1]) - 1]
        return np.asarray(weights, np.float32).reshape(-1, rows // reduction, columns // reduction)

    def kernels(self) -> FirstKernels:
        """The kernels of the first patch embedding."""
        return FirstKernels(
            "patch embedding of stage 1", np.asarray(self._encoder.embeddings[0].proj.kernel, np.float32)
        )

    @property
    def _activation(self) -> str:
        return {"gelu": "GELU", "relu": "ReLU", "silu": "SiLU"}.get(
            str(self._config.hidden_act), str(self._config.hidden_act)
        )

    def _refuse_unknown(self, layer: str, shape_hwc: tuple[int, ...], attends: bool) -> LayerFacts:
        known = [facts for facts in self.layers((shape_hwc[0], shape_hwc[1])) if facts.attends == attends]
        for facts in known:
            if facts.name == layer:
                return facts
        text = (
            later("There is no attention block {layer!r}; there are {known}.")
            if attends
            else "There is no layer {layer!r} with maps; there are {known}."
        )
        raise ModelError(text, layer=layer, known=", ".join(facts.name for facts in known))

    def _reach(self, picture: Floats, layer: str) -> _Step:
        """The step of a name, which there is; the steps behind it are not computed."""
        return next(step for step in self._steps(picture) if step.name == layer)

    def _steps(self, picture: Floats) -> Iterator[_Step]:
        maps, stages = self._network.scaled(self._tf.constant(picture[None], self._tf.float32)), []
        for stage, (embedding, blocks, norm) in enumerate(
            zip(self._encoder.embeddings, self._encoder.block, self._encoder.layer_norms, strict=True)
        ):
            hidden, height, width = embedding(maps)
            for number, block in enumerate(blocks):
                attended, weights = block.attention(
                    block.layer_norm_1(hidden), height, width, output_attentions=True
                )
                yield _Step(f"{_block(stage, number)} attention", weights)
                hidden = attended + hidden
                wide = block.mlp.depthwise_convolution(
                    block.mlp.dense1(block.layer_norm_2(hidden)), height, width
                )
                active = block.mlp.intermediate_act_fn(wide)
                yield _Step(
                    f"{_block(stage, number)} hidden",
                    self._placed(active, height, width),
                    self._placed(wide, height, width),
                )
                hidden = block.mlp.dense2(active) + hidden
            maps = self._placed(norm(hidden), height, width)
            stages.append(maps)
            yield _Step(_stage(stage), maps)
        fused = self._network.fused(stages)
        active = self._tf.nn.relu(fused)
        yield _Step(HEAD, active, fused)
        yield _Step(CLASSES, self._network.classified(active))

    def _placed(self, tokens: Any, height: int, width: int) -> Any:
        """Tokens (1, h * w, K) as maps (1, h, w, K)."""
        return self._tf.reshape(tokens, (1, height, width, tokens.shape[-1]))


def _stage(stage: int) -> str:
    return f"stage {stage + 1}"


def _block(stage: int, block: int) -> str:
    return f"{_stage(stage)} block {block + 1}"


def _patches(size_hw: tuple[int, int], patch: int, stride: int) -> tuple[int, int]:
    """Rows and columns of overlapping patches, which reach over the border by half their size."""
    rows, columns = ((side + 2 * (patch // 2) - patch) // stride + 1 for side in size_hw)
    return rows, columns


def _array(tensor: Any) -> Floats:
    return np.asarray(tensor, np.float32)[0]
