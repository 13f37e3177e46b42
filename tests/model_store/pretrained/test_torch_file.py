"""PyTorch's old file of arrays: read as PyTorch reads it, and nothing else in it is believed."""

import io
import os
import pickle
import struct
import sys
import types
from collections import OrderedDict

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.pretrained.torch_file import MAGIC, VERSION, read_state

VALUES = np.arange(24, dtype="<f4")


class Tensor:
    """A stand-in that pickles as PyTorch's tensors do."""

    def __init__(self, start=0, shape=(2, 3, 4), strides=(12, 4, 1), count=24):
        self.facts, self.count = (start, shape, strides, False, OrderedDict()), count

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, (self, *self.facts)


class Writer(pickle.Pickler):
    """Writes a storage in place of the tensor that is the first argument of its own rebuilding."""

    def persistent_id(self, thing):
        if isinstance(thing, Tensor) and getattr(thing, "seen", False):
            return "storage", sys.modules["torch"].FloatStorage, "7", "cpu", thing.count, None
        if isinstance(thing, Tensor):
            thing.seen = True
        return None


@pytest.fixture(autouse=True)
def named(monkeypatch):
    """Modules of PyTorch's names while a file is written; reading must not need them."""
    torch, inner = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def _rebuild_tensor_v2(*_):
        raise AssertionError("the real function was called")

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    inner._rebuild_tensor_v2 = _rebuild_tensor_v2
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", inner)


def written(path, state, magic=MAGIC, values=VALUES, count=None):
    """A file with one storage."""
    file = io.BytesIO()
    for part in (magic, VERSION, {"little_endian": True}, state, ["7"]):
        Writer(file, protocol=2).dump(part)
    file.write(struct.pack("<q", values.size if count is None else count) + values.tobytes())
    path.write_bytes(file.getvalue())
    return path


def test_arrays_come_out_in_their_shapes_and_orders(tmp_path):
    turned = {"a": Tensor(), "b": Tensor(4, (4, 2), (1, 12))}
    read = read_state(written(tmp_path / "a.pth", OrderedDict(turned)))
    assert np.array_equal(read["a"], VALUES.reshape(2, 3, 4))
    assert np.array_equal(read["b"], VALUES.reshape(2, 3, 4)[:, 1].T)


class Shell:
    """Pickles as a call of the shell."""

    def __reduce__(self):
        return os.system, ("touch pwned",)


HOSTILE = {
    "calls the shell": ({"state": OrderedDict(a=Shell())}, "system"),
    "another number at its head": ({"magic": 7}, "before version 1.6"),
    "no dictionary": ({"state": [1, 2]}, "no state dictionary"),
    "something else in it": ({"state": {"a": 3}}, "something else than tensors"),
    "reaches beyond": ({"state": {"a": Tensor(20)}}, "beyond its storage"),
    "larger than its storage": ({"state": {"a": Tensor(0, (1000, 1000), (0, 0))}}, "larger than its storage"),
    "negative stride": ({"state": {"a": Tensor(0, (2, 2), (-1, 1))}}, "no natural number"),
    "strides missing": ({"state": {"a": Tensor(0, (2, 2), (1,))}}, "another number of strides"),
    "storage of another size": ({"state": {"a": Tensor()}, "count": 23}, "another size"),
    "storage that is promised": ({"state": {"a": Tensor(count=1 << 40)}, "count": 1 << 40}, "another size"),
    "ends too soon": ({"state": {"a": Tensor()}, "values": VALUES[:5], "count": 24}, "ends too soon"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_believed_is_said(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    changes, said = HOSTILE[name]
    path = written(tmp_path / "a.pth", **{"state": {"a": Tensor()}, **changes})
    with pytest.raises(ModelError, match=said):
        read_state(path)
    assert not (tmp_path / "pwned").exists()


def test_a_file_cut_anywhere_is_said(tmp_path):
    path = written(tmp_path / "a.pth", {"a": Tensor()})
    whole = path.read_bytes()
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        with pytest.raises(ModelError):
            read_state(path)
