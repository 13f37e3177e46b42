"""An uploaded data set is measured as any other; what is kept of it can be forgotten."""

import os
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from compute.measure import shelf
from compute.measure.forgetting import forget_rows
from compute.run.runners import LocalRunner
from engine.errors import GoneDataSetError
from tests.compute.measure.test_measure import order_on, put, rows

pytestmark = pytest.mark.processes


@pytest.fixture
def order(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "PART_ROWS", 1)
    for number in range(3):
        put(tmp_path / "set", number)
    found = order_on(tmp_path / "set", number=f"up{os.getpid()}")
    return replace(found, data=replace(found.data, uploaded=True))


def test_its_rows_are_those_of_the_same_images_elsewhere(order, tmp_path):
    found = rows(LocalRunner().run(order))
    owners = replace(order, data=replace(order.data, uploaded=False), folder=tmp_path / "others")
    assert found["error"].null_count == 3 and found.equals(rows(LocalRunner().run(owners)))


def test_images_that_went_away_leave_no_rows(order):
    order.data.root.rename(order.data.root.with_name("elsewhere"))
    with pytest.raises(GoneDataSetError, match="has been removed"):
        LocalRunner().run(order)
    assert not list(order.folder.rglob("*.parquet"))


def test_rows_of_some_items_are_forgotten_and_others_stay(order):
    LocalRunner().run(order)
    first, *others = order.digests
    (order.folder / "damaged").mkdir()
    (order.folder / "damaged" / "x.parquet").write_bytes(b"no table")
    forget_rows(order.folder, [first])
    kept = [path for path in order.folder.rglob("*.parquet") if path.parent.name != "damaged"]
    assert sorted(one for path in kept for one in pq.read_table(path)["item"].to_pylist()) == sorted(others)
    forget_rows(order.folder, others)
    assert [path.name for path in order.folder.rglob("*.parquet")] == ["x.parquet"]
    forget_rows(order.folder, [])
