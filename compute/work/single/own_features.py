"""What a layer makes of one image, to place it in a data set, and how a score of it changes with that.

Both are questions about the inside of a model, as in ``compute.work.features``.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from compute.work.features import FeatureSpec
from engine.arrays import Floats
from engine.model import LoadedModel
from engine.targets import Target
from engine.tcav.cells import POOLED


@dataclass(frozen=True)
class OwnFeaturesSpec(FeatureSpec[Floats]):
    """The means of a layer's channels, (K,), as ``LayerFeatures`` has them.

    Attributes:
        layer: name of a target layer.
    """

    name: ClassVar[str] = "own-features"
    layer: str

    def read(self, model: LoadedModel, image: Floats) -> Floats:
        from compute.measure.features import layer_means  # what draws pages need not know it

        return layer_means(model, image[None], self.layer)[0]


@dataclass(frozen=True)
class ZoneGradientsSpec(FeatureSpec[tuple[Floats, ...]]):
    """For each layer derivatives (1, F) of the score of a zone, in columns as ``TargetGradients`` has them.

    Attributes:
        layers: names of target layers.
        target: a zone, its boundary, or a shared boundary of the image.
        side: cells of the coarse grid on a side.
    """

    name: ClassVar[str] = "zone-gradients"
    layers: tuple[str, ...]
    target: Target
    side: int = POOLED

    @property
    def asked(self) -> tuple[Any, ...]:
        return self.name, list(self.layers), self.target.digest, self.side

    def read(self, model: LoadedModel, image: Floats) -> tuple[Floats, ...]:
        from engine.tcav.zones import target_gradients  # what draws pages need not know it

        return target_gradients(model, image, self.target, self.layers, self.side)
