"""Nobody but the server uses its cluster: what listens, who is let in, and what strangers do to the log."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from cryptography.x509 import load_pem_x509_certificate
from distributed import Client
from distributed.security import Security

from compute.base.priority import BELOW
from compute.cluster.cluster import Cluster, start_cluster
from compute.cluster.credentials import make_credentials
from tests.compute.conftest import wait_for

BAD = (
    b"GET /info/main/workers.html HTTP/1.1\r\n\r\n",
    b"\x10\0\0\0\0\0\0\0" + b"\x80" * 16,  # how Dask's own messages begin
    b"\x01\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0hello",
    b"\x16\x03\x01\x02\x00\x01\x00" + bytes(range(200)),  # how TLS begins
    b"\0" * 64,
    b"\xff" * 4096,
    b"{}",
    b"\n",
    b"",
)
STRANGERS = {
    "in the clear": ("tcp", Security),
    "without a certificate": ("tls", Security),
    "with one of Dask": ("tls", Security.temporary),
    "with one of another server": ("tls", lambda: make_credentials().security()),
}


def everyone(cluster: Cluster) -> list[psutil.Process]:
    """All processes of a cluster."""
    cluster.client().wait_for_workers(1)
    served = [psutil.Process(cluster.processes.scheduler.pid), psutil.Process(cluster.processes.nanny.pid)]
    return [*served, *served[1].children(recursive=True)]


def listening(cluster: Cluster) -> Iterator[tuple[int, str, int]]:
    """Process, address and port of all that listens."""
    for process in everyone(cluster):
        for place in process.net_connections():
            if place.status == "LISTEN":
                yield process.pid, *place.laddr


def test_each_process_has_one_port_on_loopback(cluster):
    found = list(listening(cluster))
    assert len(found) == len({pid for pid, *_ in found}) == 3  # scheduler, nanny, worker
    assert {address for _, address, _ in found} == {"127.0.0.1"}


def test_workers_give_way_to_the_server(cluster):
    own = psutil.Process().nice()
    scheduler, nanny, *workers = everyone(cluster)
    assert scheduler.nice() == own and {process.nice() for process in (nanny, *workers)} == {own + BELOW}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_runs_no_code_and_reads_no_result(cluster, stranger):
    protocol, make_security = STRANGERS[stranger]
    security = make_security()
    for _, address, port in listening(cluster):
        with pytest.raises((OSError, RuntimeError, TypeError)):
            Client(f"{protocol}://{address}:{port}", security=security, timeout=1, set_as_default=False)
    assert cluster.client().submit(os.getpid, pure=False).result() in {
        process.pid for process in everyone(cluster)
    }


def test_the_credentials_stand_where_no_other_account_looks(cluster):
    secret = cluster.processes.credentials.key.splitlines()[1]
    for process in everyone(cluster):
        assert secret not in " ".join(process.cmdline()) and secret not in str(process.environ())
    certificate = load_pem_x509_certificate(cluster.processes.credentials.certificate.encode())
    assert certificate.not_valid_before_utc < datetime.now(UTC) - timedelta(hours=1)
    assert certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=3650)


@pytest.mark.processes
def test_strangers_get_one_line_of_the_log(capfd):
    cluster = start_cluster(warm=None)
    try:
        ports = [port for _, _, port in listening(cluster)]
        capfd.readouterr()
        for message in BAD * 3:
            for port in ports:
                _say(port, message)
        assert cluster.client().submit(sum, [1, 2]).result() == 3
        written = capfd.readouterr().err
    finally:
        cluster.close()
    assert len(BAD * 3) * len(ports) == 81 and "Traceback" not in written
    assert len(written.splitlines()) == len(ports) and "TLS handshake failed" in written


@pytest.mark.processes
def test_strangers_who_wait_keep_nobody_waiting(cluster):
    ports = [port for _, _, port in listening(cluster)]
    waiting = [socket.create_connection(("127.0.0.1", port)) for port in ports for _ in range(100)]
    try:
        wait_for(lambda: cluster.client().submit(sum, [2, 3], pure=False).result(5) == 5)
    finally:
        for stranger in waiting:
            stranger.close()


def _say(port: int, message: bytes) -> None:
    """Send something, and hear the answer out; it may be cut at any time."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
        stranger.sendall(message)
        stranger.shutdown(socket.SHUT_WR)
        while stranger.recv(4096):
            pass
