"""Toy models that workers find by their key, with a log of every batch they ran."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.errors import ModelError
from engine.model import LayerGradients, ModelFacts, ReluRule, Space
from model_store.catalogue import ModelRef
from tests.feature_toys import ToyFeatures
from tests.filter_toys import Painter
from tests.toys import FACTS, QuarterSegmenter

SOURCE = f"{__name__}:ToySource"
LOG_VARIABLE = "VITRINE_TEST_LOG"
AWAKE = "awake.txt"
"""File beside the log that names each model that was woken."""

SLOW_SECONDS = 0.012
SECONDS_PER_PICTURE = {"toy": 0.0, "slow": SLOW_SECONDS, "mirror": SLOW_SECONDS, "broken": 0.0, "deadly": 0.0}


class BreaksOnPurpose(Exception):
    """An error of the model's own kind, which the server should never need to import."""


@dataclass
class LoggingSegmenter(Painter, QuarterSegmenter):
    """Looks at one quarter, takes its time for each picture, and writes a line before each batch; "mirror"
    looks at the opposite one.
    """

    features = ToyFeatures()

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        self._run(len(pictures))
        if self.facts.key.startswith("mirror"):
            pictures = pictures[:, ::-1, ::-1]
        return super().score_batch(pictures, space)

    def layer_gradients(
        self, pictures: np.ndarray, weights: np.ndarray, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        self._run(len(pictures))
        return super().layer_gradients(pictures, weights, target_layers)

    def input_gradients(self, pictures: np.ndarray, weights: np.ndarray, rule: ReluRule) -> np.ndarray:
        self._run(len(pictures))
        return super().input_gradients(pictures, weights, rule)

    def preload(self) -> None:
        with Path(os.environ[LOG_VARIABLE]).with_name(AWAKE).open("a") as log:
            log.write(f"{self.facts.key}\n")

    def _run(self, count: int) -> None:
        kind = self.facts.key.split("-")[0]
        with Path(os.environ[LOG_VARIABLE]).open("a") as log:
            log.write(f"{os.getpid()} {self.facts.key} {count} {time.time()}\n")
        if kind == "broken":
            raise BreaksOnPurpose("on purpose")
        if kind == "deadly":
            os.kill(os.getpid(), 9)
        time.sleep(SECONDS_PER_PICTURE[kind] * count)


class ToySource:
    """Toy models by kind; what follows a hyphen in the key makes a model of its own."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        if ref.key.split("-")[0] not in SECONDS_PER_PICTURE:
            raise ModelError("There is no model called {key}.", key=ref.key)
        return replace(FACTS, key=str(ref), fingerprint=f"toy-{ref}")

    def get(self, ref: ModelRef) -> LoggingSegmenter:
        return LoggingSegmenter(self.facts(ref))
