"""Explanations that were read off a job before: as long as no run is added they stay the same, and are not
read again.
"""

from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

from caching import LRUCache
from engine.explanation import Explanation

KEPT = 32
_READ: WeakKeyDictionary[object, LRUCache[Explanation | None]] = WeakKeyDictionary()


def remembered(
    job: object, asked: Hashable, runs: int, read: Callable[[], Explanation | None]
) -> Explanation | None:
    """The map of a job, the very same one while its runs are.

    Args:
        job: what it is read off; what is remembered goes with it.
        asked: which of its maps.
        runs: how many of its runs are done.
        read: reads the map.
    """
    return _READ.setdefault(job, LRUCache(KEPT)).get(asked, read, version=runs)
