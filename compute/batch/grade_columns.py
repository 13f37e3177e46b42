"""Columns of tables that have grades."""

import math

import pyarrow as pa

from compute.trust.many import Grades
from engine.trust.tables.columns import COLUMNS, PERCENTILE

PLACE = "share of random maps that do worse, 0-1"

GRADE_COLUMNS = tuple(
    column
    for key, row in COLUMNS.items()
    for column in (
        (key, pa.float64(), f"{row.title}, as docs/trust.md says; null where it was not measured"),
        *([(key + PERCENTILE, pa.float64(), PLACE)] if row.better else []),
    )
)
"""Name, type and what it is."""


def figures_of(grades: Grades) -> dict[str, float | None]:
    """Values and places of a map, by column; null instead of nan."""
    values = {key: grade.value for key, grade in grades.items()}
    places = {key + PERCENTILE: grade.percentile for key, grade in grades.items() if COLUMNS[key].better}
    found = {**values, **places}
    return {
        name: value if value is not None and math.isfinite(value) else None for name, value in found.items()
    }
