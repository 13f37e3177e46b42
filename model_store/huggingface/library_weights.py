"""Reader of the weights of the library's TensorFlow classes, in any of the three layouts of its history.

No file is a pickle, so reading them runs no code. Half precision is read into float32 variables.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from model_store.base.folders import reason_of


def load_weights(model: Any, path: Path) -> None:
    """Puts the weights of a file into a model.

    Args:
        model: a built model of one of these classes.
        path: ``*.h5``, or ``*.safetensors`` in TensorFlow's or PyTorch's layout.

    Raises:
        ModelError: the file is damaged or of another model.
    """
    refuse_unfit(path, lambda: _load(model, path))


def refuse_unfit(path: Path, load: Callable[[], list[str]]) -> None:
    """Calls what puts the weights of a file into a model.

    Args:
        path: of the file.
        load: gives the names of arrays that the file lacks.

    Raises:
        ModelError: it fails, or an array is missing.
    """
    try:
        missing = load()
    except Exception as error:  # h5py, safetensors, Keras and TensorFlow raise many kinds
        raise ModelError(
            "The weights {path} cannot be read: {reason}. Please download the model again.",
            path=path,
            reason=reason_of(error),
        ) from error
    if missing:
        raise ModelError(
            "The weights {path} lack {count} arrays, such as {name}. Please download the model again.",
            path=path,
            count=len(missing),
            name=sorted(missing)[0],
        )


def _load(model: Any, path: Path) -> list[str]:
    """Names of arrays that the file lacks."""
    from transformers import modeling_tf_pytorch_utils, modeling_tf_utils

    if path.suffix == ".h5":
        return modeling_tf_utils.load_tf_weights_from_h5(model, str(path))[0]
    if is_pytorch_layout(path):
        from safetensors.tensorflow import load_file

        # from_pretrained hands over an open file here, which it then tries to iterate: 'safe_open' object is
        # not iterable
        modeling_tf_pytorch_utils.load_pytorch_state_dict_in_tf2_model(
            model, load_file(path), tf_inputs=False, allow_missing_keys=False, skip_logger_warnings=True
        )
        return []
    return modeling_tf_utils.load_tf_weights_from_safetensors(model, str(path))[0]


def is_pytorch_layout(path: Path) -> bool:
    """Whether a safetensors file holds arrays as PyTorch names and transposes them; TensorFlow's names have
    slashes.
    """
    from safetensors import safe_open

    with safe_open(path, framework="np") as archive:
        return not any("/" in name for name in archive.keys())  # noqa: SIM118 - it cannot be iterated
