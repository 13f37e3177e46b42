"""Kept bundles: maps of an earlier state come out the same, bit for bit where machine and libraries are those
they were made with.
"""

import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.data.bundles.make import RECIPES, facts_of_this_machine, machine_file

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "data" / "bundles"
SECONDS = 280
REPLAY_EACH = """
import json, sys
from pathlib import Path
from typer.testing import CliRunner
from cli import app

for bundle in sys.argv[2:]:
    done = CliRunner().invoke(app, ["replay", bundle, "--json"], catch_exceptions=False)
    said = {"code": done.exit_code, "rows": json.loads(done.stdout), "said": done.stderr.splitlines()}
    Path(sys.argv[1], Path(bundle).stem).write_text(json.dumps(said))
"""
"""One process for all: TensorFlow is imported once. No two bundles ask the same model to run on different
libraries.
"""

pytestmark = [pytest.mark.models, pytest.mark.processes]
each_bundle = pytest.mark.parametrize("name", RECIPES)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory) -> dict[str, dict[str, Any]]:
    """What the command says of each bundle, where nothing has been converted or stored before."""
    folder = tmp_path_factory.mktemp("replayed")
    left_out = ("VITRINE_BACKEND", "VITRINE_MODEL_SOURCE")
    own = {name: str(folder / name) for name in ("VITRINE_MODELS", "VITRINE_CACHE", "VITRINE_OWN")}
    env = {name: value for name, value in os.environ.items() if name not in left_out} | own
    bundles = [str(FOLDER / f"{name}.zip") for name in RECIPES]
    done = subprocess.run(
        [sys.executable, "-c", REPLAY_EACH, folder, *bundles],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: json.loads((folder / name).read_text()) for name in RECIPES}


OTHER_BAND = {(method, "0") for method in ("sobol", "hsic", "lime", "kernelshap")}
"""Values as they were: the bands of these methods are others since the bundles were made."""


@cache
def manifests(name: str) -> list[dict[str, Any]]:
    """Of the maps in a bundle, in order."""
    with zipfile.ZipFile(FOLDER / f"{name}.zip") as archive:
        folders = [item["folder"] for item in json.loads(archive.read("bundle.json"))["items"]]
        return [json.loads(archive.read(f"{folder}/manifest.json")) for folder in folders]


def what_is_different(name: str, done: dict[str, Any]) -> list[str]:
    """What may change the last digits here: facts of the machine, and what the command says of libraries and
    of what ran the model.
    """
    kept, here = json.loads(machine_file(FOLDER, name).read_text()), facts_of_this_machine()
    machine = [f"{fact} was {kept[fact]}, now {here[fact]}" for fact in kept if kept[fact] != here[fact]]
    said = dict.fromkeys(line.partition(": ")[2] for line in done["said"])
    return machine + [sentence for sentence in said if " was " in sentence and ", now " in sentence]


@each_bundle
def test_every_map_is_within_the_tolerance(replayed, name):
    different = what_is_different(name, replayed[name])
    if RECIPES[name].backend == "bf16" and different:
        pytest.skip(f"half precision is compared on one kind of machine only: {'; '.join(different)}")
    rows, before = replayed[name]["rows"], manifests(name)
    assert [(row["method"], row["target"]) for row in rows] == [
        (found["method"], found["target"]["label"]) for found in before
    ]
    assert {row["result"] for row in rows} <= {"same", "within"} and replayed[name]["code"] == 0, (
        rows,
        different,
    )


@each_bundle
def test_every_map_is_the_same_bit_for_bit(replayed, name):
    different = what_is_different(name, replayed[name])
    if different:
        pytest.skip(f"bits are compared where all is as it was: {'; '.join(different)}")
    changed = [row for row in replayed[name]["rows"] if row["result"] != "same"]
    assert [row for row in changed if (row["method"], row["difference"]) not in OTHER_BAND] == []


def test_what_is_kept_covers_each_way_to_run_a_model_both_tasks_and_each_pass():
    kept = [found for name in RECIPES for found in manifests(name)]
    assert {found["provenance"]["versions"]["forward"] for found in kept} == {
        "TensorFlow",
        "OpenVINO f32",
        "OpenVINO bf16",
    }
    assert {found["provenance"]["model"] for found in kept} == {recipe.model for recipe in RECIPES.values()}
    kinds = {found["target"]["kind"] for found in kept}
    assert kinds == {"ZoneTarget", "BorderTarget", "SharedBorderTarget", "ClassTarget", "ClassContrast"}
    assert any(
        found["cost"]["forwards"] < 64 * 18 for found in kept if found["params"].get("until") == "draft"
    )
    assert len({found["method"] for found in kept}) == 18
