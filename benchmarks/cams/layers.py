"""What layers of shipped models hold and feel on pictures: activation and gradient, layer by layer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.arrays import Floats
from engine.gradients.run import dense_weights
from engine.gradients.target_layers import ALL, choose_target_layers
from engine.images.picture import Picture, read_picture
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from engine.target_sets import TargetSet
from engine.targets import Target
from engine.zones import list_zones
from model_store.catalogue import CATALOGUE, ModelRef
from model_store.loading.load import load_model
from samples.library import SAMPLES, sample_pixels

SHIPPED = tuple(key for key, entry in CATALOGUE.items() if entry.shipped)
KINDS = {"segmentation": "street", "classification": "object"}
"""Kind of the samples for each task."""

TARGETS = 2
"""Best classes, or largest zones, of each picture."""


@dataclass(frozen=True, eq=False)
class SeenLayer:
    """One layer of a model that looks at a picture.

    Attributes:
        model: key in the catalogue.
        picture: name of the picture.
        layer: name of the target layer.
        target: what was derived, for people.
        image: float32 (H, W, 3), the picture as the model sees it, RGB 0-255.
        activation: float32 (h, w, K).
        gradient: float32 (h, w, K), of the target's logit.
    """

    model: str
    picture: str
    layer: str
    target: str
    image: Floats
    activation: Floats
    gradient: Floats

    @property
    def rectified(self) -> bool:
        """Whether no activation is negative."""
        return bool((self.activation >= 0).all())


def look(
    key: str, names: Sequence[str] = (), layers: Sequence[str] = (ALL,), most: int = TARGETS
) -> Iterator[SeenLayer]:
    """Layers of a model, picture by picture and target by target.

    Args:
        key: of the model in the catalogue.
        names: keys of shipped samples, or paths; all samples of the model's kind if there are none.
        layers: names of target layers, or ``ALL``.
        most: so many targets of each picture.
    """
    model = load_model(ModelRef(key))
    kind = KINDS[model.facts.task]
    for name in names or [sample.key for sample in SAMPLES if sample.kind == kind]:
        yield from _look_at(model, _picture(name), layers, most)


def _look_at(model: LoadedModel, picture: Picture, layers: Sequence[str], most: int) -> Iterator[SeenLayer]:
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    answer = model.score_batch(image[None], "probability")[0]
    chosen = choose_target_layers(model.target_layers, layers)
    for target in main_targets(answer, model.facts.labels, most):
        seen = model.layer_gradients(image[None], dense_weights([target], answer.shape), chosen)
        for layer, found in seen.items():
            yield SeenLayer(
                model.facts.key,
                picture.name,
                layer,
                target.label,
                image,
                found.activation[0],
                found.gradient[0],
            )


def main_targets(answer: Floats, labels: tuple[str, ...], most: int) -> list[Target]:
    """The best classes, best first, or the largest zones, largest first."""
    if answer.ndim == 1:
        classes = TargetSet(answer.shape, labels, None)
        return [classes[int(index)] for index in np.argsort(-answer, kind="stable")[:most]]
    zones = list_zones(answer, labels)
    return [zones.zone_target(zone.index) for zone in zones.zones[:most]]


def _picture(name: str) -> Picture:
    if name in {sample.key for sample in SAMPLES}:
        return Picture(sample_pixels(name), name)
    path = Path(name)
    return read_picture(path.read_bytes(), path.name)
