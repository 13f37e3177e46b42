"""The browser draws a map as the engine does."""

import json
from pathlib import Path

import numpy as np
import pytest

import components.pieces
from components.pieces.ink_facts import ink_texts
from components.pieces.map_sheet import PART_LINES
from engine.explanation import Parts
from engine.visualise.inks import ink, ink_table
from engine.visualise.parts import hatched, part_inks, shown
from engine.visualise.render import Scale, scale_of, spread

PIECES = Path(components.pieces.__file__).parent
SCRIPTS = ("outlines", "elements", "maps", "tile")
SCRIPT = "\n".join((PIECES / f"{name}.js").read_text() for name in SCRIPTS)
SIZE_HW = 160, 320
GRID = """([grid, scale, inks, size, smoothPx, flat]) =>
  gridImage(grid, scale, inksOf(inks, flat), size, smoothPx).data.join()"""
PARTS = (
    "([parts, scale, inks, lines, flat]) => partsImage(parts, scale, inksOf(inks, flat), lines).data.join()"
)


@pytest.fixture(scope="module")
def draw(browser):
    """Runs a drawing of the pieces in an empty page."""
    page = browser.new_page()
    page.add_script_tag(content=SCRIPT)

    def run(script, facts):
        told = page.evaluate(script, json.loads(json.dumps(facts)))  # one text: a list is slow to send
        return np.fromstring(told, np.uint8, sep=",").reshape(-1, 4)

    yield run
    page.close()


def scale_sent(scale):
    return {"low": scale.low, "high": scale.high, "signed": scale.signed}


SCALES = {
    "unsigned": (0.0, lambda values: scale_of(values, False)),
    "signed": (0.5, lambda values: scale_of(values, True)),
    "clipped": (0.0, lambda values: Scale(0.0, 0.6, False, clipped=True)),
    "partly negative": (0.1, lambda values: scale_of(values, False)),
    "lowest first": (0.0, lambda values: Scale(0.0, float(values.max()), False, lowest_first=True)),
    "nothing": (0.0, lambda values: Scale(0.0, 0.0, False)),
}


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("flat", [False, True])
def test_a_grid_has_the_same_inks(draw, rng, name, flat):
    less, scale_made = SCALES[name]
    values = (rng.random((5, 9)) - less).astype(np.float32)
    scale, (height, width) = scale_made(values), SIZE_HW
    grid = {"values": values.ravel().tolist(), "rows": 5, "columns": 9}
    facts = [grid, scale_sent(scale), ink_texts(scale), {"width": width, "height": height}]
    native = draw(GRID, [*facts, 0, flat]).reshape(5, 9, 4)
    np.testing.assert_array_equal(native, ink(values, scale, flat))
    smooth = draw(GRID, [*facts, width, flat]).reshape(height, width, 4)
    table, steps = ink_table(scale, flat), scale.steps(spread(values, SIZE_HW, smooth=True))
    same = [(smooth == table[np.clip(steps + by, 0, 255)]).all(axis=-1) for by in (0, -1, 1)]
    assert np.any(same, axis=0).all(), "another ink than that of the value, or of one a rounding away"
    assert same[0].mean() > 0.97


@pytest.mark.parametrize("flat", [False, True])
def test_superpixels_have_the_same_inks_borders_and_hatching(draw, rng, flat):
    labels = np.repeat(np.repeat(np.arange(12, dtype=np.int32).reshape(3, 4), 11, axis=0), 13, axis=1)
    weights = rng.normal(size=12).astype(np.float32)
    parts = Parts(labels, weights, weights * 0, weights * 0, sure=rng.random(12) > 0.5)
    chosen, scale = shown(parts, 7), scale_of(weights, True)
    facts = {
        "rows": labels.shape[0],
        "columns": labels.shape[1],
        "labels": labels.ravel().tolist(),
        "weights": weights.tolist(),
        "shown": chosen.tolist(),
        "hatched": hatched(parts, chosen).tolist(),
    }
    drawn = draw(PARTS, [facts, scale_sent(scale), ink_texts(scale), PART_LINES, flat])
    np.testing.assert_array_equal(drawn.reshape(*labels.shape, 4), part_inks(parts, chosen, scale, flat))
