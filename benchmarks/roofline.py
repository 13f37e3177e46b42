"""Roofline of each model: the arithmetic of a run, the rate that is reached, and its share of what a large
product of matrices reaches in the same process, in turn with it.

Other programs make both slower, so the share carries over where the rates do not. Multiplications and
additions are those of convolutions and products of matrices in the graph that OpenVINO reads; what else there
is (norms, activations, resizing) takes time and counts as nothing.

Williams, Waterman and Patterson 2009, Roofline: https://doi.org/10.1145/1498765.1498785
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.races.scenes import image_of
from benchmarks.races.tables import spread, table
from engine.arrays import Floats, Reals
from engine.batches import batch_size
from engine.model import LoadedModel
from model_store.backends.converted import NETWORK, converted_folder
from model_store.catalogue import CATALOGUE, ModelRef, model_facts
from model_store.loading.load import load_model

SIDE = 2048
"""Of the square matrices."""

ROUNDS = 5
COLUMNS = ("model", "size, px", "GMAC a run", "ms a run", "GFLOP/s", "of the peak, %", "by")


@dataclass(frozen=True, eq=False)
class Roofline:
    """What a model reaches.

    Attributes:
        macs: multiplications, each with its addition, of one image.
        seconds: float64 (rounds,): of one image.
        peak: float64 (rounds,): operations a second of the product of matrices, beside each.
    """

    macs: int
    seconds: Reals
    peak: Reals

    @property
    def rates(self) -> Reals:
        """float64 (rounds,): operations a second, two for each multiplication with its addition."""
        return 2 * self.macs / self.seconds

    @property
    def shares(self) -> Reals:
        """float64 (rounds,): of the peak beside it, 0-1."""
        return self.rates / self.peak


def report() -> str:
    """A row for each shipped model."""
    rows = [_row(key) for key, entry in CATALOGUE.items() if entry.shipped]
    said = (
        "GMAC: thousand millions of multiplications, each with its addition, in convolutions and products "
        f"of matrices. The peak is a product of two matrices of {SIDE:,} x {SIDE:,} in float32 in the same "
        f"process, in turn with the model; medians of {ROUNDS} rounds, with least and greatest."
    )
    return f"## Roofline\n\n{said}\n\n{table(COLUMNS, rows)}\n"


def _row(key: str) -> list[str]:
    """The cells of a model."""
    model, image = load_model(ModelRef(key)), image_of(key)
    size_hw = image.shape[:2]
    found = roofline_of(model, image, macs_of(_network(key), size_hw))
    return [
        key,
        f"{size_hw[0]} x {size_hw[1]}",
        f"{found.macs / 1e9:.2f}",
        spread(1000 * found.seconds),
        spread(found.rates / 1e9, ".0f"),
        f"**{spread(100 * found.shares, '.0f')}**",
        model.backend.name,
    ]


def _network(key: str) -> Path:
    return converted_folder(model_facts(ModelRef(key))) / NETWORK


def roofline_of(model: LoadedModel, image: Floats, macs: int) -> Roofline:
    """A model in turn with the product of matrices, in the batches of a pass."""
    step = batch_size(image.shape[:2])
    images = np.repeat(image[None], step, axis=0)
    matrices = np.random.default_rng(0).standard_normal((2, SIDE, SIDE)).astype(np.float32)

    def forward() -> object:
        return model.score_batch(images, "probability")

    def product() -> object:
        return matrices[0] @ matrices[1]

    pairs = np.array(list(_in_turn([forward, product], ROUNDS)))
    return Roofline(macs, pairs[:, 0] / step, 2 * SIDE**3 / pairs[:, 1])


def _in_turn(works: Sequence[Callable[[], object]], rounds: int) -> Iterator[list[float]]:
    """Seconds of each work in each round, after a first time that does not count."""
    for number in range(rounds + 1):
        seconds = [_seconds(work) for work in works]
        if number:
            yield seconds


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def macs_of(network: Path, size_hw: tuple[int, int]) -> int:
    """Multiplications, each with its addition, of one image in a network as OpenVINO reads it.

    Args:
        network: an .xml.
        size_hw: of the image, pixels.
    """
    model = import_module("openvino").Core().read_model(network)
    model.reshape([1, *size_hw, 3])
    return sum(COUNTS[one.get_type_name()](one) for one in model.get_ops() if one.get_type_name() in COUNTS)


def _convolution(operation: Any) -> int:
    """Each output value is a product with a kernel of all channels: weights (out, in, h, w)."""
    return _output(operation) * int(np.prod(_shape(operation, 1)[1:]))


def _grouped(operation: Any) -> int:
    """The same within a group: weights (groups, out, in, h, w)."""
    return _output(operation) * int(np.prod(_shape(operation, 1)[2:]))


def _transposed(operation: Any) -> int:
    """Each input value meets a kernel for all channels: weights (in, out, h, w)."""
    return int(np.prod(_shape(operation, 0))) * int(np.prod(_shape(operation, 1)[1:]))


def _product(operation: Any) -> int:
    """Each output value is a product over the axis that both share."""
    turned = operation.get_attributes()["transpose_a"]
    return _output(operation) * _shape(operation, 0)[-2 if turned else -1]


def _output(operation: Any) -> int:
    return int(np.prod(list(operation.output(0).shape)))


def _shape(operation: Any, place: int) -> list[int]:
    return list(operation.input(place).get_shape())


COUNTS: dict[str, Callable[[Any], int]] = {
    "Convolution": _convolution,
    "GroupConvolution": _grouped,
    "ConvolutionBackpropData": _transposed,
    "MatMul": _product,
}
"""By the operation's type in OpenVINO's operation set."""
