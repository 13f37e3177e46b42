"""What the randomisation test asks of a method, and which networks it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.method import Method
from engine.methods import get_method
from engine.params import ParamInfo, Params, describe_params
from engine.target_sets import TargetIndex
from model_store.base.randomised import FULL
from model_store.catalogue import ModelRef

LIGHTER = 4
"""Samples are divided by it: a comparison over many networks needs less of each map than a person does."""
SPACE = "logit"
"""Random networks answer nearly the same probability for all classes, which says nothing."""

TRAINED = (0, 0)
"""The part that asks the model as it is."""


@dataclass(frozen=True)
class AskedMethod:
    """A method and its parameters.

    Attributes:
        key: in the table.
        params: of the method's own type.
    """

    key: str
    params: Params

    @property
    def about(self) -> Method:
        """The method's row in the table."""
        return get_method(self.key)


def asked_method(method: Method) -> AskedMethod:
    """A method with the parameters of the test: the default ones, logits, and fewer samples."""
    infos = describe_params(method.params)
    lighter = {info.name: _less(info) for info in infos if info.scale == "double" and info.low is not None}
    space = {info.name: SPACE for info in infos if info.name == "space"}
    return AskedMethod(method.key, method.params(**lighter, **space))


def _less(info: ParamInfo) -> int:
    return int(max(info.low or 0, info.default // LIGHTER))


@dataclass(frozen=True)
class Networks:
    """The networks that are asked.

    Attributes:
        seeds: fully random ones.
        cascade: seeds of each depth before that; 0: the full depth alone.
    """

    seeds: int = 5
    cascade: int = 2

    @property
    def parts(self) -> Sequence[tuple[int, int]]:
        """Depth and seed of each, the model itself first, then those that a verdict needs."""
        full = [(FULL, seed) for seed in range(self.seeds)]
        above = [(depth, seed) for seed in range(self.cascade) for depth in range(1, FULL)]
        return [TRAINED, *full, *above]


USUAL_NETWORKS = Networks()
OWN_NETWORKS = Networks(5, 1)
"""Those that are asked about an image on a page."""


@dataclass(frozen=True)
class SanitySpec:
    """What workers are told.

    Attributes:
        ref: the model, as it was trained.
        asked: methods with their parameters.
        wanted: index of the target in ``prediction.targets``, or of two classes.
        networks: which ones are asked.
    """

    ref: ModelRef
    asked: tuple[AskedMethod, ...]
    wanted: TargetIndex
    networks: Networks = USUAL_NETWORKS
