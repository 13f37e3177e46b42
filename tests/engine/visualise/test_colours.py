"""Colours that everybody can tell apart, and that photos do not have."""

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from engine.visualise.colours import DIVERGING, SEQUENTIAL, colour_table

_MACHADO = {
    "protanopia": "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998",
    "deuteranopia": "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881",
    "tritanopia": "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900",
    "grey print": "0.2126 0.7152 0.0722 0.2126 0.7152 0.0722 0.2126 0.7152 0.0722",
}
SEEN_BY = {name: np.array(text.split(), float).reshape(3, 3) for name, text in _MACHADO.items()}
"""What becomes of linear red, green and blue; the first three: Machado et al. 2009, severity 1,
https://doi.org/10.1109/TVCG.2009.113.
"""
CLEAR = 15
"""CIEDE2000: differences above 10 are seen at a glance."""


def as_seen(colours, by):
    encoded = colours / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.transpose(SEEN_BY[by]), 0, 1)
    return np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("name", [SEQUENTIAL, DIVERGING])
def test_brighter_means_more(name):
    luminance = colour_table(name).astype(float) @ [0.2126, 0.7152, 0.0722]
    warm = luminance if name == SEQUENTIAL else luminance[128:]
    assert (np.diff(warm) > -0.7).all() and warm[-1] - warm[0] > 120
    if name == DIVERGING:
        cold = luminance[127::-1]
        assert (np.diff(cold) > -0.7).all() and cold[-1] - cold[0] > 100


@pytest.mark.parametrize("by", ["protanopia", "deuteranopia", "tritanopia"])
def test_everybody_tells_for_from_against(by):
    table = rgb2lab(as_seen(colour_table(DIVERGING), by))
    for share in (0.5, 0.75, 1.0):
        step = round(127.5 * share)
        against, for_it = table[max(127 - step, 0)], table[min(128 + step, 255)]
        assert deltaE_ciede2000(against, for_it) > CLEAR


@pytest.mark.parametrize("by", SEEN_BY)
def test_everybody_tells_much_from_half_and_half_from_little(by):
    table = rgb2lab(as_seen(colour_table(SEQUENTIAL), by))
    assert (
        deltaE_ciede2000(table[64], table[160]) > CLEAR and deltaE_ciede2000(table[160], table[255]) > CLEAR
    )
