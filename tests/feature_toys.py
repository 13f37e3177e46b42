"""Features of a toy model: maps that are known on paper."""

import numpy as np

from engine.errors import ModelError
from engine.features import FirstKernels, LayerFacts, LayerMaps

CHANNELS = 30
KERNELS = np.zeros((3, 3, 3, 4), np.float32)
KERNELS[1, 1, 0, 0], KERNELS[0, 0, 2, 1], KERNELS[2, 2, 1, 3] = 2.0, -0.5, 0.25


class ToyFeatures:
    """Brightness 0-1 in cells of 8 pixels.

    "early": how bright, and how dark. "steps": brightness minus k/30 in channel k, and what is left of it
    after a ReLU. "look around": the first head sees the cell itself, the second every cell alike.
    """

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        cells = size_hw[0] // 8, size_hw[1] // 8
        return (
            LayerFacts("early", "Conv2D", (*cells, 2)),
            LayerFacts("look around", "Self-attention", (*cells, 2), attends=True),
            LayerFacts("steps", "Conv2D", (*cells, CHANNELS), "ReLU"),
        )

    def layer_maps(self, picture: np.ndarray, layer: str) -> LayerMaps:
        height, width, _ = picture.shape
        bright = picture.reshape(height // 8, 8, width // 8, 8, 3).mean(axis=(1, 3, 4))[
            ..., None
        ] / np.float32(255)
        if layer == "early":
            return LayerMaps(np.concatenate([bright, 1 - bright], axis=-1))
        if layer != "steps":
            raise ModelError("There is no layer {layer!r} with maps; there are early, steps.", layer=layer)
        before = bright - np.arange(CHANNELS, dtype=np.float32) / CHANNELS
        return LayerMaps(np.maximum(before, 0), before)

    def attention(self, picture: np.ndarray, layer: str, query_rc: tuple[int, int]) -> np.ndarray:
        height, width = (side // 8 for side in picture.shape[:2])
        if layer != "look around" or not (0 <= query_rc[0] < height and 0 <= query_rc[1] < width):
            raise ModelError("There is no cell {cell} in {layer}.", cell=query_rc, layer=layer)
        weights = np.zeros((2, height, width), np.float32)
        weights[0][query_rc] = 1
        weights[1] = 1 / (height * width)
        return weights

    def kernels(self) -> FirstKernels:
        return FirstKernels("early", KERNELS)
