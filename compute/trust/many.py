"""Grading many maps of one image and target: the runs that all of them share are paid once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from compute.trust.grading import GradeRequest
from compute.work.contract import Price
from compute.work.perturbation import PerturbationOrder, PerturbationSpec, PerturbationView
from compute.work.predict import Prediction
from engine.arrays import Floats
from engine.errors import GradeError
from engine.images.picture import Picture
from engine.target_sets import TargetIndex
from engine.trust.metric import Grade
from engine.trust.pass_params import CommonParams
from engine.trust.table import COMMON
from engine.trust.tables.columns import FIDELITY
from model_store.catalogue import ModelRef

Grades = Mapping[str, Grade]
"""By key of the column: fidelity, then the metrics that are defined for the target."""


@dataclass(frozen=True, eq=False)
class ManyGrades:
    """What was found out about some maps.

    Attributes:
        grades: of each map that can be graded, by its name.
        refused: why the others cannot be, by their names.
    """

    grades: Mapping[str, Grades]
    refused: Mapping[str, GradeError]


@dataclass(frozen=True, eq=False)
class ManyMaps:
    """Maps of one target that are to be graded on the same runs.

    Attributes:
        ref: the model.
        prediction: of the model on the image.
        picture: the image.
        wanted: index of the target in ``prediction.targets``, or of two classes.
        maps: float32 (rows, columns) each, more where the score depends more, by name.
        params: grid, fill, score and seed of the runs; the same for all maps.
    """

    ref: ModelRef
    prediction: Prediction
    picture: Picture
    wanted: TargetIndex
    maps: Mapping[str, Floats]
    params: CommonParams

    @cached_property
    def _asked(self) -> tuple[dict[str, GradeRequest], dict[str, GradeError]]:
        """The maps that can be graded, and why the others cannot."""
        asked, refused = {}, {}
        for name, values in self.maps.items():
            request = GradeRequest(self.ref, self.prediction, self.picture, self.wanted, values, self.params)
            try:
                _ = request.graded
            except GradeError as error:
                refused[name] = error
            else:
                asked[name] = request
        return asked, refused

    @property
    def requests(self) -> Mapping[str, GradeRequest]:
        """Of each map that can be graded."""
        return self._asked[0]

    @property
    def refused(self) -> Mapping[str, GradeError]:
        """Why the others cannot be, by their names."""
        return self._asked[1]

    @cached_property
    def orders(self) -> tuple[PerturbationOrder, ...]:
        """The runs that all maps share, and then those of each map that can be graded, in their order."""
        first = PerturbationSpec(self.ref, COMMON, self.params)
        own = [request.orders[1] for request in self.requests.values()]
        return (PerturbationOrder(first, self.prediction, self.picture), *own)

    @property
    def price(self) -> Price:
        """What all of it costs."""
        return sum((order.price for order in self.orders), start=Price(0))

    def grades(self, views: Sequence[PerturbationView]) -> ManyGrades:
        """The grades of all maps.

        Args:
            views: of the orders, complete, in their order.
        """
        common, *own = views
        found = {
            name: {**self._fidelity(request, common), **request.grades(common, view)}
            for (name, request), view in zip(self.requests.items(), own, strict=True)
        }
        return ManyGrades(found, self.refused)

    def _fidelity(self, request: GradeRequest, common: PerturbationView) -> Grades:
        from compute.trust.paid import paid_runs  # imports scipy, and pages know this module
        from engine.trust.tables import judging

        found = judging.shared_fidelity(request.values, paid_runs(common, self.wanted))
        return {} if found is None else {FIDELITY: judging.fidelity_grade(found)}

    def halves(self, common: PerturbationView) -> Iterator[tuple[str, float, float]]:
        """Each map with its fidelity to the even and to the odd samples of the shared runs.

        Raises:
            GradeError: the score never moved.
        """
        from compute.trust.paid import paid_runs
        from engine.trust.tables import judging

        runs = paid_runs(common, self.wanted)
        for name, request in self.requests.items():
            found = judging.Halves.of(request.values, runs)
            yield name, found.even, found.odd
