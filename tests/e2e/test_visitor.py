"""People whom the benchmark makes up have sessions like those of a browser."""

from __future__ import annotations

from time import perf_counter

from tests.e2e.drivers.visitor import Visitor

PATIENCE_SECONDS = 120.0


def test_a_visitor_sees_pages_and_looks_again(server):
    with Visitor(server.url, patience_seconds=PATIENCE_SECONDS) as visitor:
        visitor.visit("", "model=streets-unet")
        visitor.visit("zones", "model=streets-unet&zone=1&seed=31&grid=4&designs=16")
        until = perf_counter() + PATIENCE_SECONDS
        while not (visitor.buttons and visitor.poll_seconds) and perf_counter() < until:
            visitor.stay(0.5)
        assert visitor.buttons and visitor.poll_seconds
        visitor.visit("filters", "model=streets-unet")
        assert len(visitor.page_seconds) == 3
    assert not visitor.errors
