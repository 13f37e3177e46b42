"""The shipped pictures, ready to be shown."""

from engine.images.picture import Picture
from samples.library import SAMPLES, Sample, sample_pixels


def offered() -> dict[str, Sample]:
    """All samples by their key, the default first."""
    return {sample.key: sample for sample in SAMPLES}


def load_sample(key: str) -> Picture:
    """A shipped picture."""
    return Picture(sample_pixels(key), offered()[key].title)
