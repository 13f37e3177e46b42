"""Keras' fit writes the row of its run, and ends where people wish so."""

import keras
import numpy as np
import pytest

from experiments.columns import read_curves
from experiments.folders import read_experiment, run_folder
from experiments.process import express_wish
from experiments.record import Experiment
from experiments.recording import recorded
from settings import override
from training.common.recording import RunCallback

pytestmark = pytest.mark.models


class Impatient(keras.callbacks.Callback):
    """Somebody who wishes something in the middle of the second epoch."""

    def on_train_batch_begin(self, batch, logs=None):
        if self.model.optimizer.iterations == 5:
            express_wish(run_folder("toy"), "pause")


@pytest.mark.models
def test_epochs_are_written_and_wishes_heard(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    pixels = np.ones((8, 2), np.float32)
    with override(runs=str(tmp_path)):
        with recorded(Experiment("toy", "classify", "Toy", epochs_planned=9)) as run:
            callbacks = [Impatient(), RunCallback(run)]
            model.fit(pixels, pixels[:, :1], batch_size=2, epochs=9, verbose=0, callbacks=callbacks)
        row = read_experiment(run_folder("toy"))
        assert (row.state, row.epochs) == ("paused", 1)
        assert [epoch for epoch, _ in read_curves(run_folder("toy"))["loss"]] == [1]
        assert model.optimizer.iterations == 6, "it ends after the batch that it is at"
