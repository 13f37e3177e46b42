"""Toy models that workers find by their key, with the log of what they ran."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.errors import ModelError
from engine.model import ModelFacts, Space
from model_store.catalogue import ModelRef
from tests.toys import FACTS, QuarterSegmenter

LOG_VARIABLE = "VITRINE_TEST_LOG"
SECONDS = {"toy": 0.0, "slow": 0.01, "broken": 0.0, "deadly": 0.0}


class BreaksOnPurpose(Exception):
    """An error of the model's own kind, which the server must never need to import."""


@dataclass
class LoggingSegmenter(QuarterSegmenter):
    """Looks at one quarter, takes its time for each picture, and writes a line for each batch."""

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        line = f"{os.getpid()} {self.facts.key} {len(pictures)} {time.time()}\n"
        with Path(os.environ[LOG_VARIABLE]).open("a") as log:
            log.write(line)
        if self.facts.key == "broken" and len(pictures) > 1:
            raise BreaksOnPurpose("on purpose")
        time.sleep(SECONDS[self.facts.key] * len(pictures))
        return super().score_batch(pictures, space)


class ToySource:
    """A source of toy models."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        if ref.key not in SECONDS:
            raise ModelError("There is no model called {key}.", key=ref.key)
        return replace(FACTS, key=str(ref), fingerprint=f"toy-{ref}")

    def get(self, ref: ModelRef) -> LoggingSegmenter:
        return LoggingSegmenter(self.facts(ref))
