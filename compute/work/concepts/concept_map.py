"""Where concepts lie in one image."""

from dataclasses import dataclass
from typing import Any, ClassVar

from compute.work.features import FeatureSpec
from engine.arrays import Floats
from engine.concepts.factors import ConceptBasis
from engine.model import LoadedModel


@dataclass(frozen=True)
class ConceptMapSpec(FeatureSpec[Floats]):
    """How much of each concept is in each place: float32 (h, w, k).

    Attributes:
        layer: name of a target layer.
        basis: the concepts.
    """

    name: ClassVar[str] = "concept-map"
    layer: str
    basis: ConceptBasis

    @property
    def asked(self) -> tuple[Any, ...]:
        return self.name, self.layer, self.basis.digest

    def read(self, model: LoadedModel, image: Floats) -> Floats:
        return self.basis.coefficients(model.activations(image[None], self.layer)[0])
