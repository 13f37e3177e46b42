"""Scanner of the description of a Keras model by a stranger.

It passes only layers of Keras that do what their numbers say, no code and no files. Keras has let
descriptions run code or read files in several ways: Lambda layers, functions and classes named by module
(CVE-2025-1550, CVE-2025-8747), ``safe_mode`` that is not looked at for ``.h5`` (CVE-2025-9905),
vocabularies of text layers (CVE-2025-12058). So a list says what may be there, and all else is refused.
"""

from typing import Any

from engine.errors import ModelError
from model_store.keras.models import ALLOWED as PLAIN
from model_store.scan.json import nodes
from model_store.scan.layer_names import FUNCTIONS, LAYERS, OPERATIONS, PARTS, SPECIAL

ALLOWED = frozenset((*PLAIN, *LAYERS, *OPERATIONS, *PARTS))
"""Classes that may be named, all of them Keras' own."""


def refuse_unknown_layers(description: dict[str, Any], legacy: bool = False) -> None:
    """Lets only a description pass that is made of known parts.

    Args:
        description: of a model, as Keras writes it.
        legacy: of an ``.h5`` file, where classes are named without their module.

    Raises:
        ModelError: it names something else; the sentence says what.
    """
    top = {
        key: value for key, value in description.items() if key != "compile_config"
    }  # how it was trained: never read
    for node, _ in nodes(top):
        if "class_name" in node:
            _refuse_node(node, legacy)


def _refuse_node(node: dict[str, Any], legacy: bool) -> None:
    name, module, registered = node["class_name"], node.get("module"), node.get("registered_name")
    if (
        not isinstance(name, str)
        or not isinstance(module, str | None)
        or not isinstance(registered, str | None)
    ):
        raise ModelError("The description of the model is damaged: a class name is not text.")
    if name == "function":
        _refuse_function(node)
        return
    known = name in SPECIAL or (
        name in ALLOWED and (_is_keras(module) or (module is None and (legacy or not registered)))
    )
    if not known or (registered is not None and registered != name):
        raise _refused(name, module, registered)


def _refuse_function(node: dict[str, Any]) -> None:
    """A function may only be an activation that Keras knows by name."""
    name, module = node.get("config"), node.get("module")
    builtin = module in (None, "builtins") or _is_keras(module)
    if name not in FUNCTIONS or not builtin or node.get("registered_name") not in (None, "function", name):
        raise _refused(str(name), module if isinstance(module, str) else None, None)


def _is_keras(module: str | None) -> bool:
    return module is not None and (module == "keras" or module.startswith("keras."))


def _refused(name: str, module: str | None, registered: str | None) -> ModelError:
    if name in ("Lambda", "__lambda__"):
        return ModelError(
            "The model has a Lambda layer, which is custom code and is not run. Please replace it "
            "by Keras layers. The administrator of this server can allow it for their own models "
            "(see docs/own-models.md)."
        )
    return ModelError(
        "The model asks for {name}. It is not one of Keras' own plain layers and could run code or "
        "read files; it is not loaded. Please save it with layers of Keras alone.",
        name=".".join(
            part[:60] for part in (module, registered if registered != name else None, name) if part
        ),
    )
