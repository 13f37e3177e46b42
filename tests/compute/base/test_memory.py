"""Large blocks that are freed do not stay with the process."""

import subprocess
import sys

import pytest

from settings import ROOT

PROGRAM = """
import psutil
from compute.base.memory import return_large_blocks
return_large_blocks()
process = psutil.Process()
bytes(19 * 2**20)
before = process.memory_info().rss
for turn in range(3):
    files, small = [], []
    for number in range(15):
        files.append(b"x" * (19 * 2**20 + number))
        small.append(bytes(100_000 + number))
    del files
print((process.memory_info().rss - before) >> 20)
"""


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has the setting")
def test_freed_files_leave_the_process():
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(found.stdout) < 20
