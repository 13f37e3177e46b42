"""Manifests: CSV and Parquet say the same, lead nowhere, and are bounded."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_store.base import listing
from data_store.readers import manifest, rows
from data_store.readers.folder import read_folder
from engine.errors import DataSetError

TABLE = {
    "path": ["in/b.png", "in/a.png", "in/c.png"],
    "label": ["10", "9", ""],
    "split": ["train", "val", "night"],
    "camera": ["left", "right", "left"],
    "year": [2019, 2020, None],
}


@pytest.fixture
def folder(put, tmp_path):
    for name in "abc":
        put(f"in/{name}.png")
    return tmp_path


def as_csv(folder, text, encoding="utf-8"):
    (folder / "manifest.csv").write_bytes(text.encode(encoding))


def as_parquet(folder, table, **options):
    pq.write_table(
        table if isinstance(table, pa.Table) else pa.table(table), folder / "manifest.parquet", **options
    )


def csv_of(table, delimiter=","):
    rows = zip(*table.values(), strict=True)
    texts = (["" if value is None else str(value) for value in row] for row in rows)
    return "\n".join(map(delimiter.join, (table, *texts))) + "\n"


def test_both_say_the_same(folder):
    found = []
    for write in (lambda: as_csv(folder, csv_of(TABLE)), lambda: as_parquet(folder, TABLE)):
        write()
        data = read_folder(folder)
        found.append(data.content)
        for path in folder.glob("manifest.*"):
            path.unlink()
    assert found[0] == found[1]
    assert found[0].labels == ("9", "10") and found[0].columns == ("camera", "year")
    assert [(item.id, item.label, item.split, item.columns) for item in found[0].items] == [
        ("in/b.png", 1, "train", ("left", "2019")),
        ("in/a.png", 0, "validation", ("right", "2020")),
        ("in/c.png", None, "night", ("left", "")),
    ]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_a_mark_of_order(folder, delimiter):
    as_csv(folder, csv_of(TABLE, delimiter), "utf-8-sig")
    assert read_folder(folder).content.columns == ("camera", "year")


def test_masks_of_a_manifest(folder, put):
    put("gt/a.png", 1, "L")
    as_csv(folder, "path,mask,label\nin/a.png,gt/a.png,rain\nin/b.png,,sun\n")
    data = read_folder(folder)
    assert data.task == "segmentation" and data.content.columns == ("label",)
    assert [(item.mask, item.label) for item in data.items] == [("gt/a.png", None), (None, None)]


def test_paths_alone_are_unlabelled(folder):
    as_csv(folder, "path\nin/a.png\n\n")
    data = read_folder(folder)
    assert data.task is None and len(data.items) == 1 and data.kind == "manifest"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs a header"),
        ("file,label\nin/a.png,x\n", "needs a column 'path'; it has file, label"),
        ("path,path\nin/a.png,x\n", "different column names"),
        ("path,label\nin/a.png\n", "Row 2 of manifest.csv has 1 values; its header has 2"),
        ("path\nin/z.png\n", "names 'in/z.png', which is not a file in its folder"),
        ("path\n../secret.png\n", "not a file in its folder"),
        ("path\n/etc/passwd\n", "not a file in its folder"),
        ("path\nin/../in/a.png\n", "not a file in its folder"),
        ("path\n", "no images"),
        ("path\nin/a.png\nin/a.png\n", "in this data set twice"),
        ("path,x\nin/a.png," + "x" * 1001 + "\n", "more than 1000 characters"),
        ('path\n"in/a.png\n', "cannot be read as CSV"),
        (",".join(["path", *map(str, range(64))]) + "\n", "at most 64 different column names"),
    ],
)
def test_what_a_manifest_may_not_say(folder, put, text, said):
    as_csv(folder, text)
    with pytest.raises(DataSetError, match=said):
        read_folder(folder)


def test_a_manifest_in_another_encoding_is_said(folder):
    as_csv(folder, "path\nin/ä.png\n", "latin-1")
    with pytest.raises(DataSetError, match="not a text in UTF-8"):
        read_folder(folder)


def test_bounds(folder, monkeypatch):
    as_csv(folder, csv_of(TABLE))
    monkeypatch.setattr(manifest, "MOST_CLASSES", 1)
    with pytest.raises(DataSetError, match="at most 1 classes"):
        read_folder(folder)
    monkeypatch.setattr(listing, "MOST_ITEMS", 2)
    with pytest.raises(DataSetError, match="at most 2 images"):
        read_folder(folder)
    monkeypatch.setattr(rows, "MOST_BYTES", 10)
    with pytest.raises(DataSetError, match="larger than the limit of 10 bytes"):
        read_folder(folder)


def refused(folder, said):
    with pytest.raises(DataSetError, match=said):
        read_folder(folder)


def test_parquet_that_is_none(folder):
    (folder / "manifest.parquet").write_bytes(b"PAR1" + b"x" * 40 + b"PAR1")
    refused(folder, "is not a Parquet file")
    (folder / "manifest.parquet").write_bytes(b"path\n")
    refused(folder, "is not a Parquet file")
    (folder / "manifest.parquet").write_bytes(b"PAR1" + b"x" * 40 + (20).to_bytes(4, "little") + b"PAR1")
    refused(folder, "cannot be read as Parquet")


def test_parquet_with_nested_columns_is_refused(folder):
    as_parquet(folder, {"path": ["in/a.png"], "boxes": [[1, 2]]})
    refused(folder, "nested or too large")
    as_parquet(folder, {"path": ["in/a.png"], "where": [{"x": 1}]})
    refused(folder, "nested or too large")
    as_parquet(folder, {"path": ["in/a.png"], "raw": pa.array([b"\xff"], pa.binary())})
    refused(folder, "nested or too large|cannot be read")


def test_one_long_text_for_many_rows_is_refused_before_it_is_repeated(folder, monkeypatch):
    """A file of a few kilobytes that says a megabyte 100,000 times."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 2**20]))
    as_parquet(folder, pa.table({"path": text}), compression="zstd")
    assert (folder / "manifest.parquet").stat().st_size < 2**20
    refused(folder, "more than 1000 characters")


def test_parquet_says_how_many_rows_it_has_before_they_are_read(folder):
    as_parquet(folder, {"path": ["in/a.png"] * (listing.MOST_ITEMS + 1)})
    refused(folder, "at most 200,000 images")
