"""Dask's scheduler, nanny and worker as the embedded cluster has them: each listens on one port, for TLS only.

Dask's own commands start an HTTP server in each scheduler and worker, whatever they are told.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from distributed import Nanny, Scheduler, Worker
from distributed.utils import RateLimiterFilter

LOOPBACK = "127.0.0.1"
REFUSALS = "Listener on .* TLS handshake failed"
REFUSALS_PER = "600s"
"""Strangers who are refused get one line of the log in so much time."""

logging.getLogger("distributed.comm.tcp").addFilter(RateLimiterFilter(REFUSALS, rate=REFUSALS_PER))


class _WithoutHTTP:
    """No dashboard, no metrics, no health check."""

    def start_http_server(self, *_args: Any, **_options: Any) -> None:
        """Open no port."""


class PlainScheduler(_WithoutHTTP, Scheduler):
    """A scheduler with one port."""


class PlainWorker(_WithoutHTTP, Worker):
    """A worker with one port."""


def _scheduler(options: Mapping[str, Any]) -> list[Any]:
    return [PlainScheduler(host=LOOPBACK, port=0, protocol="tls", dashboard=False, **options)]


def _nannies(options: Mapping[str, Any]) -> list[Any]:
    """One for each worker; they know the scheduler by its file."""
    rest = {name: value for name, value in options.items() if name != "workers"}
    return [
        Nanny(host=LOOPBACK, worker_class=PlainWorker, nthreads=1, **rest) for _ in range(options["workers"])
    ]


KINDS: dict[str, Callable[[Mapping[str, Any]], list[Any]]] = {"scheduler": _scheduler, "worker": _nannies}
"""What each kind of process serves."""


def serve(kind: str, options: Mapping[str, Any]) -> None:
    """Serve until there is nothing more to serve."""
    asyncio.run(_serve(kind, options))


async def _serve(kind: str, options: Mapping[str, Any]) -> None:
    servers = KINDS[kind](options)
    await asyncio.gather(*servers)
    await asyncio.gather(*(server.finished() for server in servers))
