"""Files of strangers are looked through in bounded time, whatever their library does."""

import io
import signal
import subprocess
import sys

import numpy as np
import pytest

from compute.cluster.processes import ROOT
from compute.doctor.endings import ended
from compute.doctor.scan_limit import BYTES_PER_SECOND, SECONDS, ends_after, scan_seconds
from engine.errors import ModelError
from model_store.scan.hdf5 import scan_hdf5

LOOP = "from compute.doctor.scan_limit import ends_after\nwith ends_after(0.2):\n    while True: pass"


@pytest.mark.processes
def test_a_loop_ends_the_process_and_nothing_else():
    assert subprocess.run([sys.executable, "-c", LOOP], cwd=ROOT, timeout=100).returncode == -signal.SIGVTALRM
    with ends_after(0.001):
        pass
    sum(range(10**6))
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


IMPORTED = """
import sys
from pathlib import Path
from compute.doctor import scan_limit
from compute.doctor.examining import examine_in_process
from engine.errors import ModelError
scan_limit.SECONDS = 0.3
try:
    examine_in_process(Path(sys.argv[1]), [], print)
except ModelError as error:
    print(error)
"""


@pytest.mark.models
@pytest.mark.processes
def test_the_import_of_tensorflow_is_not_counted(tmp_path):
    """It takes more than the 0.3 s of processor time that the scan has here."""
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01")
    command = [sys.executable, "-c", IMPORTED, str(tmp_path)]
    child = subprocess.run(command, cwd=ROOT, timeout=300, capture_output=True, text=True)
    assert child.returncode == 0 and "not one of TensorFlow 2" in child.stdout


def test_running_out_of_time_has_its_own_sentence(tmp_path):
    (tmp_path / "model.h5").write_bytes(bytes(30 * 2**20))
    said = str(ended(-signal.SIGVTALRM, tmp_path / "model.h5"))
    assert said.startswith("Scanning the file took more than 4 s of processor time")
    assert said != str(ended(-signal.SIGXCPU, tmp_path)) and "code" in str(ended(-signal.SIGSEGV, tmp_path))


def test_large_files_have_more_time(tmp_path):
    (tmp_path / "a").write_bytes(b"1" * 100)
    assert scan_seconds(tmp_path) == scan_seconds(tmp_path / "a") == SECONDS + 100 / BYTES_PER_SECOND


def test_impossible_addresses_in_hdf5_are_sentences():
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("w", data=np.ones(4, np.float32))
    good = buffer.getvalue()
    outcomes = set()
    for place in range(8, 96, 4):
        for value in (b"\xff" * 7 + b"\x7f", b"\xff" * 8, b"\x00" * 7 + b"\x80"):
            try:
                scan_hdf5(io.BytesIO(good[:place] + value + good[place + 8 :]), "model.h5")
            except ModelError as error:
                outcomes.add(str(error).partition(":")[0])
    assert "model.h5 is damaged" in outcomes
