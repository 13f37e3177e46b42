import numpy as np
import pytest

from components.pieces.map_view import MapScene
from components.pieces.zone_picker import PickerScene
from engine.explanation import Cost, Explanation, Provenance
from engine.images.picture import Picture
from engine.zones import Zones, list_zones


@pytest.fixture
def zones() -> Zones:
    """Sky above road, a small car in the road, on 8 x 12 label pixels."""
    truth = np.zeros((8, 12), int)
    truth[4:] = 1
    truth[5:7, 3:5] = 2
    return list_zones(np.eye(3)[truth] * 0.8 + 0.05, ("sky", "road", "<b>car"))


@pytest.fixture
def scene(zones: Zones, rng: np.random.Generator) -> PickerScene:
    picture = Picture(rng.integers(0, 256, (64, 96, 3), dtype=np.uint8), "street.png")
    return PickerScene(picture, zones, ((70, 130, 180), (128, 64, 128), (0, 0, 142)), "street-key")


@pytest.fixture
def explanation(zones: Zones) -> Explanation:
    """A map whose strongest cell is in row 2, column 3, with a band."""
    values = np.full((4, 4), 0.05, np.float32)
    values[1, 2], values[0, 0] = 0.4, 0.2
    return Explanation(
        values=values,
        signed=False,
        target=zones.border_target(0),
        method="sobol",
        params={"grid": 4},
        score=0.25,
        cost=Cost(144, 0, 3.5),
        provenance=Provenance("toy", "0" * 64, "street.png", "1" * 64, {"numpy": "2"}),
        lower=values - np.float32(0.1),
        upper=values + np.float32(0.1),
        stability=0.82,
    )


@pytest.fixture
def map_scene(scene: PickerScene, explanation: Explanation) -> MapScene:
    return MapScene(explanation, scene.picture, (scene.zones.labels == 0, scene.zones.labels == 1))
