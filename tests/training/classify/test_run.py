"""A run of a few steps resumes to the same numbers; colours are learnt."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.classify.conftest import tiny
from training.classify.run import ClassifierRun
from training.loop import Places


def run_steps(data: Path, run: Path, kind: str, stop_after: int | None = None) -> list[np.ndarray]:
    """State after a run of four steps, or of fewer of them."""
    whole = ClassifierRun(tiny(kind), Places(data, run, data / "no-teacher"))
    step = whole._step

    def stopping(crops):  # type: ignore[no-untyped-def]
        step(crops)
        whole.stopped = whole.position.step == stop_after

    whole._step = stopping  # type: ignore[method-assign]
    whole.train()
    return [variable.numpy() for variable in whole.learner.optimiser.state]


@pytest.mark.parametrize("kind", ["vgg", "inception"])
def test_resumed_run_ends_at_the_same_state_and_writes_logs(data: Path, tmp_path: Path, kind: str) -> None:
    expected = run_steps(data, tmp_path / "whole", kind)
    run_steps(data, tmp_path / "parts", kind, stop_after=2)
    resumed = run_steps(data, tmp_path / "parts", kind)
    assert max(float(np.abs(one - other).max()) for one, other in zip(expected, resumed, strict=True)) < 1e-5
    assert list((tmp_path / "parts" / "logs").glob("events*"))
