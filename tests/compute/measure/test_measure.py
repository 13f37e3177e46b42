"""Measuring a model on a data set: rows by item, found again, extended, the same wherever they are made."""

import os
import signal
from dataclasses import replace
from itertools import count

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from compute.measure import shelf
from compute.measure.features import LayerFeatures
from compute.measure.looks import ImageLooks
from compute.measure.masks import MaskAnswers, borders_of, matrices_of
from compute.run.runners import LocalRunner
from compute.work.measure import MeasureOrder, MeasureSpec
from data_store.readers.folder import read_folder
from engine.errors import DataSetError, ModelError
from model_store.catalogue import ModelRef
from tests.compute.conftest import wait_done
from tests.harness.waits import wait_for

_numbers = count()


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(MaskAnswers, "chunk", 4)
    monkeypatch.setattr(shelf, "PART_ROWS", 1)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "set"


def put(folder, number, bright=True, right=True):
    """An image that is bright or dark all over, with the mask that says so, or the other one."""
    pixels = np.full((16, 16, 3), 255 * bright, np.uint8)
    pixels[-1, -1] = number % 256  # outside of what the toy looks at
    for name, values in (("images", pixels), ("labels", np.full((16, 16), bright == right, np.uint8))):
        (folder / name).mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(folder / name / f"{number:03}.png")


def order_on(folder, kind="toy", what=MaskAnswers, split=None, **more):
    ref = ModelRef(f"{kind}-measured-{os.getpid()}-{more.pop('number', next(_numbers))}")
    spec = MeasureSpec(what(ref, **more), split)
    return MeasureOrder(spec, read_folder(folder), folder.parent / "tables")


def rows(view):
    return view.table().replace_schema_metadata(None)


def test_each_image_is_a_row_and_the_sum_is_the_confusion_matrix(folder):
    put(folder, 0), put(folder, 1, bright=False), put(folder, 2, right=False)
    table = rows(LocalRunner().run(order_on(folder)))
    assert table["position"].to_pylist() == [0, 1, 2] and table["error"].null_count == 3
    dark, bright = 0, 1
    matrices = matrices_of(table, 2)
    assert matrices[0, bright, bright] == matrices[1, dark, dark] == matrices[2, dark, bright] == 256
    assert matrices.sum() == 3 * 256 and len(set(table["sha256"].to_pylist())) == 3


def test_borders_are_counted_for_each_image_as_on_paper(folder):
    put(folder, 0), put(folder, 1)
    halves = np.repeat([[0, 1]], 16, axis=0).repeat(8, axis=1).astype(np.uint8)
    Image.fromarray(halves).save(folder / "labels" / "000.png")
    table = rows(LocalRunner().run(order_on(folder)))
    halved, whole = borders_of(table, 2)  # 16 x 16 pixels, all predicted as class 1: both widths are 1 pixel
    assert halved.band.tolist() == [[16, 16]] * 2, "a column of pixels on each side of the border"
    assert halved.band_right.tolist() == [[0, 16]] * 2
    ring, half_ring = 60, 16 + 2 * 6 + 16
    assert halved.truth.tolist() == [[half_ring, half_ring]] * 2
    assert halved.intersection.tolist() == [[0, half_ring - 16 + 2]] * 2, "only what lies at the frame"
    assert halved.union.tolist() == [[half_ring, half_ring + ring - (half_ring - 16 + 2)]] * 2
    assert whole.intersection.tolist() == whole.union.tolist() == [[0, ring]] * 2 and not whole.band.any()


def test_an_image_that_cannot_be_read_is_a_row_that_says_so(folder):
    for number in range(6):
        put(folder, number)
    (folder / "images" / "002.png").write_bytes(b"no image")
    (folder / "labels" / "004.png").write_bytes(b"no mask")
    table = rows(LocalRunner().run(order_on(folder)))
    errors = table["error"].to_pylist()
    assert [place for place, error in enumerate(errors) if error] == [2, 4]
    assert "cannot be read as an image" in errors[2] and "004.png" in errors[4]
    assert len(matrices_of(table, 2)) == 4


def test_what_is_done_is_found_again_and_a_set_that_grows_is_extended(folder, batch_log):
    for number in range(6):
        put(folder, number)
    first = order_on(folder, number=-1)
    before = rows(LocalRunner().run(first))
    asked = batch_log.runs(first.spec.measure)
    assert asked == 6 and rows(LocalRunner().run(order_on(folder, number=-1))).equals(before)
    put(folder, 10), put(folder, 11)
    after = rows(LocalRunner().run(order_on(folder, number=-1)))
    assert batch_log.runs(first.spec.measure) == asked + 2
    assert after.slice(0, 6).equals(before) and len(after) == 8
    put(folder, 0, right=False)
    changed = rows(LocalRunner().run(order_on(folder, number=-1)))
    assert batch_log.runs(first.spec.measure) == asked + 3, "another mask is another item"
    assert changed["pixels"].to_pylist() == after["pixels"].to_pylist()
    assert changed["cells"][0].as_py() == [1] and after["cells"][0].as_py() == [3]


