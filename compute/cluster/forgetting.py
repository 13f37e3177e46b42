"""Removal of what was prepared of somebody's pictures, in workers and in the server, when they go."""

import logging
import threading

from compute.base.prepared import forget_prepared
from compute.cluster.cluster import Cluster
from engine.errors import VitrineError

LINGER_SECONDS = 3.0
"""A chunk whose last subscriber has left runs, and keeps what it has prepared, for up to two seconds."""

logger = logging.getLogger(__name__)


def forget_soon(cluster: Cluster) -> None:
    """Have all processes let go of what they have prepared, as soon as what still runs has ended."""
    timer = threading.Timer(LINGER_SECONDS, _forget, [cluster])
    timer.daemon = True
    timer.start()


def _forget(cluster: Cluster) -> None:
    """All of it goes, whoever it belongs to: preparing it again takes a moment."""
    forget_prepared()
    if not cluster.alive:
        return
    try:
        cluster.client().run(forget_prepared)
    except (VitrineError, OSError, RuntimeError) as error:  # the cluster went away, and with it what it had
        logger.debug("workers were not asked to forget: %s", error)
