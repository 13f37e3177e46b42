"""Imports of the Streamlit process: never a framework for models, whatever page is opened."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 560
"""For all pages, one after the other, on a busy machine; about 60 on a quiet one."""
FORBIDDEN = ("tensorflow", "keras", "tf_keras", "transformers", "xplique", "openvino")
SCRIPT = """
import json, sys, time
from components.explain import gallery_view
from tests.pages.visits import PAGES, SMALL_PASS, Visit
CHEAP = {
    "compare": {"methods": "gradcam"},
    "filters": {"filter-steps": "16", "filter-size": "64", "only": "1"},
}
if __name__ == "__main__":
    gallery_view.CHEAP_SECONDS = 0.0  # no computing beside the pages that follow
    started = time.monotonic()
    Visit()
    first_paint = time.monotonic() - started
    for page in PAGES:
        visit = Visit(page, zone="1", **SMALL_PASS, **CHEAP.get(page, {}))
        visit.until(lambda page: page.asks or page.component("sheet") or page.drawings)
    last = Visit("zones", zone="1", ask="border", **SMALL_PASS).until_picture()
    import components.explain.downloads
    from components.session import resources
    errors = [error.value for error in last.at.error]
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
