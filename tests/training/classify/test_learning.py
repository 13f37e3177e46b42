"""The loss by hand, and that a few steps lower it."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.training.classify.conftest import tiny
from training.classify.batches import BatchSampler
from training.classify.config import TrainingStage
from training.classify.learning import ClassifierLearner, cross_entropy
from training.classify.memory import load_material
from training.classify.networks import build_classifier

pytestmark = pytest.mark.models


def test_uniform_logits_cost_the_logarithm_of_the_open_classes() -> None:
    logits = tf.constant([[0.0, 0.0, -1e9, 0.0]])
    assert float(cross_entropy(logits, tf.constant([[0.2, 0.8, 0.0, 0.0]]))) == pytest.approx(
        np.log(3), rel=1e-5
    )


def test_loss_falls(data: Path) -> None:
    config = tiny()
    learner = ClassifierLearner(build_classifier(config.body, 3, 1), config)
    batch = BatchSampler(config, load_material(config, data), None).draw(0, TrainingStage(1.0, 32, own=0.6))
    losses = [learner.learn(batch, step, 3e-3)[0] for step in range(25)]
    assert losses[-1] < 0.7 * losses[0]
