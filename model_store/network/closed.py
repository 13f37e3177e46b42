"""Features of a network that shows nothing of its inside."""

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import FirstKernels, LayerFacts, LayerMaps
from engine.phrase import later

CLOSED = later("This model only returns outputs; its layers cannot be inspected.")


class ClosedFeatures:
    """See ``engine.features.Features``; there are none."""

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        return ()

    def layer_maps(self, picture: Floats, layer: str) -> LayerMaps:
        raise ModelError(CLOSED)

    def attention(self, picture: Floats, layer: str, query_rc: tuple[int, int]) -> Floats:
        raise ModelError(CLOSED)

    def kernels(self) -> FirstKernels:
        raise ModelError(CLOSED)
