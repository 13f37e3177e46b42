"""A ZIP of a stranger: what a data set needs is unpacked, and everything else is one sentence."""

import io
import json
import stat
import zipfile

import numpy as np
import pytest
from PIL import Image

from data_store.base.digest import data_digests
from data_store.base.listing import list_folder
from data_store.images import image_bytes, read_mask
from data_store.readers.folder import read_folder
from data_store.uploads.members import UploadLimits
from data_store.uploads.reading import read_upload
from data_store.uploads.record import UploadReading
from data_store.uploads.unpack import unpack_upload
from engine.errors import DataSetError, GoneDataSetError

KEY = "own-" + 32 * "0"
LIMITS = UploadLimits(2**24, 40)


def png(value: int = 0, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    shape = (20, 24) if mode == "L" else (20, 24, 3)
    Image.fromarray(np.full(shape, value, np.uint8), mode).save(buffer, "PNG")
    return buffer.getvalue()


def packed(files, method=zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of contents by name, or by what a member says of itself."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


CLASSES = {f"{name}/{number}.png": png(number) for name in ("cat", "dog") for number in range(2)}


def told(_stage, _done, _total):
    """Nobody listens."""


@pytest.fixture
def upload(tmp_path):
    """Reads a ZIP as a data set, in this process: ``upload(content, kind="masks")``."""

    def read(content: bytes, kind: str = "", limits: UploadLimits = LIMITS) -> UploadReading:
        path, folder = tmp_path / "upload.zip", tmp_path / "files"
        path.write_bytes(content)
        unpack_upload(path, folder, limits, told)
        return read_upload(folder, KEY, "Title", kind, told)

    return read


def refused(upload, content, limits=LIMITS):
    with pytest.raises(DataSetError) as found:
        upload(content, limits=limits)
    return str(found.value)


def test_folders_of_classes_below_one_that_holds_all(upload, tmp_path):
    files = {f"my set/{name}": content for name, content in CLASSES.items()}
    files |= {"notes.txt": b"x", "my set/.git/a.png": png(), "__MACOSX/my set/._a.png": b"x"}
    found = upload(packed(files))
    assert found.kinds == ("class folders", "unlabelled") and found.data.uploaded
    assert [item.id for item in found.data.items] == sorted(CLASSES)
    assert (found.data.title, found.data.labels) == ("Title", ("cat", "dog"))
    written = {path.relative_to(tmp_path / "files").as_posix() for path in (tmp_path / "files").rglob("*.*")}
    assert written == set(CLASSES), "hidden files and texts are not written"
    for path in (tmp_path / "files").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & (0o077 if path.is_file() else 0) == 0
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


def test_a_folder_that_says_something_is_kept(upload):
    found = upload(packed({f"train/{name}": content for name, content in CLASSES.items()}))
    assert found.data.splits == {"train": 4} and found.kinds[0] == "class folders"


def test_another_kind_can_be_wanted(upload):
    found = upload(packed(CLASSES), "unlabelled")
    assert found.kinds == ("unlabelled", "class folders") and found.data.task is None


def test_it_says_how_many_files_are_left_out(tmp_path):
    (tmp_path / "a.zip").write_bytes(packed({**CLASSES, "a.txt": b"x", "b.py": b"x"}))
    assert unpack_upload(tmp_path / "a.zip", tmp_path / "files", LIMITS, told) == 2


def test_masks_are_written_anew(upload, tmp_path):
    found = upload(packed({"images/a.png": png(), "labels/a.png": png(7, "L"), "images/b.png": png()}))
    first, second = found.data.items
    assert first.mask == ".masks/labels/a.png" and second.mask is None and found.data.kind == "masks"
    assert np.unique(read_mask(found.data, first)).tolist() == [7]
    (tmp_path / "files" / "labels" / "a.png").unlink()
    assert read_mask(found.data, first).shape == (20, 24), "nobody reads the stranger's file again"


def test_a_mask_that_is_none_is_said(upload):
    said = refused(upload, packed({"images/a.png": png(), "labels/a.png": png(7)}))
    assert said.startswith("labels/a.png is not a mask") and "received 24 x 20 RGB" in said


def test_panoptic_masks_need_no_json_any_more(upload, tmp_path):
    ids = np.zeros((20, 24, 3), np.uint8)
    ids[:, 12:, 0] = 5
    buffer = io.BytesIO()
    Image.fromarray(ids).save(buffer, "PNG")
    segments = [{"id": 5, "category_id": 18}]
    said = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [{"image_id": 1, "file_name": "a.png", "segments_info": segments}],
        "categories": [{"id": 17, "name": "cat"}, {"id": 18, "name": "dog"}],
    }
    files = {"annotations/panoptic_val2017.json": json.dumps(said), "val2017/a.png": png()}
    found = upload(packed({**files, "annotations/panoptic_val2017/a.png": buffer.getvalue()}))
    assert found.kinds[0] == "panoptic" and found.data.kind == "masks" and found.data.labels == ("cat", "dog")
    for path in (tmp_path / "files" / "annotations").rglob("*.*"):
        path.unlink()
    values = read_mask(found.data, found.data.items[0])
    assert np.unique(values[:, :12]).tolist() == [255] and np.unique(values[:, 12:]).tolist() == [1]


def member(name, **said):
    made = zipfile.ZipInfo(name)
    made.filename = name
    for attribute, value in said.items():
        setattr(made, attribute, value)
    return made


LINK = (stat.S_IFLNK | 0o777) << 16
PIPE = (stat.S_IFIFO | 0o600) << 16
REFUSED = {
    "parent": ({"../a.png": b"x"}, "leads out of it"),
    "absolute": ({"/etc/a.png": b"x"}, "leads out of it"),
    "drive": ({"C:/a.png": b"x"}, "leads out of it"),
    "other slashes": ({"a\\..\\..\\a.png": b"x"}, "leads out of it"),
    "link": ({member("cat/a.png", external_attr=LINK): b"/etc/passwd"}, "is a link"),
    "pipe": ({member("cat/a.png", external_attr=PIPE): b""}, "is a link"),
    "reserved": ({"cat/con.png": b"x"}, "is no name for a file"),
    "ends with a point": ({"cat./a.png": b"x"}, "is no name for a file"),
    "steers a terminal": ({"cat/\x1b[2J.png": b"x"}, "is no name for a file"),
    "long": ({"cat/" + "a" * 300 + ".png": b"x"}, "is no name for a file"),
    "deep": ({"a/" * 14 + "a.png": b"x"}, "lies in more than 12 folders"),
    "case of a file": ({"cat/a.png": b"x", "cat/A.png": b"x"}, "differ only in upper and lower case"),
    "case of a folder": ({"cat/a.png": b"x", "Cat/b.png": b"x"}, "differ only in upper and lower case"),
    "file and folder": ({"cat.png": b"x", "cat.png/a.png": b"x"}, "is a file and a folder"),
    "ratio": ({"cat/a.png": bytes(2**21)}, "unpacks to more than 100 times its size"),
    "large image": ({"cat/a.png": np.random.default_rng(1).bytes(21 * 2**20)}, "larger than the limit"),
    "archive": ({"a.zip": packed(CLASSES)}, "holds another archive, which is not opened"),
    "no images": ({"a.txt": b"x"}, "There are no images in this ZIP"),
    "no images for manifest": ({"manifest.csv": b"path\na.png"}, "There are no images in this ZIP"),
    "manifest leads out": ({"a.png": png(), "manifest.csv": b"path\n../a.png"}, "not a file in its folder"),
    "about": ({**CLASSES, "dataset.json": b"[]"}, "does not hold a JSON object"),
    "parquet": ({**CLASSES, "manifest.parquet": b"PAR1"}, "is not a Parquet file"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(upload, tmp_path, name):
    files, reason = REFUSED[name]
    said = refused(upload, packed(files), UploadLimits(2**26, 40))
    assert reason in said and said.count("\n") == 0 and said.endswith(".")
    assert {path.name for path in tmp_path.iterdir()} <= {"upload.zip", "files"}, "nothing lies elsewhere"


def test_too_many_files_images_and_bytes(upload):
    many = {f"{number}.txt": b"" for number in range(300)}
    assert "has 300 files; at most 240 are read" in refused(upload, packed(many))
    many = {f"a/{number}.png": b"x" for number in range(41)}
    assert "has 41 images; an uploaded data set has at most 40" in refused(upload, packed(many))
    noise = np.random.default_rng(1).bytes(3 * 2**20)
    assert (
        refused(upload, packed({"a.png": noise}), UploadLimits(2**21, 40))
        == "This ZIP unpacks to 3 MB; there is room for 2 MB now."
    )


def test_a_name_that_is_there_twice(upload):
    with pytest.warns(UserWarning, match="Duplicate name"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for _again in range(2):
                archive.writestr("cat/a.png", b"x")
            archive.writestr("dog/a.png", b"x")
    assert "'cat/a.png' is in this ZIP twice" in refused(upload, buffer.getvalue())


def test_locked_strangely_packed_and_lying_members(upload):
    content = bytearray(packed({"cat/a.png": png()}))
    locked = bytearray(content)
    for start, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[content.find(start) + place] |= 1
    assert "protected by a password" in refused(upload, bytes(locked))
    assert "packed in a way that is not read" in refused(upload, packed(CLASSES, zipfile.ZIP_LZMA))
    lying = bytearray(content)
    place = content.find(b"PK\x01\x02") + 24
    lying[place : place + 4] = (2**19).to_bytes(4, "little")
    assert refused(upload, bytes(lying)) in (
        "'a.png' in this ZIP has another size than it says.",
        "This ZIP cannot be read. It may be damaged.",
    )


@pytest.mark.parametrize("content", [b"", b"PK", b"GIF89a", b"PK\x03\x04" + bytes(100)])
def test_no_zip(upload, content):
    assert refused(upload, content) in (
        "This file is not a ZIP, or an empty one. Please pack the folder as a ZIP.",
        "This ZIP cannot be read. It may be damaged.",
    )


def test_members_that_overlap_are_a_bomb(upload):
    """Two entries of the table for one content, as in the bombs of Fifield (2019)."""
    content = packed(
        {"cat/a.png": np.random.default_rng(1).bytes(5000), "cat/b.png": b""}, zipfile.ZIP_STORED
    )
    table = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", table + 4)
    lying = bytearray(content)
    lying[second + 20 : second + 28] = lying[table + 20 : table + 28]
    assert "overlap" in refused(upload, bytes(lying))


def test_its_digests_are_of_whole_files_and_never_those_of_the_owners_folder(upload, tmp_path):
    found = upload(packed(CLASSES)).data
    owners = read_folder(tmp_path / "files")
    assert not set(found.item_digests) & set(owners.item_digests) and found.digest != owners.digest
    path = tmp_path / "files" / "cat" / "0.png"
    content = bytearray(path.read_bytes() + bytes(2000))
    path.write_bytes(content)
    before = read_upload(tmp_path / "files", KEY, "Title", "", told).data.item_digests
    ends = data_digests(owners.content, list_folder(tmp_path / "files")).items
    content[0] ^= 1
    path.write_bytes(content)
    assert data_digests(owners.content, list_folder(tmp_path / "files")).items == ends
    assert read_upload(tmp_path / "files", KEY, "Title", "", told).data.item_digests != before


def test_what_is_told_of_it_is_checked_again(upload, tmp_path):
    found = upload(packed({**CLASSES, "dataset.json": b'{"title": "Pets", "licence": "CC0"}'}))
    values = json.loads(json.dumps(found.to_json()))
    again = UploadReading.from_json(values, KEY, tmp_path / "files")
    assert again == found and again.data.title == "Pets" and again.data.licence == "CC0"
    for path in ("../a.png", "/etc/passwd", "a/../../b.png", ""):
        values["draft"]["items"][0][0] = path
        with pytest.raises(ValueError, match="leads out"):
            UploadReading.from_json(values, KEY, tmp_path / "files")


def test_the_bytes_of_a_set_that_is_gone(upload, tmp_path):
    data = upload(packed(CLASSES)).data
    assert image_bytes(data, data.items[0]) == CLASSES["cat/0.png"]
    (tmp_path / "files").rename(tmp_path / "elsewhere")
    with pytest.raises(GoneDataSetError, match="has been removed"):
        image_bytes(data, data.items[0])
