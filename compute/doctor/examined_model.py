"""A model under examination, and what its outputs on noise tell."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from compute.doctor.diagnosis import Remark
from engine.arrays import Floats
from engine.model import LoadedModel, Space
from model_store.exchange.network import ExchangeNetwork
from model_store.loading.inspection import Inspection
from model_store.network.layer_gradients import Network
from model_store.own.model import OutputKind

SURE_SUM = 0.02


@dataclass(frozen=True, eq=False)
class TriedNetwork:
    """A network as it is going to be used.

    Attributes:
        network: without preprocessing.
        converted: whether it is a Keras model made of another graph.
        remarks: why it is none, where it could have been.
    """

    network: Network | ExchangeNetwork
    converted: bool = False
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, eq=False)
class ExaminedModel:
    """A model under examination, without preprocessing.

    Attributes:
        path: its file or folder.
        inspection: what its network shows of itself.
        model: loaded, with names in place of its labels.
        size_hw: of the trial pictures.
        before_mb: memory of the process before it was loaded.
        tried: how its network is used.
    """

    path: Path
    inspection: Inspection
    model: LoadedModel
    size_hw: tuple[int, int]
    before_mb: int
    tried: TriedNetwork

    @cached_property
    def sums(self) -> tuple[float, float]:
        """Smallest and largest sum of the outputs over the classes."""
        sums = self.outputs.sum(-1)
        return float(sums.min()), float(sums.max())

    @cached_property
    def outputs(self) -> Floats:
        """What its last step gives for a picture of noise, and one of half the contrast."""
        noise = np.random.default_rng(0).uniform(0, 1, (1, *self.size_hw, 3)).astype(np.float32)
        return np.concatenate([self._given(noise), self._given(noise * 255)])

    def _given(self, pixels: Floats) -> Floats:
        space: Space = "probability" if self.inspection.output_activation else "logit"
        outputs = self.model.score_batch(pixels, space)
        return outputs[..., -1:] if self.inspection.alone else outputs

    @cached_property
    def answer(self) -> OutputKind:
        """What its last step gives, by its graph, or by the range and the sums of its outputs."""
        if self.inspection.output_activation or self.inspection.certain:
            return self.inspection.output_activation or "logits"
        if self.outputs.min() < 0 or self.outputs.max() > 1:
            return "logits"
        return "softmax" if np.ptp([*self.sums, 1.0]) < SURE_SUM and not self.inspection.alone else "sigmoid"

    def probabilities(self, pixels: Floats) -> Floats:
        """Probabilities of what the network is given."""
        if self.inspection.output_activation or self.answer == "logits":
            return self.model.score_batch(pixels, "probability")
        outputs = self.model.score_batch(pixels, "logit")
        yes = outputs[..., -1:]
        return np.concatenate([1 - yes, yes], -1) if self.inspection.alone else outputs
