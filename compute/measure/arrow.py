"""Columns of measures as Arrow has them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from compute.measure.measure import COMMON, RAGGED, Measure, TableColumn, Values
from engine.model import ModelFacts


def schema_of(measure: Measure, facts: ModelFacts) -> pa.Schema:
    """All columns of a measure's table."""
    return _schema([*COMMON, *measure.columns(facts)])


def table_of(columns: Sequence[TableColumn], values: Values) -> pa.Table:
    """Values by the name of a column as a table."""
    schema = _schema(columns)
    arrays = [_array(values[column.name], column) for column in columns]
    return pa.Table.from_arrays(arrays, schema=schema)


def _schema(columns: Sequence[TableColumn]) -> pa.Schema:
    return pa.schema([pa.field(column.name, _type(column)) for column in columns])


def _type(column: TableColumn) -> pa.DataType:
    kind = pa.string() if column.kind == "string" else pa.from_numpy_dtype(np.dtype(column.kind))
    if column.size is None:
        return kind
    return pa.list_(kind) if column.size == RAGGED else pa.list_(kind, column.size)


def _array(values: Any, column: TableColumn) -> pa.Array:
    if column.kind == "string":
        return pa.array(values, pa.string())
    kind = np.dtype(column.kind)
    if column.size is None:
        return pa.array(np.asarray(values).astype(kind))
    if column.size == RAGGED:
        return pa.array([None if row is None else np.asarray(row, kind) for row in values], _type(column))
    return pa.FixedSizeListArray.from_arrays(pa.array(np.asarray(values, kind).reshape(-1)), column.size)
