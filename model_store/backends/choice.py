"""Choice of the forward backend: TensorFlow, or OpenVINO where it is quicker on this machine and agrees.

The first time that a model is loaded on a machine, its network is converted, checked against TensorFlow and
timed; what was found is kept on disk with the converted network, so that from then on the model answers
without importing TensorFlow.
"""

import hashlib
import logging
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from engine.arrays import Floats
from engine.batches import batch_size
from engine.model import OPENVINO_BF16, OPENVINO_F32, Backend, LoadedModel, ModelFacts
from engine.phrase import Phrase
from model_store.backends.agreement import Forward, disagreement
from model_store.backends.converted import (
    NETWORK,
    Converted,
    converted_folder,
    keep_network,
    keep_record,
    read_converted,
)
from model_store.backends.gradient_choice import GradientPlace
from model_store.backends.openvino_forward import OpenvinoForward, Precision, can_run, convert
from model_store.backends.quick_model import QuickModel
from model_store.base import runtime
from model_store.base.entries import Policy
from model_store.base.folders import reason_of
from model_store.base.timing import cores, is_busy, time_of
from model_store.base.trials import TRIAL_HW, trial_pictures
from model_store.network.traced_model import TracedModel
from settings import settings

TENSORFLOW = Backend.name
PRECISIONS: Mapping[str, Precision] = {OPENVINO_F32: "f32", OPENVINO_BF16: "bf16"}
ALLOWED: Mapping[str, tuple[Precision, ...]] = {"auto": ("f32",), "tensorflow": (), "bf16": ("f32", "bf16")}
ROUNDS = 3
WORTH_IMPORTING = 1.15
"""TensorFlow is preferred where it is so many times faster: else a model answers seconds earlier without it.
"""

logger = logging.getLogger(__name__)


def quickest(facts: ModelFacts, policy: Policy, load: Callable[[], TracedModel]) -> LoadedModel:
    """A model on what runs it fastest here.

    Args:
        facts: what is known of it.
        policy: the size at which it looks at pictures.
        load: the model on TensorFlow.

    Raises:
        ModelError: it cannot be loaded.
        SettingError: ``VITRINE_BACKEND`` has another value.
    """
    allowed = ALLOWED[settings().backend]
    if not allowed or find_spec("openvino") is None:
        return load()
    folder, machine = converted_folder(facts), machine_name(allowed)
    known = read_converted(folder)
    whole = None
    if known is None or machine not in known.machines:
        whole = load()
        known = _examined(whole, policy, folder, allowed)
    backend = known.machines[machine]
    chosen: TracedModel | QuickModel
    if backend.name == TENSORFLOW:
        chosen = whole or load()
    else:
        place = GradientPlace(folder, machine, policy.size_hw(TRIAL_HW), known)
        forward = OpenvinoForward(folder / NETWORK, PRECISIONS[backend.name])
        chosen = QuickModel(facts, policy, place, forward, lambda: whole or load())
    chosen.backend = backend
    return chosen


def known_backend(facts: ModelFacts) -> Backend | None:
    """What runs a model here, where that was found out and kept; None before. Nothing is loaded."""
    known = read_converted(converted_folder(facts))
    machine = machine_name(ALLOWED[settings().backend])
    return None if known is None else known.machines.get(machine)


def machine_name(allowed: tuple[Precision, ...]) -> str:
    """A name that changes whenever the choice might: processor, cores, graphics card, libraries, and what is
    allowed.
    """
    libraries = [_version(name) for name in ("tensorflow", "openvino")]
    parts = [
        platform.machine(),
        _processor(),
        str(os.cpu_count()),
        str(Path("/dev/nvidia0").exists()),
        *libraries,
        *allowed,
    ]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    """Model and abilities of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return "".join(sorted({line for line in lines if line.startswith(("model name", "flags"))}))


def _examined(model: TracedModel, policy: Policy, folder: Path, allowed: tuple[Precision, ...]) -> Converted:
    """What is known of a model once it has been converted, checked and timed on this machine."""
    known = read_converted(folder) or Converted(model.target_layers, model.traits)
    backend = _tried(model, policy, folder, allowed)
    logger.info("%s runs on %s", model.facts.title, backend)
    known = replace(known, machines=known.machines | {machine_name(allowed): backend})
    if not (
        backend.seconds and is_busy()
    ):  # what was measured beside other work holds for now, and is not kept
        try:
            keep_record(folder, known)
        except OSError:
            logger.info("what runs %s cannot be noted in %s", model.facts.title, folder, exc_info=True)
    return known


def _tried(model: TracedModel, policy: Policy, folder: Path, allowed: tuple[Precision, ...]) -> Backend:
    """The best that was found; whatever goes wrong, TensorFlow stays."""
    if runtime.tensorflow().config.list_physical_devices("GPU"):
        return Backend(
            refused={"OpenVINO": Phrase("a graphics card is present, where TensorFlow is fastest")}
        )
    try:
        keep_network(folder, lambda path: convert(model.frozen(), path))
        return choose_backend(model, folder / NETWORK, policy.size_hw(TRIAL_HW), allowed)
    except (
        Exception
    ) as error:  # the converter raises what it likes, RuntimeError for the most part, and a disk may be full
        logger.info("%s stays on TensorFlow", model.facts.title, exc_info=True)
        return Backend(refused={"OpenVINO": reason_of(error)})


def choose_backend(
    model: TracedModel, network: Path, size_hw: tuple[int, int], allowed: tuple[Precision, ...]
) -> Backend:
    """The fastest that agrees with TensorFlow, with what was measured."""
    pictures = trial_pictures(size_hw, batch_size(size_hw))
    candidates: dict[str, Forward] = {TENSORFLOW: model.score_batch}
    differences: dict[str, float] = {TENSORFLOW: 0.0}
    refused: dict[str, str] = {}
    for name, precision in PRECISIONS.items():
        if precision not in allowed:
            continue
        if not can_run(precision):
            refused[name] = Phrase("this processor does not have it")
            continue
        forward = OpenvinoForward(network, precision)
        differences[name], reason = disagreement(model.score_batch, forward, pictures, precision)
        if reason:
            refused[name] = reason
        else:
            candidates[name] = forward
    seconds = _timed(candidates, pictures)
    handicap = {TENSORFLOW: WORTH_IMPORTING}
    name = min(seconds, key=lambda candidate: seconds[candidate] * handicap.get(candidate, 1.0))
    return Backend(name, seconds, differences[name], refused)


def _timed(candidates: Mapping[str, Forward], pictures: Floats) -> dict[str, float]:
    """Seconds per picture of each: the best of alternating rounds, since other programs can only make one
    look slower.
    """
    shared = cores() if is_busy() else 0
    rounds = [
        {name: _seconds(forward, pictures, shared) for name, forward in candidates.items()}
        for _ in range(ROUNDS)
    ]
    return {name: float(np.min([seconds[name] for seconds in rounds])) for name in candidates}


def _seconds(forward: Forward, pictures: Floats, shared: int) -> float:
    """Seconds per picture; where so many cores are shared its processor time, as if it had them all for
    itself.
    """
    seconds, spent = time_of(lambda: forward(pictures, "probability"))
    return (min(seconds, spent / shared) if shared else seconds) / len(pictures)
