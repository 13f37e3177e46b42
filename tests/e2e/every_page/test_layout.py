"""Pages do not jump, their maps are seen at once, and nothing is to be scrolled sideways."""

import pytest

from tests.e2e.drivers.measure import DESKTOP, PAGES, PHONE, TWICE

LARGEST_SHIFT = 0.1
"""Cumulative layout shift that people do not mind (https://web.dev/articles/cls)."""

WITH_MAPS = [path for path in PAGES if path.startswith(("/zones", "/compare", "/gallery", "/layers"))]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_does_not_jump_while_it_comes(visits, path):
    seen = visits(path)
    print(f"{path}: cumulative layout shift {seen.cls:.3f}")
    assert seen.cls < LARGEST_SHIFT, sorted(seen.shifts, key=lambda shift: -shift["value"])[:3]


@pytest.mark.parametrize("path", WITH_MAPS)
def test_the_first_map_is_above_the_fold(visits, path):
    first = min(visits(path).maps, key=lambda box: box["y"])
    print(f"{path}: first map from {first['y']:.0f} to {first['y'] + first['height']:.0f} px")
    assert 0 <= first["y"] < DESKTOP[1]
    assert first["y"] + first["height"] / 2 <= DESKTOP[1]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_the_window_of_a_phone_or_at_twice_the_size(visits, path):
    assert visits(path).wider == {TWICE[0]: 0, PHONE[0]: 0}
