"""The one place that imports TensorFlow and what stands on it, in the only order that works.

Two generations of Keras live in one process: ``tf.keras`` is Keras 3, which Xplique, tf-keras-vis and
people's own models need; the TensorFlow classes of transformers are Keras 2 objects (``tf_keras``). While it
is imported, transformers sets ``TF_USE_LEGACY_KERAS=1`` for the whole process. TensorFlow reads that variable
when it is imported *and* whenever one of its lazy ``keras`` modules is first used, so TensorFlow Probability
(hence Xplique) imported later fails with "No module named 'tensorflow.compat.v2.keras'", and ``tf.keras`` may
turn into Keras 2. So TensorFlow is imported first, ``tf.keras`` is touched, and the variable is put back once
transformers is there: after that everything may be imported in any order, without importing slow Xplique just
in case.
"""

import gc
import importlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any

from engine.errors import ModelError

LATER = 10
"""Niceness of what is made ahead of its time."""

UNUSED = frozenset({"IPython", "cv2", "matplotlib", "pandas", "pydot", "sklearn"})
"""Packages that Keras imports where they are installed, for what Vitrine does not use: plots, data frames,
wrappers of estimators. They are a third of the time and 150 MB (docs/decisions/0057-lighter-imports.md).
"""

_LEGACY = "TF_USE_LEGACY_KERAS"
_lock = threading.RLock()


def set_environment() -> None:
    """What TensorFlow reads of the environment when it is first used, whoever imports it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # 2 still reports a missing GPU as an error
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # off by default on processors without AVX-512


def tensorflow() -> Any:
    """TensorFlow, with ``tf.keras`` being Keras 3.

    Raises:
        ModelError: TensorFlow was imported elsewhere, for Keras 2.
    """
    with _lock, _keras_3():
        set_environment()
        with _without_unused():
            tf = importlib.import_module("tensorflow")
            keras_version = tf.keras.__version__
        if not keras_version.startswith("3"):
            raise ModelError(
                "TensorFlow runs with Keras {version} here; Vitrine needs Keras 3.",
                version=keras_version,
            )
        tf.get_logger().setLevel("ERROR")
        return tf


def without_variables(traced: Any) -> Any:
    """A traced function with its variables turned to constants and the calls of other functions
    written out.
    """
    tensorflow()
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return convert_variables_to_constants_v2(traced)


def saved_model_message() -> Any:
    """An empty message of the format of ``saved_model.pb``."""
    tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    return saved_model_pb2.SavedModel()


def lower_priority() -> None:
    """Let this thread, and those that it starts, run after the others of the process, where the system can
    tell threads apart.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LATER)


def keras() -> Any:
    """Keras 3 on TensorFlow."""
    with _lock:
        tensorflow()
        return importlib.import_module("keras")


def transformers_tf() -> Any:
    """Transformers, with its TensorFlow classes ready; their Keras is Keras 2."""
    with _lock:
        tensorflow()
        with _keras_3():
            with _without_unused():
                importlib.import_module("tf_keras")
            transformers = importlib.import_module("transformers")
            transformers.logging.set_verbosity_error()
            with _without_estimators():
                importlib.import_module("transformers.modeling_tf_utils")
            return transformers


def xplique() -> Any:
    """Xplique with its attribution methods; it brings TensorFlow Probability."""
    with _lock:
        tensorflow()
        with _keras_3():
            importlib.import_module("xplique.attributions")
            return importlib.import_module("xplique")


@contextmanager
def _keras_3() -> Iterator[None]:
    """Takes the wish for Keras 2 out of the environment, before and after."""
    os.environ.pop(_LEGACY, None)
    try:
        yield
    finally:
        os.environ.pop(_LEGACY, None)


class _Absent(MetaPathFinder):
    """Says that packages are not installed, to one thread."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if fullname in UNUSED and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is not imported for Keras", name=fullname)


@contextmanager
def _without_unused() -> Iterator[None]:
    """Lets this thread import without ``UNUSED``, and without looking for garbage where there is none."""
    absent, collects = _Absent(), gc.isenabled()
    sys.meta_path.insert(0, absent)
    gc.disable()
    try:
        yield
    finally:
        sys.meta_path.remove(absent)
        if collects:
            gc.enable()


@contextmanager
def _without_estimators() -> Iterator[None]:
    """Lets transformers leave out scikit-learn, which it imports for metrics of texts."""
    known: Any = importlib.import_module("transformers.utils.import_utils")
    was = known._sklearn_available
    known._sklearn_available = False
    try:
        yield
    finally:
        known._sklearn_available = was
