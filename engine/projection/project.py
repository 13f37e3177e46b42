"""Features laid out by one of the methods of the table, with what was done to them in words."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Bools, Floats
from engine.errors import ParamsError, ProjectionError
from engine.params import Params
from engine.phrase import Phrase, later
from engine.projection.layouts import fitting_perplexity
from engine.projection.preparing import REDUCED, Prepared, components, prepare
from engine.projection.table import ProjectionMethod, get_projection

DIMENSIONS = (2, 3)
LEFT_OUT = later("Images left out because a feature is not a number: {count} of {total}.")
TWINS = later("Images with the same features as another one, drawn at its point: {count} of {total}.")
TO_FIFTY = later(
    "{features} features were reduced to {reduced} by PCA first; {share} % of the variance is left."
)
PLANE = later("{share} % of the variance is in this view.")
LOWERED = later("{title} lowered from {asked} to {used}, since there are only {count} different images.")
FEW = later("{method} needs at least {least} different images; there are {count}.")


@dataclass(frozen=True, eq=False)
class ProjectedPoints:
    """A layout.

    Attributes:
        points: float32 (N, 2) or (N, 3), one row for each row of features; nan where it was left out.
        method: key of the layout.
        params: with which.
        seed: of everything drawn.
        notes: what was done to the features, a sentence each, for people.
    """

    points: Floats
    method: str
    params: Params
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def usable(self) -> Bools:
        """Which rows have a point, bool (N,)."""
        return np.asarray(np.isfinite(self.points).all(axis=1), np.bool_)

    @property
    def dimensions(self) -> int:
        return self.points.shape[1]


def project(
    features: AnyFloats, method: str, params: Params | None = None, dimensions: int = 2, seed: int = 0
) -> ProjectedPoints:
    """Lay out features.

    Args:
        features: (N, F). Rows that are not finite are left out; equal rows share a point.
        method: key of ``PROJECTIONS``.
        params: of the method's type; None for the usual ones.
        dimensions: 2 or 3.
        seed: the same one gives the same points, bit for bit, on the same machine.

    Raises:
        ParamsError: there is no such method, or the parameters or dimensions do not fit it.
        ProjectionError: there are too few different rows, a library is missing, or this is no table.

    Example:
        >>> found = project(np.array([[0.0, 0.0], [0.0, 4.0], [3.0, 0.0]]), "pca")
        >>> found.points.shape, found.notes
        ((3, 2), ('100 % of the variance is in this view.',))
    """
    row = get_projection(method)
    checked = _checked(row, params, dimensions)
    prepared = prepare(features)
    if len(prepared.features) < row.least:
        raise ProjectionError(FEW, method=Phrase(row.title), least=row.least, count=len(prepared.features))
    if reason := row.why_not():
        raise ProjectionError(getattr(reason, "text", reason), **getattr(reason, "values", {}))
    if row.reduced:
        points, said = _reduced_layout(row, checked, prepared, (dimensions, seed))
    else:
        points, said = _plain_view(prepared, dimensions, seed)
    notes = (*_left_out(prepared), *said)
    return ProjectedPoints(points, method, checked, seed, notes)


def _checked(row: ProjectionMethod, params: Params | None, dimensions: int) -> Params:
    if dimensions not in DIMENSIONS:
        raise ParamsError("A layout has 2 or 3 dimensions; received {dimensions}.", dimensions=dimensions)
    checked = row.params() if params is None else params
    if type(checked) is not row.params:
        raise ParamsError(
            "{method} has other parameters than {kind}.", method=Phrase(row.title), kind=type(params).__name__
        )
    return checked


def _plain_view(prepared: Prepared, dimensions: int, seed: int) -> tuple[Floats, list[str]]:
    """PCA of all usable rows: equal ones count as often as they are there."""
    rows = prepared.features[prepared.place]
    found = components(rows, dimensions, seed)
    points = np.full((len(prepared.usable), dimensions), np.nan, np.float32)
    points[prepared.usable] = 0.0  # in directions that there are not
    points[np.flatnonzero(prepared.usable), : found.points.shape[1]] = found.points
    return points, [Phrase(PLANE, share=_percent(found.shares.sum()))]


def _reduced_layout(
    row: ProjectionMethod, params: Params, prepared: Prepared, asked: tuple[int, int]
) -> tuple[Floats, list[str]]:
    """A layout of what differs. ``asked`` is the number of dimensions, and the seed."""
    features, said = prepared.features, list(_lowered(params, len(prepared.features)))
    if features.shape[1] > REDUCED:
        found = components(features, REDUCED, asked[1])
        share = _percent(found.shares.sum())
        said.insert(
            0, Phrase(TO_FIFTY, features=features.shape[1], reduced=found.points.shape[1], share=share)
        )
        features = found.points
    return prepared.spread(row.layout(features, params, *asked)), said


def _left_out(prepared: Prepared) -> Iterator[str]:
    total = len(prepared.usable)
    if missing := total - len(prepared.place):
        yield Phrase(LEFT_OUT, count=missing, total=total)
    if prepared.twins:
        yield Phrase(TWINS, count=prepared.twins, total=total)


def _lowered(params: Params, count: int) -> Iterator[str]:
    """Parameters that are too high for that many images."""
    most = {"perplexity": fitting_perplexity(count, float(count)), "neighbours": count - 1}
    titles = {"perplexity": later("Perplexity"), "neighbours": later("Neighbours")}
    for name, asked in params.as_dict().items():
        if name in most and asked > most[name]:
            used = round(most[name], 1)
            yield Phrase(LOWERED, title=Phrase(titles[name]), asked=asked, used=used, count=count)


def _percent(share: float) -> int:
    """Whole percent, 100 only where nothing is missing that would be told."""
    return min(round(100 * float(share)), 100)
