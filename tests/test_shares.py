"""The shares of the tests: every place that they name is there, and the nearest one counts."""

from pathlib import Path

import pytest

from tests.harness.shares import SHARES, place_of, share_of

TESTS = Path(__file__).parent


@pytest.mark.parametrize("place", [place for places in SHARES.values() for place in places])
def test_each_place_is_there(place):
    assert (TESTS / place).exists()


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("tests/e2e/test_zones.py::test_keyboard", "browser"),
        ("tests/e2e/share/test_report.py::test_x[a/b]", "browser"),
        ("tests/e2e/test_clicks.py::test_x", "servers"),
        ("tests/e2e/wire/test_uploads.py::test_x", "servers"),
        ("tests/compute/work/test_filters.py::test_x", "computing"),
        ("tests/e2e/every_page/test_access.py::test_x", "every page"),
        ("tests/pages/data/test_batch.py::test_x", "data pages"),
        ("tests/texts/test_po.py::test_x", "texts"),
        ("tests/test_caching.py::test_x", "test_caching.py"),
    ],
)
def test_the_nearest_place_counts(name, share):
    assert share_of(name) == share


def test_shares_begin_in_their_order_and_all_others_afterwards():
    names = ["tests/texts/a.py::t", "tests/engine/a.py::t", "tests/pages/a.py::t", "tests/e2e/a.py::t"]
    assert sorted(names, key=place_of) == names[::-1]
