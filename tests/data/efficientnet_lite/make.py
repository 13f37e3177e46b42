"""Makes answers.npz: what the PyTorch port of EfficientNet-Lite0 answers on five shipped photographs.

Run once, where torch 2.13 and efficientnet-lite-pytorch 0.1.0 are installed, from the project's root:

    PYTHONPATH=. python tests/data/efficientnet_lite/make.py WEIGHTS.pth
"""

import sys
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image

from samples.library import sample_pixels

SAMPLES = ("cat", "coffee", "rocket", "temple", "flower")
SIDE = 224


def squeezed(key: str) -> np.ndarray:
    """RGB 0-255 (224, 224, 3) of a sample."""
    return np.asarray(Image.fromarray(sample_pixels(key)).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def main() -> None:
    """Write logits float32 (5, 1000) and the names of the samples."""
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=sys.argv[1]).eval()
    pixels = np.stack([squeezed(key) for key in SAMPLES]).astype(np.float32)
    inputs = torch.from_numpy((pixels - 127) / 128).permute(0, 3, 1, 2)
    with torch.no_grad():
        logits = network(inputs).numpy()
    np.savez_compressed(Path(__file__).with_name("answers.npz"), logits=logits, samples=np.array(SAMPLES))


if __name__ == "__main__":
    main()
