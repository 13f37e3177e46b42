"""Contract of work that ends in attribution maps: requests for them, and the orders that answer."""

from abc import abstractmethod
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar

from compute.base.keys import FORMAT, PLAN_LIBRARIES, digest_of
from compute.work.contract import Order, Sheet, View
from compute.work.predict import Prediction
from engine.errors import ParamsError, TargetError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.method import Method
from engine.methods import get_method
from engine.params import Params, describe_params
from engine.target_sets import TargetIndex
from model_store.catalogue import ModelRef

MAX_TARGETS = 5
"""Of an order whose targets are derived one by one: the five best classes fit."""

GRADIENT_RUNS = 3
"""A gradient takes about as long as so many images that only go forward."""

Answered = tuple[TargetIndex, Explanation]


@dataclass(frozen=True, eq=False)
class MapRequest:
    """What is to be explained, how, and of which model and image.

    Attributes:
        ref: the model.
        method, params: how it is explained.
        prediction: what the model answers.
        picture: the image.
        wanted: indices in ``prediction.targets``, or pairs of classes, "the first rather than the second".
        shared: order what other methods read, too, because they are asked beside this one.
    """

    ref: ModelRef
    method: Method
    params: Params
    prediction: Prediction
    picture: Picture
    wanted: Sequence[TargetIndex]
    shared: bool = False

    def some(self, most: int) -> list[tuple[TargetIndex, ...]]:
        """The targets in groups of at most so many."""
        return [tuple(self.wanted[start : start + most]) for start in range(0, len(self.wanted), most)]


@dataclass(frozen=True)
class Recorded:
    """How the runs of an earlier explanation were cut: what the last digits of its values depend on.

    Attributes:
        forwards: how many runs were read.
        schedule: as ``engine.explanation.Provenance`` has it; anything may stand there.
    """

    forwards: int
    schedule: Mapping[str, Any] = field(default_factory=dict)


W = TypeVar("W", bound="MapOrder[Any]")
S = TypeVar("S", bound=Sheet)


class MapView(View[W, S]):
    """Attribution maps as far as they are known."""

    @abstractmethod
    def explain(self, wanted: TargetIndex, method: str = "", params: Any = None) -> Explanation | None:
        """The map of a target, or None if it is too early.

        Args:
            wanted: one of those ordered.
            method, params: how it is read, where that is not what was ordered.

        Raises:
            VitrineError: the target was not ordered, or cannot be read in this way.
        """

    def maps(self, request: MapRequest) -> Iterator[Answered]:
        """What the order knows of a request, target by target."""
        for wanted in self.order.targets_of(request):
            explanation = self.explain(wanted, request.method.key, request.params)
            if explanation is not None:
                yield wanted, explanation

    def enough(self, wanted: Sequence[TargetIndex]) -> bool:
        """Whether the maps of some targets are as good as was asked for, so that the order may end."""
        return False


MV = TypeVar("MV", bound=MapView[Any, Any])


class MapOrder(Order[MV], Generic[MV]):
    """Maps of one model on one image.

    Attributes:
        misfit: why a method is not read off this kind of work.
        costs: what a method costs at its default parameters, in words, of which there are so many ``runs``.
        most_targets: how many targets an order is about; None if it answers all that a prediction has.
        by_layer: one order answers for each layer of the network.
        prediction: of the model on the image.
        picture: the image.
    """

    misfit: ClassVar[str]
    costs: ClassVar[str]
    most_targets: ClassVar[int | None] = MAX_TARGETS
    by_layer: ClassVar[bool] = False
    prediction: Prediction
    picture: Picture

    @classmethod
    @abstractmethod
    def of(cls, request: MapRequest) -> Sequence[Self]:
        """The orders that answer a request.

        Raises:
            VitrineError: the method, its layer or a target does not fit.
        """

    @classmethod
    @abstractmethod
    def again(cls, request: MapRequest, recorded: Recorded) -> Self:
        """The order that computes the only target of a request with the same runs in the same batches as
        before, as far as the record can be believed.
        """

    @property
    def identity(self) -> Hashable:
        return self.kind, self.prediction.facts.fingerprint, self.picture.sha256, self.spec

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"targets": self.prediction.targets, "picture": self.picture}

    @property
    def makers(self) -> list[str | None]:
        """Versions of what draws the samples of a pass and scores them."""
        return [self.prediction.versions.get(name) for name in PLAN_LIBRARIES]

    def digest(self, name: str, *asked: Any) -> str:
        """Hex digest of a question about the model and the image."""
        return digest_of(FORMAT, name, self.prediction.facts.fingerprint, self.picture.sha256, *asked)

    def targets_of(self, request: MapRequest) -> Sequence[TargetIndex]:
        """What of a request this order answers."""
        return [wanted for wanted in request.wanted if wanted in self.spec.wanted]


@dataclass(frozen=True)
class MethodSpec:
    """A method asked of a model.

    Attributes:
        ref: the model.
        method: key in the table of methods.
        params: of the method's own type.
    """

    ref: ModelRef
    method: str
    params: Any

    @property
    def about(self) -> Method:
        """The method's row in the table."""
        return get_method(self.method)

    def run_params(self) -> dict[str, Any]:
        """Parameters that change the runs, without those that change only how they are read, or nothing."""
        reading = {info.name for info in describe_params(type(self.params)) if info.reading}
        return {name: value for name, value in self.params.spoken().items() if name not in reading}


def refuse_misfit(key: str, kind: type[MapOrder[Any]], params: Params) -> None:
    """Lets only a method of a kind of work through, with parameters of its own type.

    Raises:
        ParamsError: the method is read off other work, or the parameters are of another method.
    """
    method = get_method(key)
    if method.work != kind.kind:
        raise ParamsError(kind.misfit, method=method.title)
    if type(params) is not method.params:
        raise ParamsError(
            "{method} takes {wanted}; received {kind}.",
            method=method.title,
            wanted=method.params.__name__,
            kind=type(params).__name__,
        )


def refuse_unordered(wanted: TargetIndex, ordered: Sequence[TargetIndex]) -> int:
    """The place of a target among those ordered.

    Raises:
        ParamsError: it is none of them.
    """
    if wanted not in ordered:
        raise ParamsError("The target {wanted} was not requested. Please start again with it.", wanted=wanted)
    return ordered.index(wanted)


def recorded_together(request: MapRequest, recorded: Recorded) -> tuple[TargetIndex, ...]:
    """What was asked at once with a request's only target; this one where that is unknown or has changed."""
    (mine,) = request.wanted
    try:
        listed = [tuple(one) if isinstance(one, list) else one for one in recorded.schedule["targets"]]
        right = len(listed) <= MAX_TARGETS and listed[recorded.schedule["place"]] == mine
        request.prediction.explained(listed)
    except (KeyError, TypeError, ValueError, IndexError, TargetError):
        return (mine,)
    return tuple(listed) if right else (mine,)
