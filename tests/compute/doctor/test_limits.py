"""The process that examines a model stays within its limits, whoever keeps them."""

import subprocess
import sys
import threading

import numpy as np
import psutil
import pytest

from compute.cluster.processes import ROOT
from compute.doctor.limits import LARGEST_FILE, peak_memory_mb, watch_memory

MEGABYTE = 2**20


def limited(code: str) -> subprocess.CompletedProcess[str]:
    """A process with 4 GB of address space and 2 s of processor time that does something then."""
    start = "from compute.doctor.limits import limit\nlimit(4096, 2, lambda: None)\n"
    return subprocess.run(
        [sys.executable, "-c", start + code], cwd=ROOT, capture_output=True, text=True, timeout=100
    )


@pytest.mark.slow
def test_a_watch_tells_once_that_memory_is_exceeded():
    told = threading.Event()
    most = (psutil.Process().memory_info().rss >> 20) + 150
    threading.Thread(target=watch_memory, args=(most, told.set), daemon=True).start()
    assert not told.wait(0.3)
    taken = np.ones(300 * MEGABYTE, np.uint8)
    assert told.wait(60) and peak_memory_mb() >= most and taken.all()


def test_the_peak_is_in_megabytes():
    taken = np.ones(64 * MEGABYTE, np.uint8)
    now = psutil.Process().memory_info().rss >> 20
    assert now - 16 <= peak_memory_mb() < 100 * now and taken.all()


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds all of them")
@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("bytearray(8 * 2**30)", "MemoryError"),
        ("while True: pass", ""),
        (
            "import tempfile\nfile = tempfile.TemporaryFile(buffering=0)\n"
            f"file.write(bytes({LARGEST_FILE}))\nfile.write(b'1')",
            "File too large",
        ),
    ],
    ids=["memory", "time", "file"],
)
def test_what_takes_too_much_ends(code, ends):
    answer = limited(code)
    assert answer.returncode and ends in answer.stderr
