"""A server of its own for the tests that drive a browser."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.harness.waits import wait_for

ROOT = Path(__file__).parents[3]
START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Server:
    url: str
    log: Path
    pid: int
    port: int = 0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url + "/_stcore/health", timeout=2).read() == b"ok"
    except OSError:
        return False


@contextmanager
def running(
    folder: Path, base: str = "", script: Path = ROOT / "app.py", **variables: str
) -> Iterator[Server]:
    """``streamlit run`` with its log in a folder, and environment variables of its own, which may put it
    below a path.
    """
    port, log = free_port(), folder / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **variables}
        )
    server = Server(f"http://127.0.0.1:{port}{base}", log, process.pid, port)
    try:
        wait_for(lambda: process.poll() is not None or answers(server.url), START_SECONDS, log.read_text, 0.1)
        assert process.poll() is None, log.read_text()
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
