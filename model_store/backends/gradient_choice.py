"""Choice of what computes gradients: OpenVINO where they agree with TensorFlow's, else TensorFlow.

It is made when gradients of a model are first needed on a machine, or ahead by `prepare`, and kept on disk
with the network: from then on no process needs TensorFlow for them.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.arrays import Floats
from engine.model import INPUT, OPENVINO_F32, Backend, LayerGradients, ReluRule
from engine.phrase import Phrase, later
from model_store.backends.converted import GRADIENTS, Converted, add_network, keep_record, read_converted
from model_store.backends.openvino_forward import convert
from model_store.backends.openvino_gradients import OpenvinoGradients
from model_store.base.folders import reason_of
from model_store.base.timing import time_of
from model_store.base.trials import trial_pictures
from model_store.network.input_gradients import LETS_PASS
from model_store.network.traced_model import TracedModel

LARGEST_SHARE = 1e-4
"""Of the largest value of a map: so much may a value differ from TensorFlow's."""

WORTH_WAITING = 2.0
"""TensorFlow is preferred where its gradients take so many times less processor time."""

DIFFERENT = later("its gradients differ by up to {difference:.2g} of the largest value of a map")
SLOWER = later("its gradients take {times:.1f} times the processor time of TensorFlow's")

logger = logging.getLogger(__name__)


class Derives(Protocol):
    """What computes gradients; see ``engine.model.LoadedModel``."""

    def layer_gradients(
        self, pictures: Floats, weights: Floats, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]: ...

    def input_gradients(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats: ...


@dataclass(frozen=True)
class GradientPlace:
    """Where the gradients of a model are kept.

    Attributes:
        folder: of its converted network.
        machine: name of this machine in the record.
        size_hw: height and width of the pictures on which both ways are compared.
        record: what is known of the model.
    """

    folder: Path
    machine: str
    size_hw: tuple[int, int]
    record: Converted

    def known(self) -> Backend | None:
        """What was found out; None where nothing was tried."""
        known = read_converted(self.folder)
        return None if known is None else known.gradients.get(self.machine)

    def compiled(self) -> OpenvinoGradients:
        """The gradients by OpenVINO."""
        names = [layer.name for layer in self.record.target_layers]
        return OpenvinoGradients(self.folder / GRADIENTS, names)


def find_gradients(
    place: GradientPlace, whole: Callable[[], TracedModel]
) -> tuple[Backend, OpenvinoGradients | None]:
    """What computes the gradients of a model here, and OpenVINO's where that is it.

    Args:
        place: where they are kept.
        whole: gives the model on TensorFlow, where nothing was tried before.
    """
    backend = place.known()
    if backend is None:
        backend = _tried(whole(), place)
        _keep(place, backend)
    return backend, place.compiled() if backend.name == OPENVINO_F32 else None


def _keep(place: GradientPlace, backend: Backend) -> None:
    now = read_converted(place.folder) or place.record
    try:
        keep_record(place.folder, replace(now, gradients=now.gradients | {place.machine: backend}))
    except OSError:
        logger.info("what computes gradients cannot be noted in %s", place.folder, exc_info=True)


def _tried(model: TracedModel, place: GradientPlace) -> Backend:
    """OpenVINO where it agrees; whatever goes wrong, TensorFlow stays."""
    try:
        add_network(place.folder, GRADIENTS, lambda path: convert(model.frozen_with_layers(), path))
        backend = compare_gradients(model, place.compiled(), place.size_hw)
    except Exception as error:  # reading, building and compiling raise what they like; a disk may be full
        logger.info("gradients of %s stay on TensorFlow", model.facts.title, exc_info=True)
        backend = Backend(refused={OPENVINO_F32: reason_of(error)})
    if backend.name != OPENVINO_F32:
        for suffix in (".xml", ".bin"):
            (place.folder / GRADIENTS).with_suffix(suffix).unlink(missing_ok=True)
    return backend


def compare_gradients(model: TracedModel, other: Derives, size_hw: tuple[int, int]) -> Backend:
    """OpenVINO if its gradients by the picture, with each rule, and by each layer agree with TensorFlow's."""
    pictures = trial_pictures(size_hw, 1)
    shape = model.score_batch(pictures, "logit").shape
    weights = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    difference = max(_differences(model, other, pictures, weights))
    if not difference <= LARGEST_SHARE:
        return Backend(refused={OPENVINO_F32: Phrase(DIFFERENT, difference=difference)})
    seconds = {
        name: min(_seconds(one, pictures, weights) for _ in range(3))
        for name, one in ((Backend.name, model), (OPENVINO_F32, other))
    }
    times = seconds[OPENVINO_F32] / seconds[Backend.name]
    if times > WORTH_WAITING:
        return Backend(seconds=seconds, refused={OPENVINO_F32: Phrase(SLOWER, times=times)})
    return Backend(OPENVINO_F32, seconds, difference)


def _seconds(one: Derives, pictures: Floats, weights: Floats) -> float:
    """For a gradient by a picture: the clock's, or those of the processor where there are fewer."""
    return min(time_of(lambda: one.input_gradients(pictures, weights, "plain")))


def _differences(model: TracedModel, other: Derives, pictures: Floats, weights: Floats) -> Iterator[float]:
    """How far maps are apart, as shares of the largest value of each."""
    rules: tuple[ReluRule, ...] = tuple(LETS_PASS) if "relu" in model.traits else ("plain",)
    for rule in rules:
        yield _share(*(one.input_gradients(pictures, weights, rule) for one in (model, other)))
    names = tuple(layer.name for layer in model.target_layers if layer.name != INPUT)
    wanted, found = (one.layer_gradients(pictures, weights, names) for one in (model, other))
    for name in names:
        yield _share(wanted[name].activation, found[name].activation)
        yield _share(wanted[name].gradient, found[name].gradient)


def _share(wanted: Floats, found: Floats) -> float:
    greatest = float(np.abs(wanted).max())
    apart = float(np.abs(wanted - found).max())
    return apart / greatest if greatest > 0 else float(apart > 0)
