"""Files that strangers give: whatever is in a zip, the pictures are read and the rest is said."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from engine.images.files import MAX_MEMBERS, MAX_NAME, plain_name, read_files


def png(side: int = 20) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), (200, 90, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def locked(content: bytes) -> bytes:
    """The same zip, whose members say that they need a password."""
    changed = bytearray(content)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[content.index(sign) + place] |= 1
    return bytes(changed)


def link(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = 0o120777 << 16
    return member


def said(*files: tuple[str, bytes]) -> dict[str, str]:
    """What is said of each file; nothing of a picture."""
    return {found.name: str(found.refused or "") for found in read_files(files)}


def test_one_bad_file_does_not_lose_the_others():
    found = list(
        read_files(
            [
                ("a.png", png()),
                ("empty.jpg", b""),
                ("pair.zip", packed(("in/b.png", png()), ("c.png", b"no"))),
            ]
        )
    )
    assert [(one.name, one.picture is not None) for one in found] == [
        ("a.png", True),
        ("empty.jpg", False),
        ("b.png", True),
        ("c.png", False),
    ]
    assert "0 bytes" in str(found[1].refused) and found[2].picture.name == "b.png"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        (("../evil.png", png()), "outside the ZIP"),
        (("/etc/evil.png", png()), "outside the ZIP"),
        (("..\\evil.png", png()), "outside the ZIP"),
        (("C:/evil.png", png()), "outside the ZIP"),
        ((link("evil.png"), b"/etc/passwd"), "is a link"),
        (("inner.zip", packed(("a.png", png()))), "ZIP inside a ZIP"),
        (("notes.txt", b"hello"), "not that of an image"),
        (("bomb.png", bytes(3 * 2**20)), "times its size"),
        (("large.png", np.random.default_rng(0).bytes(21 * 2**20)), "more than 20 MB"),
    ],
)
def test_what_is_no_picture_is_said_and_left_out(member, sentence):
    found = list(read_files([("pictures.zip", packed(("good.png", png()), member))]))
    assert [one.name for one in found if one.picture] == ["good.png"]
    (refused,) = (one for one in found if one.refused)
    assert sentence in str(refused.refused)


def test_locked_damaged_and_empty_zips():
    assert "password" in said(("a.zip", locked(packed(("a.png", png())))))["a.png"]
    assert "damaged" in said(("a.zip", packed(("a.png", png()))[:-30]))["a.zip"]
    broken = packed(("a.png", png(300)), method=zipfile.ZIP_STORED).replace(b"IDAT", b"IDAX")
    assert "cannot be unpacked" in said(("a.zip", broken))["a.png"]
    assert (
        "no images in this ZIP"
        in said(("a.zip", packed(("__MACOSX/._a.png", b"x"), (".DS_Store", b"x"))))["a.zip"]
    )


def test_too_many_members_are_counted_before_the_zip_is_opened(monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda *_args, **_options: pytest.fail("opened"))
    assert (
        f"at most {MAX_MEMBERS}"
        in said(("a.zip", b"PK\x05\x06" + b"PK\x01\x02" * (MAX_MEMBERS + 1)))["a.zip"]
    )


def test_all_members_together_are_bounded_whatever_their_headers_say(monkeypatch):
    monkeypatch.setattr("engine.images.files.MAX_UNPACKED", 5000)
    noise = np.random.default_rng(0).bytes(3000)
    found = said(("a.zip", packed(("a.png", noise), ("b.png", noise), ("c.png", png()))))
    assert (
        "cannot be read as an image" in found["a.png"]
        and "The images of a ZIP" in found["b.png"]
        and found["c.png"] == ""
    )
    lying = bytearray(packed(("a.png", bytes(2**21))))
    lying[lying.index(b"PK\x01\x02") + 24 :][:4] = (10).to_bytes(4, "little")
    assert said(("a.zip", bytes(lying)))["a.png"]


def test_names_are_shown_without_folders_and_tricks():
    assert plain_name("C:\\photos\\a.png") == "a.png" and plain_name("../../a.png") == "a.png"
    assert plain_name("gnp.\u202egpj.exe\n") == "gnp.gpj.exe" and plain_name("\x00") == "picture"
    assert len(plain_name("x" * 500 + ".png")) == MAX_NAME and plain_name("x" * 500 + ".png").endswith(".png")
