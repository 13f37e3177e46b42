"""Names for people of the ways in which colours are scaled before a network."""

from components.words.i18n import _
from engine.phrase import later

_TITLES = {
    "file": later("as its files say"),
    "raw": later("0 to 255"),
    "unit": later("0 to 1"),
    "signed": later("-1 to 1"),
    "torch": later("as PyTorch: 0 to 1, ImageNet"),
    "caffe": later("as Caffe: blue first, ImageNet"),
    "hand": later("other numbers, by hand"),
}


def preset_title(preset: str) -> str:
    """What a preset does to colours."""
    return _(_TITLES[preset]) if preset in _TITLES else preset
