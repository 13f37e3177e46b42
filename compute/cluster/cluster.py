"""The cluster that long work runs on: embedded in the server, or the one that ``VITRINE_SCHEDULER`` names."""

import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from distributed import Client, Future
from distributed.security import Security

from compute.base.errors import ClusterError
from compute.cluster.credentials import read_credentials
from compute.cluster.processes import Processes, start_processes
from compute.worker.tasks import warm_up
from engine.phrase import later
from model_store.catalogue import DEFAULT_MODEL, ModelRef
from settings import VARIABLES, settings

CONNECT_SECONDS = 5
NO_ANSWER = later(
    "The computing cluster at {address} does not answer within {seconds} s. Please check that it runs, and "
    "{variable}."
)
NOT_LET_IN = later(
    "The computing cluster at {address} did not admit this server within {seconds} s. Please check "
    "that it runs. Check also {variable} (tls://…), and that the folder of {tls_variable} has "
    "ca.pem, cert.pem and key.pem of this cluster."
)
WARM_UP_PRIORITY = 100


@dataclass(eq=False)
class _Connection:
    """A client and, if the cluster is ours, its processes."""

    client: Client
    processes: Processes | None

    @property
    def alive(self) -> bool:
        return self.client.status == "running" and (self.processes is None or self.processes.alive)

    def close(self) -> None:
        # a client that is about to connect again to a scheduler that is gone raises what its streams do
        with suppress(OSError, RuntimeError, ValueError):
            self.client.close(timeout=1)
        if self.processes:
            self.processes.stop()


class Cluster:
    """Holds a Dask client (which is awaitable, so that ``st.cache_resource`` would not take it bare) and
    starts it again when it is lost.

    Args:
        workers: worker processes of the embedded cluster.
        scheduler: address of another cluster; None for the embedded one.
        warm: model that each worker loads at once, or None.
    """

    def __init__(self, workers: int, scheduler: str | None, warm: ModelRef | None) -> None:
        self._workers = workers
        self._scheduler = scheduler
        self._warm = warm
        self._lock = threading.RLock()
        self._connection: _Connection | None = None
        self._warming: list[Future] = []
        self._close: Callable[[], object] = lambda: None

    @property
    def alive(self) -> bool:
        """True while there is a connection."""
        return self._connection is not None and self._connection.alive

    @property
    def processes(self) -> Processes | None:
        """The processes of the embedded cluster."""
        return self._connection.processes if self._connection else None

    def client(self) -> Client:
        """A connected client; a cluster that is not there, or no more, is started or connected to.

        Raises:
            ClusterError: it cannot be started or reached.
        """
        with self._lock:
            if self._connection is None or not self._connection.alive:
                self.close()
                self._open()
            assert self._connection is not None
            return self._connection.client

    def close(self) -> None:
        """Disconnect, and end the embedded cluster."""
        with self._lock:
            self._warming = []
            self._close()
            self._connection = None

    def _open(self) -> None:
        processes = None if self._scheduler else start_processes(self._workers)
        try:
            client = _connect(processes, self._scheduler or "")
        except ClusterError:
            if processes:
                processes.stop()
            raise
        self._connection = _Connection(client, processes)
        self._close = weakref.finalize(self, self._connection.close)
        if self._warm:
            self._warming = [
                client.submit(
                    warm_up, self._warm, key=("warm-up", str(self._warm), worker), priority=WARM_UP_PRIORITY
                )
                for worker in range(self._workers if processes else 1)
            ]


def start_cluster(
    workers: int = 1, scheduler: str | None = None, warm: ModelRef | None = DEFAULT_MODEL
) -> Cluster:
    """A running cluster: at ``scheduler`` or ``VITRINE_SCHEDULER``, else embedded, with workers that warm up.

    Raises:
        ClusterError: it cannot be started or reached.
    """
    cluster = Cluster(workers, scheduler or settings().scheduler, warm)
    cluster.client()
    return cluster


def _connect(processes: Processes | None, scheduler: str) -> Client:
    """A client of the embedded cluster, or of another one.

    Raises:
        ClusterError: it cannot be reached, or does not let this server in.
    """
    address = processes.address if processes else scheduler
    try:
        security = processes.credentials.security() if processes else _security_elsewhere()
        return Client(
            address, timeout=CONNECT_SECONDS, set_as_default=False, name="vitrine", security=security
        )
    except (OSError, ValueError, RuntimeError, TypeError) as error:  # the last without a certificate for tls
        closed = address.startswith("tls://") or settings().scheduler_tls is not None
        raise ClusterError(
            NOT_LET_IN if closed else NO_ANSWER,
            address=address,
            seconds=CONNECT_SECONDS,
            variable=VARIABLES["scheduler"],
            tls_variable=VARIABLES["scheduler_tls"],
        ) from error


def _security_elsewhere() -> Security | None:
    """What the owner's folder has for another cluster; without one what Dask is told by its own settings."""
    folder = settings().scheduler_tls
    return read_credentials(folder).security() if folder else None
