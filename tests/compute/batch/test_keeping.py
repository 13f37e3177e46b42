"""Work over many images whose answers are rows: a few files, resumed where it was left, and nothing else."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compute.base.keys import digest_of
from compute.batch import keeping
from compute.batch.each import Answers, EachImage
from compute.batch.pictures import BatchItem
from compute.batch.run import Batch
from compute.run.runners import LocalRunner, predict_with
from engine.errors import PictureError, StoreError
from engine.images.picture import Picture
from engine.model import ModelFacts
from engine.visualise.render import png_bytes
from model_store.catalogue import ModelRef
from tests.harness.disks import files_end_at

SCHEMA = pa.schema(
    {
        "batch": pa.string(),
        "model": pa.string(),
        "picture": pa.string(),
        "sha256": pa.string(),
        "mean": pa.list_(pa.float32()),
        "warnings": pa.list_(pa.string()),
        "error": pa.string(),
    }
)


@dataclass(frozen=True)
class MeanScores(EachImage):
    """The class scores of each image, as an embedding would be."""

    @property
    def schema(self) -> pa.Schema:
        return SCHEMA

    def key(self, facts: ModelFacts) -> str:
        return digest_of("mean scores", facts.fingerprint)[:16]

    def answer(self, picture, runner, watch) -> Answers:
        asked.append(picture.name)
        scores = predict_with(runner, self.ref, picture).class_scores
        return Answers(({"picture": picture.name, "sha256": picture.sha256, "mean": scores.tolist()},))


asked: list[str] = []


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch):
    asked.clear()
    monkeypatch.setattr(keeping, "PART_SECONDS", 3600.0)  # parts are counted, however slow the machine is


def item(number: int) -> BatchItem:
    pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    return BatchItem(f"{number:03}.png", lambda: png_bytes(pixels))


def batch_of(folder: Path, count: int, *more: BatchItem) -> Batch:
    return Batch(MeanScores(ModelRef("toy-rows")), (*map(item, range(count)), *more), folder)


def finish(batch: Batch) -> list[dict]:
    list(batch.done())
    list(batch.run(LocalRunner()))
    batch.write_table()
    return pq.read_table(batch.table).to_pylist()


@pytest.mark.slow
def test_rows_of_many_images_are_a_few_files_and_one_table(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "PART_IMAGES", 16)
    rows = finish(batch_of(tmp_path, 40))
    assert [row["picture"] for row in rows] == [f"{number:03}.png" for number in range(40)] == asked
    assert {row["model"] for row in rows} == {"toy-rows"} and all(len(row["mean"]) == 2 for row in rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts", "scores.parquet"]
    assert len(list((tmp_path / "parts").iterdir())) == 3


def test_it_goes_on_where_it_was_left(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "PART_IMAGES", 4)
    first = batch_of(tmp_path, 12)
    list(islice(first.run(LocalRunner()), 10))  # killed before the table is written
    assert len(asked) == 10
    rows = finish(batch_of(tmp_path, 12))
    assert len(rows) == 12 and len(asked) == 14, "two whole parts of four were kept"
    assert finish(batch_of(tmp_path, 12)) == rows and len(asked) == 14


def test_another_image_of_the_same_name_is_asked_anew(tmp_path):
    finish(batch_of(tmp_path, 2))
    other = BatchItem("000.png", lambda: png_bytes(np.zeros((16, 16, 3), np.uint8)))
    rows = finish(Batch(MeanScores(ModelRef("toy-rows")), (other, item(1)), tmp_path))
    assert asked == ["000.png", "001.png", "000.png"]
    assert rows[0]["sha256"] == Picture(np.zeros((16, 16, 3), np.uint8), "").sha256


def test_a_damaged_part_is_computed_anew_and_a_bad_image_is_a_row(tmp_path):
    def fail() -> bytes:
        raise PictureError("{name} is gone.", name="bad.png")

    rows = finish(batch_of(tmp_path, 3, BatchItem("bad.png", fail)))
    assert [row["error"] for row in rows] == [None, None, None, "bad.png is gone."]
    (part,) = (tmp_path / "parts").iterdir()
    part.write_bytes(b"PAR1 torn")
    assert len(finish(batch_of(tmp_path, 3))) == 3 and len(asked) == 6


def test_a_full_disk_is_a_sentence_and_what_was_kept_before_stays(tmp_path):
    finish(batch_of(tmp_path, 2))
    batch = batch_of(tmp_path, 4)
    with files_end_at(100), pytest.raises(StoreError, match="parquet cannot be written: File too large"):
        finish(batch)
    assert not list(tmp_path.rglob(".work-*"))
    assert len(finish(batch_of(tmp_path, 4))) == 4 and asked[:2] == ["000.png", "001.png"]


def test_a_part_of_which_only_the_list_of_images_is_whole_is_computed_anew(tmp_path):
    finish(batch_of(tmp_path, 3))
    (part,) = (tmp_path / "parts").iterdir()
    content = bytearray(part.read_bytes())
    column = pq.read_metadata(part).row_group(0).column(SCHEMA.get_field_index("mean"))
    place = column.dictionary_page_offset or column.data_page_offset
    content[place : place + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    part.write_bytes(content)
    keeping._part.cache_clear()
    assert keeping._items_of(part)
    assert [len(row["mean"]) for row in finish(batch_of(tmp_path, 3))] == [2] * 3 and len(asked) == 6


def test_a_table_that_claims_more_than_its_file_can_hold_is_read_no_further(tmp_path):
    path = tmp_path / "parts.parquet"
    pq.write_table(pa.table({"_item": pa.nulls(2_000_000, pa.string())}), path)
    assert path.stat().st_size < 10_000
    assert keeping._items_of(path) == set() and keeping._part(path) == {}
