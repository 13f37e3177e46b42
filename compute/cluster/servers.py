"""Dask's scheduler, nanny and worker as the embedded cluster has them: one port each, for TLS only.

Dask's own commands start an HTTP server in each scheduler and worker, whatever they are told.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from distributed import Nanny, Scheduler, Worker
from distributed.utils import RateLimiterFilter

from compute.base.priority import go_behind

if sys.platform != "win32":
    import resource

LOOPBACK = "127.0.0.1"
REFUSALS = "Listener on .* TLS handshake failed"
REFUSALS_PER = "600s"
"""Strangers who are refused get one line of the log in so much time."""

PRIVATE_SHARE = 0.9
"""Of a worker's memory, what it may map for itself: the system refuses more before the nanny ends it at 0.95.
Measured, TensorFlow, OpenVINO and three models map 1.36 GB and hold 1.18 GB, pages of libraries among them
(``VmData``, ``VmRSS``). Address space is no measure: it is 3.8 GB then.
"""

STACKS = 64 * 2**20
"""For each core, bytes of the stacks of threads that libraries start: mapped, and hardly used."""

logging.getLogger("distributed.comm.tcp").addFilter(RateLimiterFilter(REFUSALS, rate=REFUSALS_PER))


class _WithoutHTTP:
    """No dashboard, no metrics, no health check."""

    def start_http_server(self, *_args: Any, **_options: Any) -> None:
        """Open no port."""


class PlainScheduler(_WithoutHTTP, Scheduler):  # type: ignore[misc]  # Dask is not typed here
    """A scheduler with one port."""


class PlainWorker(_WithoutHTTP, Worker):  # type: ignore[misc]
    """A worker with one port."""


def _scheduler(options: Mapping[str, Any]) -> list[Any]:
    return [PlainScheduler(host=LOOPBACK, port=0, protocol="tls", dashboard=False, **options)]


def _nannies(options: Mapping[str, Any]) -> list[Any]:
    """One for each worker, all behind the server; they know the scheduler by its file."""
    go_behind()
    limit_memory(options["memory_limit"])
    rest = {name: value for name, value in options.items() if name != "workers"}
    return [
        Nanny(host=LOOPBACK, worker_class=PlainWorker, nthreads=1, **rest) for _ in range(options["workers"])
    ]


def limit_memory(memory: int) -> None:
    """Have the system refuse more private memory to this process, and to those that it starts.

    Only Linux does; elsewhere a nanny that looks every tenth of a second is all there is.
    """
    if sys.platform == "linux":
        most = int(PRIVATE_SHARE * memory) + STACKS * (os.cpu_count() or 1)
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


KINDS: dict[str, Callable[[Mapping[str, Any]], list[Any]]] = {"scheduler": _scheduler, "worker": _nannies}
"""What each kind of process serves."""


def serve(kind: str, options: Mapping[str, Any]) -> None:
    """Serve until there is nothing more to serve."""
    asyncio.run(_serve(kind, options))


async def _serve(kind: str, options: Mapping[str, Any]) -> None:
    servers = KINDS[kind](options)
    await asyncio.gather(*servers)
    await asyncio.gather(*(server.finished() for server in servers))
