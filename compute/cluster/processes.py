"""The processes of the embedded cluster: a scheduler and a nanny for all workers, on loopback only."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from dask.system import CPU_COUNT
from distributed.system import MEMORY_LIMIT

from compute.base.errors import ClusterError
from compute.base.logs import configuration
from compute.cluster.child import SCRATCH_VARIABLE
from compute.cluster.credentials import Credentials, make_credentials
from settings import MEGABYTE, settings

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
STOP_SECONDS = 3.0
MEMORY_SHARE = 0.75
ALLOWED_FAILURES = 20
"""So often a task may be in a worker that ends. What ends two is refused (``compute.worker.under_way``), and
what only waited there is not to fail for it.
"""

KEPT_BYTES = 2**30
"""Freed memory that a worker keeps for its next batch; with Dask's default, none, runs take twice as long."""


IN_MEMORY = {f"DASK_DISTRIBUTED__WORKER__MEMORY__{share}": "False" for share in ("TARGET", "SPILL", "PAUSE")}
"""Workers hold people's pictures for a moment: however little memory is left, Dask writes none to disk. Nor
does a worker wait for memory that nobody would give back.
"""

UNWATCHED = {
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "200ms",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}
"""What Dask measures of itself is for its dashboard, which nobody has here
(docs/decisions/0064-nothing-for-a-dashboard.md).
"""


@dataclass(frozen=True, eq=False)
class Processes:
    """A scheduler and one nanny for all workers.

    Attributes:
        address: of the scheduler.
        credentials: without which nobody talks to any of them.
        scheduler, nanny: the processes.
        scratch: their temporary folder, removed with them.
    """

    address: str
    credentials: Credentials
    scheduler: subprocess.Popen[bytes]
    nanny: subprocess.Popen[bytes]
    scratch: tempfile.TemporaryDirectory[str]

    @property
    def alive(self) -> bool:
        """True while both run."""
        return self.scheduler.poll() is None and self.nanny.poll() is None

    def stop(self) -> None:
        """End both, and the workers with them; they have nothing to lose."""
        _end([self.nanny, self.scheduler])
        self.scratch.cleanup()

    def watch(self) -> None:
        """If one ends by itself, end the other, so that nobody waits for work that is never done."""
        for process in (self.scheduler, self.nanny):
            threading.Thread(
                target=self._stop_after, args=(process,), name="cluster-watch", daemon=True
            ).start()

    def _stop_after(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self.stop()


def start_processes(workers: int) -> Processes:
    """Start an embedded cluster.

    Args:
        workers: worker processes, each with one Dask thread and its share of cores and memory.

    Raises:
        ClusterError: it does not start.
    """
    scratch = tempfile.TemporaryDirectory(prefix="vitrine-", ignore_cleanup_errors=True)
    address_file = Path(scratch.name) / "scheduler.json"
    credentials = make_credentials()
    environment = _environment(workers, scratch.name)
    common = {"scheduler_file": str(address_file)}
    limits = {"workers": workers, "memory_limit": _memory(workers), "local_directory": scratch.name}
    kinds = {"scheduler": common, "worker": {**common, **limits}}
    started: list[subprocess.Popen[bytes]] = []
    try:
        started += [_start(environment) for _ in kinds]
        for process, (kind, options) in zip(started, kinds.items(), strict=True):
            _tell(process, {"kind": kind, "options": options, "credentials": asdict(credentials)})
        address = _await_address(address_file, started)
    except (OSError, ClusterError) as error:
        _end(started)
        scratch.cleanup()
        raise ClusterError(
            "The computing service cannot be started: {reason}. The server's log may say more.", reason=error
        ) from error
    scheduler, nanny = started
    processes = Processes(address, credentials, scheduler, nanny, scratch)
    processes.watch()
    return processes


def _memory(workers: int) -> int:
    """Bytes that each worker may take."""
    most = settings().limit_worker
    return most * MEGABYTE if most else int(MEMORY_SHARE * MEMORY_LIMIT / workers)


def _start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A child with a line to its life, in its own session: Ctrl-C is for the server, which then ends it."""
    command = [sys.executable, "-m", "compute.cluster.child"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, start_new_session=True)


def _tell(process: subprocess.Popen[bytes], order: Mapping[str, Any]) -> None:
    """Say to a child what it is to be."""
    assert process.stdin is not None
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.flush()


def _environment(workers: int, scratch: str) -> dict[str, str]:
    threads = str(max(1, CPU_COUNT // workers))
    paths = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **{name: threads for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")},
        **{name: str(KEPT_BYTES) for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")},
        "DASK_LOGGING": repr(configuration()),
        "PYTHONWARNINGS": "ignore::UserWarning:multiprocessing.resource_tracker",
        **os.environ,
        **IN_MEMORY,
        **UNWATCHED,
        "PYTHONPATH": os.pathsep.join(paths),
        # nothing waits in a worker where urgent work cannot overtake it
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1.0",
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(ALLOWED_FAILURES),
        SCRATCH_VARIABLE: scratch,
    }


def _await_address(address_file: Path, started: list[subprocess.Popen[bytes]]) -> str:
    """The address that the scheduler writes when it listens."""
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline:
        with suppress(OSError, ValueError, KeyError):
            return str(json.loads(address_file.read_text())["address"])
        if any(process.poll() is not None for process in started):
            raise ClusterError("a process ended while starting")
        sleep(0.05)
    raise ClusterError("it did not answer within {seconds:.0f} s", seconds=START_SECONDS)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
