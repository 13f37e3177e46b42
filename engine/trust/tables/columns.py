"""Columns of a table of methods: fidelity, then the metrics."""

from dataclasses import dataclass

from engine.errors import ParamsError
from engine.phrase import later
from engine.trust.metric import Better
from engine.trust.metrics import METRICS

FIDELITY = "fidelity"
FIDELITY_TITLE = later("Fidelity")
MEASURES = later(
    "Rank correlation between what the map says is kept and the score (-1 to 1). How much is kept is taken "
    "into account. All maps share the model evaluations; none was read from them."
)


@dataclass(frozen=True)
class GradeColumn:
    """A column.

    Attributes:
        key: of the metric, or "fidelity".
        title: name for people.
        better: which values speak for a map; "" where a map is only described.
    """

    key: str
    title: str
    better: Better


COLUMNS = {
    FIDELITY: GradeColumn(FIDELITY, FIDELITY_TITLE, "higher"),
    **{key: GradeColumn(key, metric.title, metric.better) for key, metric in METRICS.items()},
}

PERCENTILE = "_percentile"
"""What the column of a key ends with where it says the share of random maps that do worse."""


def get_columns(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of some keys, in the order of the table; all of them without any.

    Raises:
        ParamsError: there is none of a key.

    Example:
        >>> get_columns(("deletion", "fidelity"))
        ('fidelity', 'deletion')
    """
    unknown = next((key for key in keys if key not in COLUMNS), None)
    if unknown is not None:
        raise ParamsError(
            "There is no metric {key!r}; there are {known}.", key=unknown, known=", ".join(COLUMNS)
        )
    return tuple(key for key in COLUMNS if not keys or key in keys)
