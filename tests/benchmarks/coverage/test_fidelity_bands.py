"""Coverage of fidelity, with few seeds: `python -m benchmarks --only coverage` prints the table."""

import pytest

from benchmarks.coverage import fidelity_bands
from engine.trust.fidelity import Fidelity


@pytest.mark.slow
def test_bands_hold_what_many_runs_say_and_places_are_anywhere(monkeypatch):
    monkeypatch.setattr(fidelity_bands, "SEEDS", 20)
    monkeypatch.setattr(fidelity_bands, "BUDGETS", (256,))
    for _model, _runs, inside, _below, _above, _width, _mean, place, *_rest in fidelity_bands.rows():
        assert float(inside) >= 0.8 and 0.25 < float(place) < 0.75


def test_the_figures_on_paper():
    """Inside, above and below a band of 0.2; places 0.2, 0.6 and 1."""
    found = [
        (truth, Fidelity(0.0, -0.1, 0.1, place, 0.2, 256, held_out=False))
        for truth, place in [(0.0, 0.2), (0.3, 0.6), (-0.3, 1.0)]
    ]
    inside, below, above, width, mean, place, top, p = fidelity_bands.figures(found)
    assert [inside, below, above, top] == ["0.333"] * 4
    assert (width, mean, place) == ("0.20", "+0.00 ± 0.00", "0.60")
    assert float(p) == pytest.approx(0.76, abs=0.2)
