"""Trimming of memory after a model is gone.

That is caches of libraries, cycles, and freed memory that the process holds.
"""

import ctypes
import gc
import sys
from typing import Any


def trim_memory() -> None:
    """Empties what libraries keep of models that are gone.

    Models in use go on as they are; nothing is imported for it.
    """
    for clear in (_forget_explained, _forget_kernels, gc.collect, _trim):
        clear()


def _forget_explained() -> None:
    """Xplique keeps every model that it ever explained."""
    module: Any = sys.modules.get("xplique.attributions.base")
    if module is not None:
        module.BlackBoxExplainer._cache_models.clear()


def _forget_kernels() -> None:
    """TensorFlow keeps what it made for each operation, which is all of ``keras.utils.clear_session`` that
    matters here.

    The rest of it would take the names of scopes from under a network that another thread is building; what
    Keras counts for itself belongs to a thread, and networks are built in threads of their own.
    """
    module: Any = sys.modules.get("tensorflow.python.eager.context")
    if module is not None and module.executing_eagerly():
        module.context().clear_kernel_cache()


def _trim() -> None:
    """Gives freed memory back: workers keep it for their next batch, and the next model is of
    another size.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # no glibc
        return
