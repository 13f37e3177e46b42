"""Imports of what draws pages: no library that takes long, so that the first visit does not wait for it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parents[2]
SLOW = ("dask", "distributed", "pyarrow", "scipy", "sklearn", "matplotlib", "tensorflow")
SCRIPT = """
import pkgutil, sys
import components
for module in pkgutil.walk_packages(components.__path__, "components."):
    __import__(module.name)
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_what_draws_pages_is_imported_without_dask_and_other_slow_libraries():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *SLOW],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.split() == []
