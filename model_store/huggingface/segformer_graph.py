"""The graph of a SegFormer (Xie et al. 2021, https://arxiv.org/abs/2105.15203) in Keras 3.

All steps are maps (N, h, w, C). The decode head of the paper projects each stage to D channels, enlarges all
to 1/4 size, joins them and fuses them with a 1x1 convolution and a batch normalisation. All of this is linear
in the stages, so that projection, fuse and normalisation are one matrix for each stage here, used before
enlarging.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from model_store.base import runtime
from model_store.base.target_layers import TargetLayerChoice

HEAD, CLASSES = "decode head", "class logits"
FUSED = "decode_head.fused"
"""Where the folded matrices of the head are among the arrays of a file: ``decode_head.fused.0.kernel`` ..."""

_EPSILON = 1e-5
"""Of all normalisations: the library never uses what ``layer_norm_eps`` says."""
_ACTIVATIONS: Mapping[str, str] = MappingProxyType(
    {name: name for name in ("mish", "relu", "sigmoid", "silu", "tanh")}
    | {"gelu": "exact_gelu", "swish": "silu"}
)
"""Keras' name, or ours, of ``hidden_act``."""
_USUAL: Mapping[str, Any] = MappingProxyType(
    {
        "depths": (2, 2, 2, 2),
        "hidden_sizes": (32, 64, 160, 256),
        "num_attention_heads": (1, 2, 5, 8),
        "sr_ratios": (8, 4, 2, 1),
        "mlp_ratios": (4, 4, 4, 4),
        "patch_sizes": (7, 3, 3, 3),
        "strides": (4, 2, 2, 2),
        "num_encoder_blocks": 4,
        "num_channels": 3,
        "decoder_hidden_size": 256,
        "hidden_act": "gelu",
    }
)
"""What the library takes where a configuration says nothing."""
_LARGEST: Mapping[str, int] = MappingProxyType(
    {
        "depths": 64,
        "hidden_sizes": 4096,
        "num_attention_heads": 64,
        "sr_ratios": 64,
        "mlp_ratios": 16,
        "patch_sizes": 64,
        "strides": 64,
    }
)


@dataclass(frozen=True)
class SegformerStage:
    """One of the stages, with the fields of ``_LARGEST`` in this order.

    Attributes:
        depth: how many blocks.
        width: channels.
        heads: of the attention.
        reduction: by how much the grid of keys and values is smaller, on both sides.
        expansion: channels inside a block, over the width.
        patch: side of the patches, in cells of the stage before.
        stride: from one patch to the next.
    """

    depth: int
    width: int
    heads: int
    reduction: int
    expansion: float
    patch: int
    stride: int

    def __post_init__(self) -> None:
        for name, value in zip(_LARGEST, vars(self).values(), strict=True):
            whole = isinstance(value, int) or (name == "mlp_ratios" and isinstance(value, float))
            if not whole or not 1 <= value <= _LARGEST[name]:
                raise ValueError(f"{name} has {value!r}; 1 to {_LARGEST[name]} was expected")
        if self.width % self.heads:
            raise ValueError(f"{self.heads} attention heads do not divide {self.width} channels")


@dataclass(frozen=True)
class SegformerPlan:
    """What a configuration says of the graph.

    Attributes:
        stages: from fine to coarse.
        decoder: channels of the decode head.
        classes: how many it answers.
        activation: inside the blocks, as Keras or ``segformer_layers`` calls it.
    """

    stages: tuple[SegformerStage, ...]
    decoder: int
    classes: int
    activation: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "SegformerPlan":
        """That of ``config.json``.

        Raises:
            ValueError, TypeError, KeyError: it describes no such graph.
        """
        said = {name: settings.get(name, usual) for name, usual in _USUAL.items()}
        count, decoder = said["num_encoder_blocks"], said["decoder_hidden_size"]
        if not 1 <= count <= 8 or not 1 <= decoder <= _LARGEST["hidden_sizes"] or said["num_channels"] != 3:
            raise ValueError(
                f"{count} stages, {decoder} channels at the end, {said['num_channels']} at first"
            )
        names = settings.get("id2label")
        return cls(
            tuple(SegformerStage(*(said[name][number] for name in _LARGEST)) for number in range(count)),
            int(decoder),
            int(settings.get("num_labels", 2)) if names is None else len(names),
            _ACTIVATIONS[said["hidden_act"]],
        )

    @property
    def target_layers(self) -> TargetLayerChoice:
        """The stages; the last one is best for class activation maps."""
        names = tuple(_stage_name(number) for number in range(len(self.stages)))
        return TargetLayerChoice(names, names[-1])


def _stage_name(number: int) -> str:
    return f"stage {number + 1}"


Sources = list[tuple[Any, str]]
"""Layers, and where their weights are among the arrays of a file."""


def build_segformer_graph(plan: SegformerPlan) -> tuple[Any, Sources]:
    """The network without its weights: scaled RGB (N, H, W, 3) of any size to logits (N, H/4, W/4, classes).

    Args:
        plan: its measures.
    """
    keras = runtime.keras()
    build = _Builder(plan)
    inputs = keras.Input((None, None, 3), name="rgb")
    maps, stages = inputs, []
    for number, stage in enumerate(plan.stages):
        maps = build.stage(maps, stage, number)
        stages.append(build.end(maps, number))
    model = keras.Model(inputs, build.head(stages), name="segformer")
    return model, build.sources


