"""Outlines of zones, and the colour bar below a picture."""

import numpy as np

from engine.targets import BorderTarget, ClassTarget, SharedBorderTarget, ZoneTarget
from engine.visualise.annotations import BAR_PX, GAP_PX, OUTLINES, ColourBar, outline_zones, with_bar
from engine.visualise.inks import Look, bar_pixels
from engine.visualise.render import Scale

GREY = np.full((120, 160, 3), 128, np.uint8)


def box(left):
    mask = np.zeros((12, 16), bool)
    mask[3:9, left : left + 4] = True
    return mask


def near(pixels, colour):
    """bool (H, W): pixels of a colour, as far as smooth edges let them be."""
    return np.abs(pixels.astype(int) - colour).max(-1) < 30


def test_outlines_lie_on_the_edges_of_their_zones_in_their_colours():
    drawn = outline_zones(GREY, (box(2), box(9)))
    for left, colour in zip((2, 9), OUTLINES, strict=True):
        rows, columns = np.nonzero(near(drawn, colour))
        assert abs(rows.min() - 30) <= 3 and abs(rows.max() - 90) <= 3
        assert abs(columns.min() - left * 10) <= 3 and abs(columns.max() - (left + 4) * 10) <= 3
    assert (drawn[60, 40] == 128).all() and (drawn[5, 5] == 128).all(), "nothing inside, nothing outside"
    assert (outline_zones(GREY, ()) == GREY).all()


def test_the_bar_stands_below_the_picture_with_its_colours_and_words():
    scale = Scale(-2.0, 2.0, signed=True)
    drawn = with_bar(GREY, ColourBar(scale, Look(), ("-2", "0", "2"), "change of the score"))
    assert (drawn[:120] == GREY).all() and drawn.shape[0] > 120 + BAR_PX
    bar = drawn[120 + GAP_PX : 120 + GAP_PX + BAR_PX]
    assert (bar == bar_pixels(scale, Look(), (BAR_PX, 160))).all()
    words = drawn[120 + GAP_PX + BAR_PX :] < 100
    assert words[:20, :40].any() and words[:20, 60:100].any() and words[:20, 120:].any()
    assert words[24:].any(), "what the values are"


def test_the_zones_that_a_target_is_about():
    first, second = ZoneTarget(0, box(2)), ZoneTarget(1, box(6))
    assert [len(target.masks) for target in (ClassTarget(1), first, BorderTarget(first))] == [0, 1, 1]
    assert [mask.argmax() for mask in SharedBorderTarget(first, second).masks] == [3 * 16 + 2, 3 * 16 + 6]
