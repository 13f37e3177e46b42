"""Reader of strangers' JSON, which does not trust its depth."""

import json
from collections.abc import Iterator
from typing import Any

from engine.errors import ModelError

DEEPEST = 100


def parsed(data: bytes | str, name: str) -> dict[str, Any]:
    """The object in a JSON text.

    Raises:
        ModelError: it is damaged, nested too deeply, or no object.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelError(
            "{name} in the model is damaged: it cannot be read as JSON. Please save the model again.",
            name=name,
        ) from error
    if not isinstance(content, dict):
        raise ModelError(
            "{name} in the model is damaged: it holds no JSON object. Please save the model again.", name=name
        )
    for _node, depth in nodes(content):
        if depth > DEEPEST:
            raise ModelError(
                "{name} in the model is nested more than {depth} levels deep, which no model is.",
                name=name,
                depth=DEEPEST,
            )
    return content


def nodes(content: Any) -> Iterator[tuple[dict[str, Any], int]]:
    """All objects in a JSON value with their depth."""
    waiting = [(content, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, dict):
            yield node, depth
            waiting += [(value, depth + 1) for value in node.values()]
        elif isinstance(node, list):
            waiting += [(value, depth + 1) for value in node if isinstance(value, dict | list)]
