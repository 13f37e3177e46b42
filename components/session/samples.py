"""The shipped pictures, ready to be shown."""

from functools import lru_cache

from PIL import Image

from components.session.media import thumbnail
from engine.images.picture import Picture
from model_store.catalogue import Entry
from samples.library import SAMPLES, Sample, sample_pixels


def offered() -> dict[str, Sample]:
    """All samples by their key, the default first."""
    return {sample.key: sample for sample in SAMPLES}


def suiting(entry: Entry) -> dict[str, Sample]:
    """The samples that show what a model is about, by their key; none where there are none."""
    known = {sample.kind for sample in SAMPLES}
    if entry.subject and entry.subject not in known:
        return {}
    return {key: sample for key, sample in offered().items() if entry.subject in ("", sample.kind)}


def first_sample(entry: Entry) -> str:
    """The sample that a model begins with; an object where none shows what it is about."""
    objects = {key: sample for key, sample in offered().items() if sample.kind == "object"}
    return next(iter(suiting(entry) or objects))


@lru_cache(maxsize=len(SAMPLES))
def sample_thumbnail(key: str) -> str:
    """A small copy as a data address."""
    return thumbnail(Image.fromarray(sample_pixels(key)))


def load_sample(key: str) -> Picture:
    """A shipped picture."""
    return Picture(sample_pixels(key), offered()[key].title)
