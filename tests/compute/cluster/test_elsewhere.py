"""Another cluster, by its address and its credentials."""

import stat
import time

import pytest

from compute.base.errors import ClusterError
from compute.cluster.cluster import start_cluster
from compute.cluster.credentials import make_credentials, read_credentials, write_credentials
from compute.scheduling.queue import JobQueue
from settings import override
from tests.compute.conftest import ask, toy_spec, wait_done


@pytest.fixture
def keys(cluster, tmp_path):
    """A folder with the credentials of the cluster that all tests share."""
    folder = tmp_path / "keys"
    write_credentials(cluster.processes.credentials, folder)
    return folder


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr("compute.cluster.cluster.CONNECT_SECONDS", 1)


def test_another_cluster_can_be_used(cluster, picture, keys):
    with override(scheduler=cluster.processes.address, scheduler_tls=str(keys)):
        other = start_cluster(warm=None)
        job = JobQueue(other).start(ask(toy_spec("toy"), picture))
        wait_done(job)
        assert other.processes is None
        other.close()
        assert cluster.alive and not other.alive
        other.client()
        assert other.alive and other.client().scheduler.address == cluster.processes.address
        other.close()


@pytest.mark.usefixtures("soon")
def test_credentials_of_another_cluster_are_a_sentence(cluster, tmp_path):
    write_credentials(make_credentials(), tmp_path / "others")
    for folder in ("", str(tmp_path / "others"), str(tmp_path / "none")):
        with override(scheduler_tls=folder), pytest.raises(ClusterError, match=r"VITRINE_SCHEDULER_TLS"):
            start_cluster(scheduler=cluster.processes.address)


@pytest.mark.slow
@pytest.mark.usefixtures("soon")
def test_a_cluster_that_does_not_answer_is_named_soon():
    started = time.monotonic()
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:1 does not answer within 1 s"):
        start_cluster(scheduler="tcp://127.0.0.1:1")
    assert time.monotonic() - started < 5


def test_credentials_are_read_as_they_were_written_by_nobody_else(tmp_path):
    made = make_credentials()
    write_credentials(made, tmp_path / "keys")
    assert read_credentials(tmp_path / "keys") == made and "PRIVATE KEY" in made.key
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600} and "KEY" not in repr(made)
    with pytest.raises(FileExistsError):
        write_credentials(make_credentials(), tmp_path / "keys")
