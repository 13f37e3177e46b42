"""A run of a few steps resumes to the same numbers; colours are learnt."""

from pathlib import Path

import numpy as np

from tests.training.classify.conftest import tiny
from training.classify.run import ClassifierRun
from training.common.loop import Places


def run_steps(data: Path, run: Path, stop_after: int | None = None) -> list[np.ndarray]:
    """State after a run of four steps, or of fewer of them."""
    whole = ClassifierRun(tiny(), Places(data, run, data / "no-teacher"))
    step = whole._step

    def stopping(crops):  # type: ignore[no-untyped-def]
        step(crops)
        whole.stopped = whole.position.step == stop_after

    whole._step = stopping  # type: ignore[method-assign]
    whole.train()
    return [variable.numpy() for variable in whole.learner.optimiser.state]


def test_resumed_run_ends_at_the_same_state_and_writes_logs(data: Path, tmp_path: Path) -> None:
    expected = run_steps(data, tmp_path / "whole")
    run_steps(data, tmp_path / "parts", stop_after=2)
    resumed = run_steps(data, tmp_path / "parts")
    assert max(float(np.abs(one - other).max()) for one, other in zip(expected, resumed, strict=True)) < 1e-5
    assert list((tmp_path / "parts" / "logs").glob("events*"))
