"""How far a class depends on concepts, in each image of a data set."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.measure.concepts.decoding import ConceptDecoder
from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from engine.arrays import Floats
from engine.concepts.agreement import r_squared, same_answer
from engine.concepts.completeness import coalitions
from engine.concepts.design import DESIGNS_EACH, ConceptDesign
from engine.concepts.factors import ConceptBasis
from engine.errors import ModelError
from engine.model import LoadedModel, ModelFacts
from engine.targets import ClassTarget, Scorer, Target, ZoneTarget

RUNS, WORTH, OWN, FIT, SAME = "runs", "worth", "own", "fit", "same"
REPLICATES = 2
"""Of the design of one image; the band is from the images."""
MOST_COALITIONS = 256
"""An image is asked for so many on average: where there are more of them, fewer images are asked."""


@dataclass(frozen=True)
class ConceptScores(Measure):
    """Logits of a class when concepts are weakened, in each image.

    Columns: ``runs``, the score in each run of the image's design; ``worth``, the score of each coalition,
    none where the image is not asked for them; ``own``, the score of the network itself; ``fit``, R2 of its
    logits by those from the concepts alone; ``same``, how far its answer stays the same with them, 0-1.

    Attributes:
        layer: name of a target layer.
        index: the class; of a segmentation its mean logit over the zones that the model gives it.
        basis: the concepts.
    """

    name: ClassVar[str] = "concept-scores"
    chunk: ClassVar[int] = 2
    layer: str
    index: int
    basis: ConceptBasis

    @property
    def asked(self) -> tuple[Any, ...]:
        return self.name, str(self.ref), self.layer, self.index, self.basis.digest, DESIGNS_EACH, REPLICATES

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        if not 0 <= self.index < len(facts.labels):
            raise ModelError("The model has no class {index}.", index=self.index)
        return None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        ragged = [TableColumn(name, "float32", RAGGED) for name in (RUNS, WORTH)]
        return [*ragged, *(TableColumn(name, "float32") for name in (OWN, FIT, SAME))]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        images = stacked(model, read)
        rows = [self._row(model, *pair) for pair in zip(images, read, strict=True)]
        return {name: [row[name] for row in rows] for name in (RUNS, WORTH, OWN, FIT, SAME)}

    def _row(self, model: LoadedModel, image: Floats, one: Read) -> dict[str, Any]:
        seed = int(hashlib.sha256(one.picture.sha256.encode()).hexdigest()[:8], 16)
        decoder = ConceptDecoder.of(model, image, self.layer, self.basis)
        own, whole = decoder.own(), decoder.whole()
        scorer = Scorer([self._target(own)], own.shape)
        design = design_of(self.basis, seed)
        asked = seed % 2 ** len(self.basis) < MOST_COALITIONS
        worth = decoder.scores(coalitions(len(self.basis))[..., None], scorer)[:, 0] if asked else np.zeros(0)
        return {
            RUNS: decoder.scores(design.masks(0, design.runs), scorer)[:, 0],
            WORTH: worth,
            OWN: float(scorer.score(own[None])[0, 0]),
            FIT: r_squared(own.ravel(), whole.ravel()),
            SAME: same_answer(own, whole),
        }

    def _target(self, own: Floats) -> Target:
        """The class of the image, or of its zones.

        Raises:
            ModelError: the model gives it no zone here.
        """
        if own.ndim == 1:
            return ClassTarget(self.index)
        zone = own.argmax(axis=-1) == self.index
        if not zone.any():
            raise ModelError("The model sees none of it in this image.")
        return ZoneTarget(self.index, np.asarray(zone))


def design_of(basis: ConceptBasis, seed: int = 0) -> ConceptDesign:
    """The runs of one image."""
    return ConceptDesign(basis, designs=DESIGNS_EACH, replicates=REPLICATES, seed=seed)
