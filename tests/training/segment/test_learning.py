"""Losses by hand, the learning rate, and a run of three steps that resumes to the same numbers."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.training.segment.conftest import tiny
from training.common.checkpoint import CheckpointError, Position, resume, save
from training.common.config import Schedule
from training.common.loop import Places, progress
from training.common.optimiser import rate
from training.segment.learning import category_weights, hard_loss, soft_loss
from training.segment.run import Run

UNIFORM = tf.zeros((1, 2, 2, 8))


def test_uniform_logits_cost_log_eight() -> None:
    labels = np.full((1, 4, 4), 3, np.uint8)
    assert float(hard_loss(UNIFORM, labels, category_weights({"object": 5.0}))) == pytest.approx(
        np.log(8), rel=1e-3
    )


def test_void_and_ignored_pixels_cost_nothing() -> None:
    labels = np.full((1, 4, 4), 255, np.uint8)
    labels[0, 0] = 0
    assert float(hard_loss(UNIFORM, labels, category_weights({}))) == 0


def test_silent_teacher_costs_nothing_and_a_loud_one_log_eight() -> None:
    soft = np.zeros((1, 2, 2, 8), np.uint8)
    assert float(soft_loss(UNIFORM, soft)) == 0
    soft[..., 4] = 255
    assert float(soft_loss(UNIFORM, soft)) == pytest.approx(np.log(8))


def test_rate_rises_stays_and_falls_to_zero() -> None:
    schedule = Schedule(learning_rate=1.0, warmup=10, decay=0.25)
    assert rate(schedule, 0, 0.0) == pytest.approx(0.1)
    assert rate(schedule, 50, 0.5) == 1
    assert rate(schedule, 50, 0.875) == pytest.approx(0.5)
    assert rate(schedule, 50, 1.0) == 0


def test_progress_counts_steps_or_time() -> None:
    assert progress(Schedule(iterations=10), Position(5, 1e9)) == 0.5
    assert progress(Schedule(minutes=10), Position(5, 150.0)) == 0.25


def run_steps(data: Path, run: Path, stop_after: int | None = None) -> list[np.ndarray]:
    """State after a run of three steps, or of fewer of them."""
    whole = Run(tiny(watch=True), Places(data, run, data / "no-teacher"))
    if stop_after is not None:
        step = whole._step

        def stopping(crops):  # type: ignore[no-untyped-def]
            step(crops)
            whole.stopped = whole.position.step >= stop_after

        whole._step = stopping  # type: ignore[method-assign]
    whole.train()
    return [variable.numpy() for variable in whole.learner.optimiser.state]


def test_resumed_run_ends_at_the_same_state_and_writes_logs(data: Path, tmp_path: Path) -> None:
    expected = run_steps(data, tmp_path / "whole")
    run_steps(data, tmp_path / "parts", stop_after=2)
    resumed = run_steps(data, tmp_path / "parts")
    assert max(float(np.abs(one - other).max()) for one, other in zip(expected, resumed, strict=True)) < 1e-6
    assert list((tmp_path / "parts" / "logs").glob("events*"))


def test_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "run", [tf.Variable(0.0), tf.Variable(1.0)], Position(1, 2.0))
    assert resume(tmp_path / "run", [tf.Variable(5.0), tf.Variable(6.0)]) == Position(1, 2.0)
    with pytest.raises(CheckpointError, match="another network"):
        resume(tmp_path / "run", [tf.Variable(0.0)])


def test_another_seed_draws_other_crops(data: Path, tmp_path: Path) -> None:
    from training.segment.batches import draw_batch, load_pools

    config = tiny()
    pools = load_pools(config, data, tmp_path)
    first, again = draw_batch(pools, config, 4), draw_batch(pools, config, 4)
    other = draw_batch(pools, dataclasses.replace(config, seed=8), 4)
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, other.pixels)
