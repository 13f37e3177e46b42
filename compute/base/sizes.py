"""Memory that objects of ours take, in bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

ROOMS = ("compute.", "engine.", "scipy.sparse.", "tests.")
"""Modules whose objects are looked into; all others are somebody else's."""

NUMBERS = frozenset({int, float, bool, type(None)})
"""Types of most of what there is, none of which takes room that counts."""


def bytes_of(*things: Any) -> int:
    """Bytes of all arrays and texts in some objects of ours; what is in several of them counts once."""
    total, seen, left = 0, set(), list(things)
    while left:
        thing = left.pop()
        if id(thing) not in seen:
            seen.add(id(thing))
            total += _own(thing)
            left.extend(part for part in _inside(thing) if type(part) not in NUMBERS)
    return total


def _own(thing: Any) -> int:
    if isinstance(thing, np.ndarray):
        return int(thing.nbytes)
    return len(thing) if isinstance(thing, bytes | str) else 0


def _inside(thing: Any) -> Iterable[Any]:
    if isinstance(thing, Mapping):
        return list(thing.values())
    if isinstance(thing, list | tuple | set | frozenset):
        return list(thing)
    return list(getattr(thing, "__dict__", {}).values()) if type(thing).__module__.startswith(ROOMS) else ()
