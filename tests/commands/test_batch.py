"""The command `batch`: what it says, how it ends, and how it goes on after Ctrl-C and after it was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from engine.errors import VitrineError
from tests.commands.slow_source import KEY, LOG_VARIABLE, SECONDS_VARIABLE, SOURCE
from tests.harness.waits import wait_for

ROOT = Path(__file__).parents[2]
FAST = ("--set", "designs=8", "--set", "grid=4", "--set", "replicates=4")
PASS = 8 * (4 * 4 + 2)
PICTURES = 4


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Words of the command line about four good pictures and a bad one."""
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", SOURCE)
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(PICTURES):
        pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{seed}.png")
    (folder / "1-bad.png").write_bytes(b"no picture")
    return ("batch", "--model", KEY, "--images", str(folder), "--out", str(tmp_path / "out"), *FAST)


def say(*words):
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def runs(tmp_path):
    return sum(map(int, (tmp_path / "log").read_text().split()))


def begin(asked, tmp_path):
    """The command in a process of its own, as soon as one picture is done."""
    environment = {**os.environ, SECONDS_VARIABLE: "0.003"}
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import cli; cli.main()",
            *asked,
        ],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: process.poll() is not None or list((tmp_path / "out").glob("maps/*.npz")), 60)
    assert process.poll() is None
    return process


@pytest.mark.slow
def test_it_says_what_it_did_and_does_nothing_twice(asked, tmp_path):
    said = say(*asked)
    assert "5 pictures, 0 of them done before; runs for each other one: 144" in said
    assert (
        "1-bad.png: This file cannot be read" in said
        and "4 pictures explained" in said
        and "1 failed" in said
    )
    assert pq.read_table(tmp_path / "out" / "scores.parquet").num_rows == PICTURES + 1
    before = runs(tmp_path)
    assert "0 pictures explained" in say(*asked) and runs(tmp_path) == before
    assert "0 of them done" in say(*asked, "--set", "seed=5") and runs(tmp_path) >= before + PICTURES * PASS


def test_where_few_superpixels_need_fewer_runs_the_command_says_at_most(asked, tmp_path):
    say(*asked, "--out", tmp_path / "before")  # now a run is timed
    before = runs(tmp_path)
    few = ("samples=100", "seeds=3", "n_segments=5", "compactness=100", "sigma=5", "fill=black")
    said = say(
        *asked[: -len(FAST)], "--method", "kernelshap", *(word for one in few for word in ("--set", one))
    )
    assert "runs for each other one: at most 302" in said and "4 pictures explained" in said
    read = pq.read_table(tmp_path / "out" / "scores.parquet").to_pylist()
    forwards = {row["picture"]: row["runs"] for row in read if row["error"] is None}
    assert len(forwards) == PICTURES and all(8 <= count <= 256 for count in forwards.values())
    assert runs(tmp_path) - before < sum(forwards.values()) + 5 * PICTURES


@pytest.mark.processes
def test_after_ctrl_c_the_same_command_goes_on(asked, tmp_path):
    process = begin(asked, tmp_path)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    done = len(list((tmp_path / "out").glob("maps/*.npz")))
    assert process.returncode == 130 and 1 <= done < PICTURES
    assert f"Stopped: {done} of 5 pictures are done. The same command goes on" in errors
    rows = pq.read_table(tmp_path / "out" / "scores.parquet").to_pylist()
    assert sum(row["error"] is None for row in rows) == done and not list(tmp_path.rglob(".work-*"))
    assert f"{PICTURES - done} pictures explained" in say(*asked)
    assert pq.read_table(tmp_path / "out" / "scores.parquet").num_rows == PICTURES + 1


@pytest.mark.processes
def test_a_killed_run_is_taken_up_where_it_was(asked, tmp_path):
    process = begin(asked, tmp_path)
    process.kill()
    process.communicate(timeout=60)
    done = len(list((tmp_path / "out").glob("maps/*.npz")))
    before = runs(tmp_path)
    assert f"{done} of them done before" in say(*asked)
    assert (PICTURES - done) * PASS <= runs(tmp_path) - before < (PICTURES - done) * PASS * 1.3
    rows = pq.read_table(tmp_path / "out" / "scores.parquet").to_pylist()
    assert sum(row["error"] is None for row in rows) == PICTURES


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--method", "tarot"), "There is no method 'tarot'"),
        (("--set", "designs=7"), "Samples"),
        (("--images", "nowhere"), "nowhere is not a folder"),
        (("--out", "README.md/out"), "cannot be made"),
        (("--model", "oracle"), "streets-segformer"),
    ],
)
def test_wrong_questions_get_one_sentence(asked, words, sentence):
    with pytest.raises(VitrineError, match=sentence):
        say(*asked, *words)
