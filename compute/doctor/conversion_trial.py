"""Trial of a conversion: does the Keras model that was made of a graph answer as OpenVINO does?"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from compute.doctor.diagnosis import Remark
from compute.doctor.examined_model import TriedNetwork
from compute.doctor.size_trial import trial_size
from engine.arrays import Floats
from engine.images.picture import Picture
from engine.perturbation.run import fit_picture
from engine.phrase import later
from model_store.converting.values import NotConverted
from model_store.exchange.network import ExchangeNetwork
from model_store.keras.network import KerasNetwork
from model_store.loading.inspection import inspect_network
from model_store.loading.own import ReadOptions, read_network
from model_store.own.model import CONVERTIBLE, Kind, Preprocessing

LARGEST_DIFFERENCE = 1e-4
"""Of answers, as a share of the largest one."""
MOST_PICTURES = 4
_RAW = Preprocessing("raw")
_OTHERWISE = later(
    "Converted to Keras it answers differently, by up to {percent} % of the largest answer. So it is used as "
    "it is, without gradients."
)

_NO_NUMBERS = later(
    "Converted to Keras it gives other shapes, or no finite numbers. So it is used as it is, without "
    "gradients."
)


def tried_network(path: Path, kind: Kind, pictures: Sequence[Picture]) -> TriedNetwork:
    """The network in a file; its Keras twin where there is one that gives the same answers.

    Args:
        path: its file or folder.
        kind: how it is read.
        pictures: samples on which answers are compared.

    Raises:
        ModelError: it cannot be read.
    """
    options = ReadOptions(kind, _RAW, "logits")
    network = read_network(path, options)
    if kind not in CONVERTIBLE or not isinstance(network, ExchangeNetwork):
        return TriedNetwork(network)
    size_hw = trial_size(inspect_network(network, path))
    try:
        twin = read_network(path, replace(options, converted=True))
    except NotConverted as error:
        return TriedNetwork(
            network, remarks=(Remark(error.text, {name: str(value) for name, value in error.values.items()}),)
        )
    assert isinstance(twin, KerasNetwork)
    difference = largest_difference(network, twin, _inputs(network, pictures, size_hw))
    if difference <= LARGEST_DIFFERENCE:
        return TriedNetwork(twin, converted=True)
    said = {"percent": round(100 * difference, 3)} if np.isfinite(difference) else {}
    return TriedNetwork(network, remarks=(Remark(_OTHERWISE if said else _NO_NUMBERS, said),))


def largest_difference(network: ExchangeNetwork, twin: KerasNetwork, inputs: Floats) -> float:
    """Between the answers of both, as a share of the largest; infinite where they have other shapes.

    Args:
        network: on OpenVINO.
        twin: on TensorFlow.
        inputs: what they take, (N, H, W, channels).
    """
    wanted, given = network.outputs(inputs), np.asarray(twin.graph(inputs), np.float32)
    if wanted.shape != given.shape or not np.isfinite(wanted).all():
        return float("inf")
    difference = float(np.abs(wanted - given).max() / max(float(np.abs(wanted).max()), 1e-12))
    return difference if np.isfinite(difference) else float("inf")


def _inputs(network: ExchangeNetwork, pictures: Sequence[Picture], size_hw: tuple[int, int]) -> Floats:
    """Samples between -1 and 1, and noise."""
    noise = np.random.default_rng(0).uniform(0, 255, (1, *size_hw, 3)).astype(np.float32)
    seen = [fit_picture(picture, size_hw) for picture in pictures[:MOST_PICTURES]]
    scaled = np.stack([*seen, *noise]).astype(np.float32) / np.float32(127.5) - 1
    return network.input_of(scaled)
