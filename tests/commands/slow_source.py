"""A model that takes its time, under the key of a shipped one, with a log of the pictures that it ran."""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.model import ModelFacts, Space
from model_store.catalogue import ModelRef
from tests.toys import FACTS, QuarterSegmenter

SOURCE = f"{__name__}:SlowSource"
KEY = "streets-unet"
LOG_VARIABLE, SECONDS_VARIABLE = "VITRINE_TEST_LOG", "VITRINE_TEST_SECONDS"


@dataclass
class SlowCommandSegmenter(QuarterSegmenter):
    """Looks at one quarter, and takes as long for a picture as the environment says."""

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        with Path(os.environ[LOG_VARIABLE]).open("a") as log:
            log.write(f"{len(pictures)}\n")
        time.sleep(float(os.environ.get(SECONDS_VARIABLE, "0")) * len(pictures))
        return super().score_batch(pictures, space)


class SlowSource:
    """The same model under every key."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        return replace(FACTS, key=str(ref))

    def get(self, ref: ModelRef) -> SlowCommandSegmenter:
        return SlowCommandSegmenter(self.facts(ref))
