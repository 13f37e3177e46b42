"""Libraries of the Streamlit process after every page: never a framework for models; workers have them."""

from pathlib import Path

import psutil
import pytest

from tests.e2e.drivers.measure import PAGES

FRAMEWORKS = {"tensorflow", "openvino", "tokenizers"}
"""Folders of compiled libraries; Keras and Xplique import the first, and transformers the last."""


def loaded(pid: int) -> set[str]:
    """Which frameworks a process has mapped."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return FRAMEWORKS & {folder for line in lines if ".so" in line for folder in Path(line.split()[-1]).parts}


def test_no_framework_in_the_server_whatever_page_was_opened(visits, server):
    if not Path("/proc/self/maps").exists():
        pytest.skip("this system does not say which libraries a process has loaded")
    for path in PAGES:
        visits(path)
    assert not loaded(server.pid)
    workers = psutil.Process(server.pid).children(recursive=True)
    assert any(loaded(one.pid) for one in workers), "they are seen where they are"
