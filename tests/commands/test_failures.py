"""Sentences of the command line about a disk that refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands.failures import said_of
from tests import sides
from tests.pages.visits import picture_bytes

ROOT = Path(__file__).parents[2]
SCRIPT = """
import resource, sys
import cli, numpy
from commands import explain, failures
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
cli.main()
"""


@pytest.mark.processes
def test_a_full_disk_is_a_sentence(tmp_path):
    (tmp_path / "a.png").write_bytes(picture_bytes())
    asked = [
        "explain",
        "--model",
        "streets-unet",
        "--image",
        str(tmp_path / "a.png"),
        "--method",
        "occlusion",
        "--out",
        str(tmp_path / "out"),
    ]
    environment = {**os.environ, "VITRINE_MODEL_SOURCE": sides.SOURCE, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *asked], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert (
        "vitrine: The disk cannot be written to: File too large." in done.stderr
        and "run the command again." in done.stderr
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "no", "/out"), "/out cannot be written to: Permission denied."),
        (OSError(2, "x"), None),
    ],
)
def test_only_disks_that_refuse_are_put_into_words(error, said):
    sentence = said_of(error)
    assert sentence is None if said is None else sentence.startswith(said)
