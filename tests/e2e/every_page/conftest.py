import pytest

from tests.e2e.drivers.measure import PAGES, visit


@pytest.fixture(scope="package")
def visits(browser, server):
    """What each page measured, loaded once for all tests that ask."""
    known = {}

    def look(path):
        if path not in known:
            known[path] = visit(browser, server.url, path, PAGES[path])
        return known[path]

    return look