def test_a_split_shares_its_rows_with_the_whole(folder, batch_log):
    for number in range(4):
        put(folder, number)
    lines = [f"images/{number:03}.png,{'test' if number % 2 else 'train'}" for number in range(4)]
    (folder / "manifest.csv").write_text("\n".join(["path,split", *lines]))
    part, whole = order_on(folder, split="test", number=-2), order_on(folder, number=-2)
    some = rows(LocalRunner().run(part))
    assert len(some) == 2 and batch_log.runs(part.spec.measure) == 2
    everything = rows(LocalRunner().run(whole))
    assert batch_log.runs(part.spec.measure) == 4 and part.key != whole.key
    assert everything["sha256"].to_pylist()[1::2] == some["sha256"].to_pylist()
    with pytest.raises(DataSetError, match="has no split"):
        assert order_on(folder, split="night").key


def test_a_process_that_is_killed_loses_only_what_was_not_written(folder, batch_log, monkeypatch):
    for number in range(12):
        put(folder, number)

    class Killed(Exception):
        pass

    def kill(view):
        if view.progress().done_runs >= 8:
            raise Killed

    order = order_on(folder)
    with pytest.raises(Killed):
        LocalRunner().run(order, kill)
    again = replace(order, data=read_folder(folder))
    assert again.find(None).missing() == [(8, 12)]
    whole = rows(LocalRunner().run(again))
    assert batch_log.runs(order.spec.measure) == 12
    elsewhere = replace(order, folder=folder.parent / "elsewhere")
    assert rows(LocalRunner().run(elsewhere)).equals(whole), "bit for bit"


@pytest.mark.processes
def test_a_cluster_gives_the_same_table_though_its_workers_are_killed(folder, queue):
    for number in range(40):
        put(folder, number, bright=number % 3 > 0, right=number % 5 > 0)
    order = order_on(folder, "slow")
    job = queue.start(order)
    wait_for(lambda: job.progress().done_runs > 0)
    os.kill(next(iter(queue.cluster.client().run(os.getpid).values())), signal.SIGKILL)
    wait_done(job)
    here = replace(order, folder=folder.parent / "elsewhere")
    assert rows(job.view).equals(rows(LocalRunner().run(here)))


def test_a_damaged_part_is_made_again_and_a_disk_that_takes_nothing_loses_nothing(folder, caplog):
    for number in range(8):
        put(folder, number)
    order = order_on(folder)
    (folder.parent / "tables").write_text("no folder can be made here")
    table = rows(LocalRunner().run(order))
    assert len(table) == 8 and "is not kept" in caplog.text
    (folder.parent / "tables").unlink()
    assert rows(LocalRunner().run(order)).equals(table)
    parts = sorted(order.shelf().folder.glob("*.parquet"))
    parts[0].write_bytes(b"PAR1 torn")
    assert len(order.find(None).missing()) == 1
    assert rows(LocalRunner().run(order)).equals(table) and not parts[0].exists()


def test_the_oldest_tables_go_first(folder, monkeypatch):
    put(folder, 0)
    monkeypatch.setenv("VITRINE_LIMIT_TABLES", "0")
    first, second = order_on(folder), order_on(folder)
    for order in (first, second):
        LocalRunner().run(order)
    assert not first.shelf().folder.exists() and second.shelf().folder.exists()


def test_features_are_means_of_channels_and_stay_on_disk(folder):
    put(folder, 0), put(folder, 1, bright=False)
    (folder / "images" / "001.png").write_bytes(b"no image")
    put(folder, 2, bright=False)
    view = LocalRunner().run(order_on(folder, what=LayerFeatures, layer="seen"))
    assert view.table().column_names == ["item", "sha256", "error", "position"]
    positions, features = view.heavy("features")
    assert positions.tolist() == [0, 2] and features.dtype == np.float16
    assert np.allclose(features, [[0.25, 0], [0, 0.25]], atol=0.02), "bright and dark, of the quarter"
    unknown = LocalRunner().run(order_on(folder, what=LayerFeatures, layer="none")).table()
    assert unknown["error"].null_count == 0 and "There is no layer" in unknown["error"][0].as_py()


def test_a_view_without_rows_has_columns(folder):
    put(folder, 0)
    order = order_on(folder)
    empty = order.view(order.sheet())
    assert isinstance(empty.table(), pa.Table) and len(empty.table()) == 0
    assert empty.heavy("cells")[0].size == 0
    with pytest.raises(ModelError):
        assert MeasureOrder(MeasureSpec(MaskAnswers(ModelRef("nobody"))), order.data).key


def test_looks_are_those_of_the_image_and_shared_by_all_models(folder):
    for number in range(3):
        put(folder, number, bright=number < 2)
    Image.fromarray(np.tile(np.array([0, 200], np.uint8), (16, 20))).save(folder / "images" / "003.png")
    first, second = order_on(folder, what=ImageLooks), order_on(folder, what=ImageLooks)
    assert first.table_key == second.table_key and first.spec.measure.ref != second.spec.measure.ref
    table = rows(LocalRunner().run(first))
    assert second.sheet().table().num_rows == 0 and second.find(None).complete, "nothing is asked again"
    assert table["width"].to_pylist() == [16, 16, 16, 40] and table["height"].to_pylist() == [16] * 4
    assert table["brightness"].to_pylist()[3] == table["contrast"].to_pylist()[3] == 100
    assert table["brightness"].to_pylist()[0] > 250 > 5 > table["brightness"].to_pylist()[2]
    assert table["hash"].type == pa.uint64() and len(set(table["hash"].to_pylist())) > 1
