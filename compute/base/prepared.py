"""Cache of what passes prepare once and need for every chunk, in workers and in the server."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from caching import LRUCache
from settings import MEGABYTE, settings

Value = TypeVar("Value")
KEPT = 64
_prepared: LRUCache[Any] = LRUCache(KEPT, lambda: settings().limit_prepared * MEGABYTE)


def prepared(kind: type[Value] | str, key: Hashable, make: Callable[[], Value]) -> Value:
    """Something that was prepared lately, or is now; ``kind`` keeps keys of different things apart."""
    return cast(Value, _prepared.get((kind, key), make))


def forget_prepared() -> None:
    """Let go of all of it, here: what is needed again is prepared again."""
    _prepared.clear()
