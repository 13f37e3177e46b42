"""Job queue of an image: that of all sessions, or, for own images in private mode, one that keeps nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.session.keys import PRIVATE, PRIVATE_QUEUE, once, recall
from components.session.own_pictures import is_own
from components.session.resources import job_queue
from components.session.uploads.uploaded_sets import uploaded_sets
from engine.images.picture import Picture
from settings import settings

if TYPE_CHECKING:
    from compute.scheduling.queue import JobQueue


def private_server() -> bool:
    """Whether the server keeps nothing of anybody's own pictures."""
    return settings().private


def is_private() -> bool:
    """Whether nothing is kept of this person's own pictures."""
    return private_server() or bool(recall(PRIVATE, False))


def queue_for(picture: Picture | None) -> JobQueue | None:
    """The queue where work on an image is started, or None while it opens.

    In private mode, as long as the session has an uploaded data set, all of its work is private: what is made
    of that has no image that would tell.

    Raises:
        ClusterError: the cluster cannot be started or reached; the next call tries again.
    """
    shared = job_queue()
    if shared is None or not is_private() or not (uploaded_sets().sets or (picture and is_own(picture))):
        return shared
    alone: JobQueue = once(PRIVATE_QUEUE, shared.private)
    return alone
