"""Types of numpy arrays by what they hold; shape, range and axis order are said where one is used."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
"""Double precision, for sums and statistics."""

Pixels = npt.NDArray[np.uint8]
"""Colours from 0 to 255."""

Bytes = npt.NDArray[np.uint8]
"""Small numbers that are no colours, such as the class of each pixel."""

Bools = npt.NDArray[np.bool_]
SmallInts = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int32]
LongInts = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.intp]
"""What numpy itself gives for places in an array."""

AnyFloats = npt.NDArray[np.floating[Any]]
AnyInts = npt.NDArray[np.integer[Any]]
Array = npt.NDArray[Any]
