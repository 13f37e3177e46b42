"""Renderer of the street samples in `samples/rendered/`: `python -m samples`."""

from PIL import Image

from samples.library import RENDERED, SAMPLES, STREET_SIZE_HW
from samples.scenes import render_scene


def main() -> None:
    """Writes picture and labels of each rendered sample."""
    RENDERED.mkdir(exist_ok=True)
    for sample in SAMPLES:
        if sample.seed is not None:
            scene = render_scene(sample.seed, STREET_SIZE_HW)
            Image.fromarray(scene.pixels).save(RENDERED / f"{sample.key}.png", optimize=True)
            Image.fromarray(scene.labels).save(RENDERED / f"{sample.key}_labels.png", optimize=True)


if __name__ == "__main__":
    main()
