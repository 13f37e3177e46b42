"""Imports of the Streamlit process before anything is computed: never a framework for models. What it has
loaded after each page was opened is looked at in ``tests/e2e/every_page/test_loaded.py``.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 120
FORBIDDEN = ("tensorflow", "keras", "tf_keras", "transformers", "xplique", "openvino")
SCRIPT = """
import json, sys, time
from tests.pages.visits import Visit
if __name__ == "__main__":
    started = time.monotonic()
    visit = Visit()
    first_paint = time.monotonic() - started
    import components.explain.downloads
    from components.session import resources
    errors = [error.value for error in visit.at.error]
    resources.shut_down()
    loaded = [name for name in sys.argv[1:] if name in sys.modules]
    print(json.dumps({"loaded": loaded, "errors": errors, "first_paint": first_paint}))
"""


@pytest.mark.timeout(SECONDS + 30)
def test_no_framework_in_the_streamlit_process_with_the_shipped_model(tmp_path):
    environment = {**os.environ, "VITRINE_CACHE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    for name in ("VITRINE_MODEL_SOURCE", "VITRINE_SCHEDULER"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *FORBIDDEN],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["loaded"] == [] and found["errors"] == []
    assert found["first_paint"] < 30  # seconds; about 2 on an idle machine
