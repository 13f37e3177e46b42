"""Names of the classes of a model, from the file that comes with its weights."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from engine.errors import ModelError
from model_store.base.entries import Entry
from model_store.base.folders import model_folder, weight_file
from model_store.own.model import LONGEST_LABEL, clean

CONFIGURATION = "config.json"
IMAGENET_INDEX = "imagenet_class_index.json"
LIST = "labels.json"


def names_in_files(entry: Entry) -> tuple[str, ...]:
    """Names of the classes, in the order of the outputs.

    Raises:
        ModelError: a file is missing, or does not name as many classes as the model has.
    """
    weight_file(entry)  # says which file is missing, if one is
    name = next(name for name in _READERS if name in entry.settings_files)
    path = model_folder(entry) / name
    try:
        names = _READERS[name](json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(
            "The file {path} cannot be read as JSON: {reason}. Please download the model again.",
            path=path,
            reason=error,
        ) from error
    except (KeyError, TypeError, IndexError, AttributeError):
        names = ()
    if len(names) != len(entry.colours):
        raise ModelError(
            "The file {path} of {title} names {found} classes instead of {wanted}. Please remove "
            "its folder and download it again.",
            title=entry.title,
            found=len(names),
            wanted=len(entry.colours),
            path=path,
        )
    return told_apart(tuple(clean(name, LONGEST_LABEL) for name in names))


def wordnet_ids(entry: Entry) -> tuple[str, ...]:
    """Ids such as n01440764, as the folders of ImageNet are called, in the order of the outputs; empty where
    a model has none.
    """
    if IMAGENET_INDEX not in entry.settings_files:
        return ()
    content = json.loads((model_folder(entry) / IMAGENET_INDEX).read_text("utf-8"))
    return tuple(str(content[str(index)][0]) for index in range(len(content)))


def _of_configuration(content: Any) -> tuple[str, ...]:
    """Of a model of Hugging Face: ``{"id2label": {"0": name, ...}}``."""
    names = content["id2label"]
    return tuple(str(names[str(index)]) for index in range(len(names)))


def _of_imagenet(content: Any) -> tuple[str, ...]:
    """Of keras.applications: ``{"0": [WordNet id, name], ...}``.

    Where a name is there twice, the id is added.
    """
    pairs = [content[str(index)] for index in range(len(content))]
    often = Counter(name for _, name in pairs)
    return tuple(name.replace("_", " ") + (f" ({word})" if often[name] > 1 else "") for word, name in pairs)


def _of_list(content: Any) -> tuple[str, ...]:
    """Of the models that come with Vitrine: ``[name, ...]``."""
    return tuple(str(name) for name in content) if isinstance(content, list) else ()


_READERS: Mapping[str, Callable[[Any], tuple[str, ...]]] = MappingProxyType(
    {CONFIGURATION: _of_configuration, IMAGENET_INDEX: _of_imagenet, LIST: _of_list}
)


def told_apart(names: tuple[str, ...]) -> tuple[str, ...]:
    """The same names; one that is there again gets a number, since people and files choose
    classes by name.
    """
    seen: Counter[str] = Counter()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(apart)
