"""Inner values of a network while it looks at a picture: maps of its steps, attention, first kernels."""

from dataclasses import dataclass
from typing import Protocol

from engine.arrays import Floats


@dataclass(frozen=True)
class LayerFacts:
    """A step of a network whose maps can be looked at: each target layer, and what lies between target
    layers.

    Attributes:
        name: that of the target layer, or of the same kind.
        kind: what the framework calls it, such as "Conv2D".
        shape_hwk: height, width and channels of its maps of one picture; of an attention block height and
            width of its grid of queries, and heads.
        activation: name of the function that its values pass at the end, such as "ReLU"; empty if there is
            none.
        attends: whether it is an attention block, which has weights instead of maps.
    """

    name: str
    kind: str
    shape_hwk: tuple[int, int, int]
    activation: str = ""
    attends: bool = False


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """Maps that a step of a network makes of one picture.

    Attributes:
        after: float32 (h, w, K), its output.
        before: float32 (h, w, K), what its activation was given; None where it has none.
    """

    after: Floats
    before: Floats | None = None


@dataclass(frozen=True, eq=False)
class FirstKernels:
    """Kernels with which the first convolution weighs the picture.

    Attributes:
        layer: its name.
        weights: float32 (rows, columns, 3, K), of red, green and blue.
    """

    layer: str
    weights: Floats


class Features(Protocol):
    """Inner values of a network while it looks at a picture."""

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        """All steps that give maps, from input to output, as large as for a picture of this size."""
        ...

    def layer_maps(self, picture: Floats, layer: str) -> LayerMaps:
        """Maps of one step.

        Args:
            picture: float32 (H, W, 3), RGB 0-255; left as found.
            layer: name of a step that has maps.

        Raises:
            ModelError: there is no such step.
        """
        ...

    def attention(self, picture: Floats, layer: str, query_rc: tuple[int, int]) -> Floats:
        """How much one cell attends to each cell: float32 (heads, h, w) on the grid of keys, the weights of
        each head sum to 1.

        Args:
            picture: float32 (H, W, 3), RGB 0-255; left as found.
            layer: name of an attention block.
            query_rc: row and column of the cell on the block's grid of queries.

        Raises:
            ModelError: there is no such block, or no such cell.
        """
        ...

    def kernels(self) -> FirstKernels:
        """The kernels of the first convolution.

        Raises:
            ModelError: it does not weigh red, green and blue; the sentence says what it does.
        """
        ...
