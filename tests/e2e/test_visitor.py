"""People whom the benchmark makes up have sessions like those of a browser."""

from tests.e2e.drivers.visitor import Visitor
from tests.harness.waits import wait_for

PATIENCE_SECONDS = 120.0


def test_a_visitor_sees_pages_and_looks_again(server):
    with Visitor(server.url, patience_seconds=PATIENCE_SECONDS) as visitor:
        visitor.visit("zones", "model=streets-unet&zone=1&seed=31&grid=4&designs=16")
        wait_for(lambda: visitor.stay(0.5) or (visitor.buttons and visitor.poll_seconds), PATIENCE_SECONDS)
        visitor.visit("", "model=streets-unet")
        visitor.visit("filters", "model=streets-unet")
        assert len(visitor.page_seconds) == 3
    assert not visitor.errors
