"""Arrays that come from anybody: no pickle, no header that asks for more memory than there are bytes."""

import io
import zipfile

import numpy as np
import pytest

from engine.images.untrusted_zip import DAMAGE
from engine.npz import npz_of, read_npz


def packed(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def npy(array: np.ndarray, pickled: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=pickled)
    return buffer.getvalue()


def test_what_is_written_is_read_back():
    arrays = {
        "values": np.arange(6, dtype=np.float32).reshape(2, 3),
        "target.mask": np.asfortranarray(np.eye(4, dtype=bool)),
    }
    found = read_npz(npz_of(arrays), 10_000)
    assert found.keys() == arrays.keys() and all(np.array_equal(found[name], arrays[name]) for name in arrays)


@pytest.mark.parametrize(
    "content",
    [
        npy(np.array([{}], object), pickled=True),
        npy(np.zeros(4)).replace(b"(4,)", b"(9,)"),
        npy(np.zeros(4)).replace(b"(4,), }          ", b"(10**14,), }"),
        npy(np.zeros(4)).replace(b"NUMPY\x01", b"NUMPY\x03"),
        npy(np.zeros(2000)),
    ],
    ids=["pickle", "header lies", "no number", "other version", "too large"],
)
def test_what_lies_or_is_too_large_is_refused(content):
    with pytest.raises(DAMAGE):
        read_npz(packed("values.npy", content), 10_000)
