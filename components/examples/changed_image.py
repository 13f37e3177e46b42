"""Pictures of a counterfactual: the changed image with the edges of what is hidden, and alone as a file."""

import numpy as np
from PIL import Image

from components.session.cache import in_session
from compute.work.examples.counterfactual import CounterfactualOrder
from engine.arrays import Pixels
from engine.examples.trials import Hidden
from engine.visualise.annotations import outline_zones
from engine.visualise.render import png_bytes

SHOWN_PX = 640
"""Longer side at least: small images are enlarged pixel by pixel, and edges are drawn on them."""


def shown_pixels(order: CounterfactualOrder, hidden: Hidden) -> Pixels:
    """Uint8 (H, W, 3): the image with a set hidden and outlined, or, with nothing hidden, the zone."""
    return _drawn(f"{order.key}-{sorted(hidden)}", order, hidden)


@in_session(16)
def _drawn(key: str, _order: CounterfactualOrder, _hidden: Hidden) -> Pixels:
    """The picture; the key says of what."""
    image = Image.fromarray(_order.changed_image(_hidden))
    scale = max(-(-SHOWN_PX // max(image.size)), 1)
    large = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    labels = _order.cells.labels(_order.prediction.input_hw)
    mask = np.isin(labels, sorted(_hidden))
    return outline_zones(np.asarray(large), (mask,) if mask.any() else ())


def changed_png(order: CounterfactualOrder, hidden: Hidden) -> bytes:
    """The file content of a PNG: exactly the image that the model was asked about."""
    return png_bytes(order.changed_image(hidden))
