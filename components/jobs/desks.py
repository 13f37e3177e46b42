"""Which desk a picture's work is ordered at: the one that all share, or, for own pictures in private mode,
one that keeps nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.session.keys import PRIVATE, ROOM, once, recall
from components.session.own_pictures import is_own
from components.session.resources import desk
from settings import settings

if TYPE_CHECKING:
    from compute.scheduling.desk import Desk
    from engine.images.picture import Picture


def private_server() -> bool:
    """Whether the server keeps nothing of anybody's own pictures."""
    return settings().private


def is_private() -> bool:
    """Whether nothing is kept of this person's own pictures."""
    return private_server() or bool(recall(PRIVATE, False))


def desk_for(picture: Picture) -> Desk | None:
    """The desk where work on a picture is ordered, or None while it opens.

    Raises:
        ClusterError: the cluster cannot be started or reached; the next call tries again.
    """
    shared = desk()
    if shared is None or not (is_private() and is_own(picture)):
        return shared
    room: Desk = once(ROOM, shared.private)
    return room