class _Builder:
    """Adds layers with titles, and keeps where their weights come from."""

    def __init__(self, plan: SegformerPlan) -> None:
        from model_store.huggingface import segformer_layers

        self._plan, self._own = plan, segformer_layers
        self._layers = runtime.keras().layers
        self.sources: Sources = []

    def _add(self, kind: str, title: str, source: str = "", **options: Any) -> Any:
        layer = getattr(self._own, kind, None) or getattr(self._layers, kind)
        made = layer(name=title.replace(" ", "_"), **options)
        made.title = title
        if source:
            self.sources.append((made, source))
        return made

    def _dense(self, maps: Any, width: int, title: str, source: str) -> Any:
        return self._add("ChannelDense", title, source, units=width, kernel_initializer="zeros")(maps)

    def _conv(self, maps: Any, width: int, title: str, source: str, **options: Any) -> Any:
        return self._add("Conv2D", title, source, filters=width, kernel_initializer="zeros", **options)(maps)

    def _norm(self, maps: Any, title: str, source: str) -> Any:
        return self._add("ChannelNorm", title, source, epsilon=_EPSILON)(maps)

    def stage(self, maps: Any, stage: SegformerStage, number: int) -> Any:
        """Overlapping patches, blocks, and a normalisation."""
        title, source = _stage_name(number), "segformer.encoder"
        patches = f"{source}.patch_embeddings.{number}"
        maps = self._add("ZeroPadding2D", f"{title} padded", padding=stage.patch // 2)(maps)
        named = f"patch embedding of {title}"
        maps = self._conv(
            maps, stage.width, named, f"{patches}.proj", kernel_size=stage.patch, strides=stage.stride
        )
        maps = self._norm(maps, f"{named} normalized", f"{patches}.layer_norm")
        for block in range(stage.depth):
            maps = self._block(maps, stage, f"{title} block {block + 1}", f"{source}.block.{number}.{block}")
        return self._norm(maps, f"{title} normalized", f"{source}.layer_norm.{number}")

    def end(self, maps: Any, number: int) -> Any:
        """The maps of a stage for the head."""
        return self._add("StageOutput", _stage_name(number))(maps)

    def _block(self, maps: Any, stage: SegformerStage, title: str, source: str) -> Any:
        """Attention and Mix-FFN, each added to what it is given."""
        calm = self._norm(maps, f"{title} normalized", f"{source}.layer_norm_1")
        attended = self._attention(calm, stage, title, f"{source}.attention")
        maps = self._add("Add", f"{title} attended")([attended, maps])
        calm = self._norm(maps, f"{title} attended normalized", f"{source}.layer_norm_2")
        wide = self._dense(
            calm, int(stage.width * stage.expansion), f"{title} expanded", f"{source}.mlp.dense1"
        )
        hidden = self._add(
            "DepthwiseConv2D",
            f"{title} hidden",
            f"{source}.mlp.dwconv.dwconv",
            kernel_size=3,
            padding="same",
            activation=getattr(self._own, self._plan.activation, self._plan.activation),
            depthwise_initializer="zeros",
        )(wide)
        return self._add("Add", title)(
            [self._dense(hidden, stage.width, f"{title} narrowed", f"{source}.mlp.dense2"), maps]
        )

    def _attention(self, maps: Any, stage: SegformerStage, title: str, source: str) -> Any:
        width, own, inputs = stage.width, f"{source}.self", maps
        if stage.reduction > 1:
            inputs = self._conv(
                maps,
                width,
                f"{title} reduced",
                f"{own}.sr",
                kernel_size=stage.reduction,
                strides=stage.reduction,
            )
            inputs = self._norm(inputs, f"{title} reduced normalized", f"{own}.layer_norm")
        query = self._dense(maps, width, f"{title} query", f"{own}.query")
        key, value = (
            self._dense(inputs, width, f"{title} {name}", f"{own}.{name}") for name in ("key", "value")
        )
        seen = self._add("SelfAttention", f"{title} attention", heads=stage.heads)(query, key, value)
        return self._dense(seen, width, f"{title} projected", f"{source}.output.dense")

    def head(self, stages: list[Any]) -> Any:
        """Logits of the stages."""
        parts = [self._part(maps, number) for number, maps in enumerate(stages)]
        for number, part in enumerate(parts[1:], 1):
            title = f"decoder of {_stage_name(number)} enlarged"
            parts[number] = self._add("EnlargedTo", title)(part, stages[0])
        joined = self._add("Add", "decoder")(parts) if len(parts) > 1 else parts[0]
        active = self._add("ReLU", HEAD)(joined)
        return self._conv(active, self._plan.classes, CLASSES, "decode_head.classifier", kernel_size=1)

    def _part(self, maps: Any, number: int) -> Any:
        """What a stage gives to the head; the first one has the bias of all."""
        title, source = f"decoder of {_stage_name(number)}", f"{FUSED}.{number}"
        options = {"use_bias": not number, "kernel_initializer": "zeros"}
        return self._add("Dense", title, source, units=self._plan.decoder, **options)(maps)
