"""`stability`: changed images that keep the prediction, and what their maps say, as JSON and as rows."""

import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from compute.trust.stability import BALL_SEEDS, SEEDS
from engine.stability.changes import CHANGES
from samples.digits import digit_pixels

runner = CliRunner()
pytestmark = [pytest.mark.models, pytest.mark.processes]


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    path = tmp_path_factory.mktemp("stable") / "digit.png"
    Image.fromarray(digit_pixels(3)).save(path)
    return ["stability", "--model", "digits-cnn", "--image", str(path), "--method", "gradcam"]


def test_each_changed_image_has_its_figures_or_a_reason(asked):
    found = runner.invoke(app, [*asked, "--json"], catch_exceptions=False)
    said = json.loads(found.stdout)
    assert len(said["changes"]) == len(CHANGES) - 1 + SEEDS + BALL_SEEDS
    kept = [one for one in said["changes"] if one["kept"]]
    assert all(-1 <= one["rank"] <= 1 and 0 <= one["top"] <= 1 for one in kept)
    assert all(one["why_not"] and "rank" not in one for one in said["changes"] if not one["kept"])
    noise = [one["rank"] for one in kept if one["change"] == "noise"]
    assert min(noise) > 0.5 and said["mean"]["rank"] > 0.3 and 0 < said["max_sensitivity"] < 1
    assert runner.invoke(app, [*asked, "--json"]).stdout == found.stdout
    assert "mean" in runner.invoke(app, asked).stdout
