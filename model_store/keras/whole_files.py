"""Readers of whole Keras models from open files.

Keras' own ``load_model`` takes a path, and decides by its ending how it is read: a file that was scanned as
one kind would be read as another. So the two functions that it calls are called here (``keras`` is locked).
"""

from typing import Any, BinaryIO

from model_store.base import runtime


def read_archive(file: BinaryIO, trusted: bool) -> Any:
    """The model of a ``.keras`` file."""
    runtime.keras()
    from keras.src.saving.saving_lib import load_model

    return load_model(file, compile=False, safe_mode=not trusted)


def read_hdf5(file: BinaryIO, trusted: bool) -> Any:
    """The model of an ``.h5`` file."""
    runtime.keras()
    import h5py
    from keras.src.legacy.saving.legacy_h5_format import load_model_from_hdf5

    with h5py.File(file, "r") as whole:
        return load_model_from_hdf5(whole, compile=False, safe_mode=not trusted)
