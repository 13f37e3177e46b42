"""Libraries of the Streamlit process after every page: never a framework for models."""

from pathlib import Path

import pytest

from tests.e2e.drivers.measure import PAGES

FORBIDDEN = ("tensorflow", "openvino", "tokenizers")
"""Folders of compiled libraries; Keras and Xplique import the first, and transformers the last."""


def test_no_framework_in_the_server_whatever_page_was_opened(visits, server):
    maps = Path(f"/proc/{server.pid}/maps")
    if not maps.exists():
        pytest.skip("this system does not say which libraries a process has loaded")
    for path in PAGES:
        visits(path)
    loaded = {Path(line.split()[-1]) for line in maps.read_text().splitlines() if ".so" in line}
    assert any("numpy" in path.parts for path in loaded), "libraries are seen"
    assert not {name for name in FORBIDDEN for path in loaded if name in path.parts}
