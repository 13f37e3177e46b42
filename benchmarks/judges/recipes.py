"""The judged networks as lists of steps, which PyTorch builds here and Keras in the tests."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Step(NamedTuple):
    """A step of a network.

    Attributes:
        name: of the layer.
        kind: what it does; ``benchmarks.judges.networks.KINDS`` lists the kinds.
        inputs: names of the steps that it takes, ``PICTURE`` for RGB 0-255.
        options: of its kind, such as the number of filters.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    options: Mapping[str, Any]


class Recipe(NamedTuple):
    """A network and where it is looked at.

    Attributes:
        steps: from input to output.
        layer: the one for class activation maps; further layers that are not linear follow it, so that the
            methods differ there.
        task: "classification" or "segmentation".
        classes: how many it tells apart.
    """

    steps: tuple[Step, ...]
    layer: str
    task: str
    classes: int


PICTURE = "picture"


class _Cook:
    """Collects steps; each takes the one before unless it is told otherwise."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.last = PICTURE

    def add(self, name: str, kind: str, *inputs: str, **options: Any) -> str:
        self.steps.append(Step(name, kind, inputs or (self.last,), options))
        self.last = name
        return name

    def unit(self, name: str, kind: str, *inputs: str, **options: Any) -> str:
        """A convolution without bias, batch normalisation and the activation that is asked for."""
        activation = options.pop("then", "relu")
        self.add(f"{name}_{kind}", kind, *inputs, **options)
        self.add(f"{name}_norm", "norm")
        return self.add(name, activation) if activation else f"{name}_norm"


def _vgg() -> Recipe:
    cook = _Cook()
    cook.add("scale", "rescale", scale=1 / 127.5, offset=-1.0)
    for name, filters in (("one", 8), ("two", 8), ("pool_two", 0), ("three", 12), ("pool_three", 0)):
        if filters:
            cook.unit(name, "conv", filters=filters, kernel=3, stride=1)
        else:
            cook.add(name, "pool")
    late = cook.unit("late", "conv", filters=16, kernel=3, stride=1)
    cook.add("pool_late", "pool")
    cook.add("flat", "flatten")
    cook.add("hidden", "dense", units=24)
    cook.add("hidden_relu", "relu")
    cook.add("classes", "dense", units=4)
    cook.add("answer", "softmax")
    return Recipe(tuple(cook.steps), late, "classification", 4)


def _residual() -> Recipe:
    cook = _Cook()
    cook.add("scale", "rescale", scale=1 / 64, offset=-2.0)
    before = cook.unit("stem", "conv", filters=8, kernel=3, stride=1)
    before = cook.add("pool_stem", "pool")
    for name, filters, stride in (("first", 8, 1), ("late", 16, 2), ("last", 16, 1)):
        cook.unit(f"{name}_a", "conv", before, filters=filters, kernel=3, stride=stride)
        inner = cook.unit(f"{name}_b", "conv", filters=filters, kernel=3, stride=1, then="")
        if stride == 2:
            before = cook.unit(
                f"{name}_short", "conv", before, filters=filters, kernel=1, stride=stride, then=""
            )
        cook.add(f"{name}_add", "add", inner, before)
        before = cook.add(name, "relu")
    cook.add("mean", "average")
    cook.add("classes", "dense", units=4)
    cook.add("answer", "softmax")
    return Recipe(tuple(cook.steps), "late", "classification", 4)


def _depthwise() -> Recipe:
    cook = _Cook()
    cook.add("scale", "rescale", scale=1 / 127.5, offset=-1.0)
    cook.unit("stem", "conv", filters=10, kernel=3, stride=2, then="relu6")
    for name, filters, stride in (("first", 12, 1), ("late", 16, 2), ("last", 24, 1)):
        cook.unit(f"{name}_deep", "depthwise", kernel=3, stride=stride, then="relu6")
        cook.unit(name, "conv", filters=filters, kernel=1, stride=1, then="relu6")
    cook.add("mean", "average")
    cook.add("classes", "dense", units=4)
    return Recipe(tuple(cook.steps), "late", "classification", 4)


def _unet() -> Recipe:
    cook = _Cook()
    cook.add("scale", "rescale", scale=1 / 255, offset=0.0)
    fine = cook.unit("fine", "conv", filters=8, kernel=3, stride=1)
    cook.add("pool_fine", "pool")
    middle = cook.add("middle", "conv", filters=12, kernel=3, stride=1, activation="relu")
    cook.add("pool_middle", "pool")
    cook.add("bottom", "conv", filters=16, kernel=3, stride=1, activation="relu")
    cook.add("up_middle", "transposed", filters=12)
    cook.add("beside_middle", "concat", "up_middle", middle)
    cook.add("joint_middle", "conv", filters=12, kernel=3, stride=1, activation="relu")
    cook.add("up_fine", "enlarge")
    cook.add("beside_fine", "concat", "up_fine", fine)
    cook.add("joint_fine", "conv", filters=8, kernel=3, stride=1, activation="relu")
    cook.add("classes", "conv", filters=3, kernel=1, stride=1, activation="")
    cook.add("answer", "softmax")
    return Recipe(tuple(cook.steps), "bottom", "segmentation", 3)


RECIPES: Mapping[str, Recipe] = {
    "vgg": _vgg(),
    "residual": _residual(),
    "depthwise": _depthwise(),
    "unet": _unet(),
}
