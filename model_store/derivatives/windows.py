"""Derivatives of operations whose windows move over a map: convolutions and pools, channels first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from model_store.derivatives.nodes import (
    Rule,
    Step,
    Tensor,
    constant_node,
    copied,
    fixed_shape,
    integers,
    opset,
    padded,
    reshaped,
    turned,
)

LOWEST = float(np.finfo(np.float32).min)


@dataclass(frozen=True)
class Windows:
    """How windows move over both sides of a map.

    Attributes:
        size: height and width of a window.
        stride: from one to the next.
        before, after: places that the map was enlarged by, on top and left, at the bottom and right.
        dilation: from one place of a window to the next.
        map_hw, grid_hw: height and width of the map, and of the grid of windows.
    """

    size: tuple[int, int]
    stride: tuple[int, int]
    before: tuple[int, int]
    after: tuple[int, int]
    dilation: tuple[int, int]
    map_hw: tuple[int, int]
    grid_hw: tuple[int, int]

    @classmethod
    def of(cls, step: Step, size: Sequence[int]) -> "Windows":
        """Those of an operation on maps (N, C, H, W).

        Raises:
            NoDerivativeError: it works on other than two sides.
        """
        attributes, shape, grid = step.attributes, fixed_shape(step.inputs[0]), fixed_shape(step.output)
        if len(shape) != 4 or len(size) != 2:
            raise step.refused()
        stride = _pair(attributes["strides"])
        dilation = _pair(attributes.get("dilations", (1, 1)))
        reach = [(side - 1) * apart + 1 for side, apart in zip(size, dilation, strict=True)]
        needed = [
            (cells - 1) * apart + long - length
            for cells, apart, long, length in zip(grid[2:], stride, reach, shape[2:], strict=True)
        ]
        before = _before(str(attributes["auto_pad"]).lower(), attributes, needed)
        after = [total - first for total, first in zip(needed, before, strict=True)]
        return cls(
            _pair(size), stride, _pair(before), _pair(after), dilation, _pair(shape[2:]), _pair(grid[2:])
        )

    @property
    def places(self) -> list[tuple[int, int]]:
        """The places of a window, row by row."""
        return [(row, column) for row in range(self.size[0]) for column in range(self.size[1])]

    def counts(self) -> Any:
        """float32 (1, 1, rows, columns): how many places of each window are on the map."""
        sides = []
        for axis in (0, 1):
            first = np.arange(self.grid_hw[axis]) * self.stride[axis] - self.before[axis]
            inside = first[:, None] + np.arange(self.size[axis])
            sides.append(((inside >= 0) & (inside < self.map_hw[axis])).sum(axis=1))
        return np.outer(*sides)[None, None].astype(np.float32)

    def spread(self, parts: Sequence[Tensor]) -> Tensor:
        """Sum (N, C, H, W) over all windows of what goes to each place of them.

        Args:
            parts: (N, C, rows, columns) for each of ``places``. They lie on a grid as coarse as the stride is
                long; those that end on the same places of it are added, and the grids interlaced.
        """
        ops = opset()
        cells = [
            (side + before + max(after, 0) - 1) // apart + 1
            for side, before, after, apart in zip(
                self.map_hw, self.before, self.after, self.stride, strict=True
            )
        ]
        planes: dict[tuple[int, int], Tensor] = {}
        for place, part in zip(self.places, parts, strict=True):
            shift = [at // apart for at, apart in zip(place, self.stride, strict=True)]
            left = [
                total - moved - grid for total, moved, grid in zip(cells, shift, self.grid_hw, strict=True)
            ]
            moved_part = padded(part, (0, 0, *shift), (0, 0, *left))
            key = (place[0] % self.stride[0], place[1] % self.stride[1])
            planes[key] = ops.add(planes[key], moved_part).output(0) if key in planes else moved_part
        whole = self._interlaced(planes, cells)
        rows, columns = fixed_shape(whole)[2:]
        cut = [
            -(total - before - side)
            for total, before, side in zip((rows, columns), self.before, self.map_hw, strict=True)
        ]
        return padded(whole, (0, 0, *(-side for side in self.before)), (0, 0, *cut))

    def _interlaced(self, planes: Mapping[tuple[int, int], Tensor], cells: Sequence[int]) -> Tensor:
        """(N, C, cells * stride): one plane for each place between two windows, zero where there is none."""
        if self.stride == (1, 1):
            return planes[0, 0]
        ops = opset()
        count, channels = fixed_shape(next(iter(planes.values())))[:2]
        shape = (count, channels, 1, *cells)
        zeros = constant_node(np.zeros(shape, np.float32))
        rows, columns = self.stride
        stacked = [
            reshaped(planes[row, column], shape) if (row, column) in planes else zeros
            for row in range(rows)
            for column in range(columns)
        ]
        joined = reshaped(ops.concat(stacked, 2).output(0), (count, channels, rows, columns, *cells))
        return reshaped(
            turned(joined, (0, 1, 4, 2, 5, 3)), (count, channels, cells[0] * rows, cells[1] * columns)
        )


def _pair(values: Sequence[int]) -> tuple[int, int]:
    first, second = values
    return int(first), int(second)


def _before(auto: str, attributes: Mapping[str, Any], needed: Sequence[int]) -> list[int]:
    if auto.endswith("same_upper"):
        return [max(total, 0) // 2 for total in needed]
    if auto.endswith("same_lower"):
        return [(max(total, 0) + 1) // 2 for total in needed]
    return [0, 0] if auto.endswith("valid") else [int(side) for side in attributes["pads_begin"]]


def _convolved(step: Step, place: int) -> Tensor:
    """The transposed convolution with the same kernels, constant or not."""
    if place:
        raise step.refused()
    windows = Windows.of(step, fixed_shape(step.inputs[1])[-2:])
    if windows.stride == (1, 1) and step.inputs[1].get_node().get_type_name() == "Constant":
        return _convolved_back(step, windows)
    ops = opset()
    grouped = step.node.get_type_name() == "GroupConvolution"
    transposed = ops.group_convolution_backprop_data if grouped else ops.convolution_backprop_data
    found = transposed(
        step.gradient,
        copied(step.inputs[1]),
        list(windows.stride),
        pads_begin=list(windows.before),
        pads_end=[max(side, 0) for side in windows.after],
        dilations=list(windows.dilation),
    ).output(0)
    unreached = [max(-side, 0) for side in windows.after]
    return padded(found, (0, 0, 0, 0), (0, 0, *unreached))


def _convolved_back(step: Step, windows: Windows) -> Tensor:
    """The same where windows move place by place: a convolution with the turned kernels, which runs with
    fewer changes of layout than a transposed one.
    """
    ops = opset()
    kernels = np.flip(step.numbers(1), (-2, -1)).swapaxes(-4, -3)
    forward = ops.group_convolution if kernels.ndim == 5 else ops.convolution
    reach = [apart * (side - 1) for side, apart in zip(windows.size, windows.dilation, strict=True)]
    begin, end = (
        [full - side for full, side in zip(reach, sides, strict=True)]
        for sides in (windows.before, windows.after)
    )
    return forward(step.gradient, constant_node(kernels), [1, 1], begin, end, list(windows.dilation)).output(
        0
    )


def _max_pooled(step: Step, _place: int) -> Tensor:
    """To the largest of each window; of several the first one, row by row, as TensorFlow has it."""
    ops = opset()
    windows = Windows.of(step, step.attributes["kernel"])
    if windows.dilation != (1, 1) or step.place:
        raise step.refused()
    after = [max(side, 0) for side in windows.after]
    ready = padded(step.inputs[0], (0, 0, *windows.before), (0, 0, *after), LOWEST)
    shape = fixed_shape(ready)
    parts: list[Tensor] = []
    left = constant_node(1)
    for row, column in windows.places:
        first, last = (
            [0, 0, row, column],
            [
                *shape[:2],
                row + (windows.grid_hw[0] - 1) * windows.stride[0] + 1,
                column + (windows.grid_hw[1] - 1) * windows.stride[1] + 1,
            ],
        )
        seen = ops.slice(ready, integers(first), integers(last), integers([1, 1, *windows.stride]))
        here = ops.multiply(ops.convert(ops.equal(seen, step.output), "f32"), left)
        parts.append(ops.multiply(step.gradient, here).output(0))
        left = ops.subtract(left, here)
    return windows.spread(parts)


def _mean_pooled(step: Step, _place: int) -> Tensor:
    """The same share to each place of a window that is on the map, or that is looked at."""
    ops = opset()
    windows = Windows.of(step, step.attributes["kernel"])
    exclude = step.attributes.get("exclude-pad", step.attributes.get("exclude_pad", True))
    counts = windows.counts() if exclude else np.float32(np.prod(windows.size))
    share = ops.multiply(step.gradient, constant_node(1 / counts)).output(0)
    return windows.spread([share] * len(windows.places))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "Convolution": _convolved,
        "GroupConvolution": _convolved,
        "MaxPool": _max_pooled,
        "AvgPool": _mean_pooled,
    }
)
