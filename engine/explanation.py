"""The result of every method, and its form on disk: arrays without pickle, and a manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import numpy as np

from engine import targets as target_module
from engine.arrays import Array, Bools, Floats, Ints
from engine.errors import StoreError, TargetError
from engine.images import untrusted_zip
from engine.npz import read_npz
from engine.targets import Target

FORMAT = 2
DAMAGE = (*untrusted_zip.DAMAGE, KeyError, TypeError, AttributeError, TargetError)
"""What reading a damaged explanation raises."""

MOST_BYTES = 2**30
"""Of the arrays in one file."""

GRIDS = {"values": np.float32, "lower": np.float32, "upper": np.float32, "sure": np.bool_}
"""Arrays of one number a cell, and their types; those made before there was ``sure`` do without it."""


@dataclass(frozen=True)
class Cost:
    """Cost of an explanation.

    Attributes:
        forwards: pictures run through the model.
        backwards: gradients taken.
        seconds: time spent in the model and around it.
    """

    forwards: int
    backwards: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Provenance:
    """Origin of an explanation.

    Attributes:
        model: key in the catalogue.
        fingerprint: of the model.
        picture: name of the picture.
        picture_sha256: digest of its pixels.
        versions: library name to version.
        schedule: which runs were done, and which of them together, ready for JSON: the last digits of a
            result depend on it. A perturbation pass says ``batches``, [first run, runs of a batch, how many
            such batches] of each stretch; the others say ``targets``, what was asked at once, and ``place``
            of this one among them; a summed pass also ``chunk``, the runs of a chunk.
    """

    model: str
    fingerprint: str
    picture: str
    picture_sha256: str
    versions: Mapping[str, str] = field(default_factory=dict)
    schedule: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Parts:
    """P superpixels of a picture and the weight of each.

    Attributes:
        labels: int32 (H, W), which part a pixel belongs to, 0 to P-1, at the size at which the model looks.
        weights: float32 (P,), what the part adds to the score, mean over the seeds.
        spread: float32 (P,), standard deviation over the seeds; 0 for a single seed.
        flips: float32 (P,), share of the seeds that give the other sign than the mean, 0-1.
        sure: bool (P,), weights that are surely not zero (at most one picture in twenty has one that is), or
            None where nobody has tested that.
    """

    labels: Ints
    weights: Floats
    spread: Floats
    flips: Floats
    sure: Bools | None = None

    def arrays(self) -> dict[str, Array]:
        """The arrays that there are, by name."""
        named = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: array for name, array in named.items() if array is not None}


@dataclass(frozen=True, eq=False)
class Explanation:
    """A map of what a target depends on.

    Attributes:
        values: float32 (rows, columns) on the method's own grid, raw, never normalised.
        signed: True if negative values mean "speaks against".
        target: what is explained.
        method: key in the table of methods.
        params: its parameters by name.
        score: score of the target on the unperturbed picture.
        cost: runs and seconds.
        provenance: model, picture, versions.
        lower, upper: float32 (rows, columns), ends of a 95 % band, or None.
        stability: rank correlation between maps of independent parts of the runs, -1 to 1, or None.
        warnings: in plain words.
        figures: numbers that belong to the map, by name: "raw maximum", "R2", ...
        parts: the superpixels that ``values`` paints, for a method that has them.
        sure: bool (rows, columns), cells surely above the average cell (at most one map in twenty has one
            that is not), or None where nobody has tested that.
    """

    values: Floats
    signed: bool
    target: Target
    method: str
    params: Mapping[str, Any]
    score: float
    cost: Cost
    provenance: Provenance
    lower: Floats | None = None
    upper: Floats | None = None
    stability: float | None = None
    warnings: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    parts: Parts | None = None
    sure: Bools | None = None

    def __post_init__(self) -> None:
        for name, kind in GRIDS.items():
            array = getattr(self, name)
            if array is not None and (
                array.dtype != kind or array.ndim != 2 or array.shape != self.values.shape
            ):
                raise ValueError(
                    f"{name} must be {np.dtype(kind)} (rows, columns) like values; received {array.dtype} "
                    f"{array.shape}"
                )
        if not np.isfinite(self.values).all():
            raise ValueError("the values of an explanation are finite")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Explanation):
            return NotImplemented
        mine, theirs = self.arrays(), other.arrays()
        same = mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)
        return same and self.manifest() == other.manifest()

    __hash__ = None  # type: ignore[assignment]

    def arrays(self) -> dict[str, Array]:
        """All arrays by name, those of the target under ``target.``."""
        own = {name: getattr(self, name) for name in GRIDS if getattr(self, name) is not None}
        if self.parts is not None:
            own |= {f"parts.{name}": array for name, array in self.parts.arrays().items()}
        return own | {f"target.{name}": array for name, array in _pack(self.target)[1].items()}

    def manifest(self) -> dict[str, Any]:
        """Everything but the arrays, ready for JSON."""
        return {
            "format": FORMAT,
            "method": self.method,
            "params": dict(self.params),
            "signed": self.signed,
            "target": _pack(self.target)[0],
            "score": self.score,
            "stability": self.stability,
            "warnings": list(self.warnings),
            "figures": dict(self.figures),
            "cost": asdict(self.cost),
            "provenance": {**asdict(self.provenance), "versions": dict(self.provenance.versions)},
            "grid": list(self.values.shape),
        }

    def save(self, folder: Path) -> None:
        """Write ``arrays.npz`` (no pickle) and ``manifest.json`` into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / "arrays.npz", **cast(dict[str, Any], self.arrays()))
        (folder / "manifest.json").write_text(json.dumps(self.manifest(), indent=2) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Explanation:
        """Read back what ``save`` wrote; the two compare equal.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            return cls.of(manifest, read_npz(folder / "arrays.npz", MOST_BYTES))
        except DAMAGE as error:
            raise StoreError(
                "The explanation stored in {folder} is missing or damaged. Please compute it again.",
                folder=folder,
            ) from error

    @classmethod
    def of(cls, manifest: Mapping[str, Any], arrays: Mapping[str, Array]) -> Explanation:
        """The explanation whose ``manifest()`` and ``arrays()`` these are; damaged ones raise one of
        ``DAMAGE``.
        """
        own: dict[str, Any] = {name: arrays.get(name) for name in GRIDS if name != "values"}
        inner, parts = _below("target.", arrays), _below("parts.", arrays)
        return cls(
            values=arrays["values"],
            **own,
            **{name: manifest[name] for name in ("signed", "method", "params", "score", "stability")},
            target=_unpack(manifest["target"], inner),
            cost=Cost(**manifest["cost"]),
            provenance=Provenance(**manifest["provenance"]),
            warnings=tuple(manifest["warnings"]),
            figures=manifest["figures"],
            parts=Parts(**parts) if parts else None,
        )


def _below(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays whose names begin so, without the beginning."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _pack(target: Target) -> tuple[dict[str, Any], dict[str, Array]]:
    """A target as JSON and arrays; arrays of targets inside it get dotted names."""
    facts: dict[str, Any] = {"kind": type(target).__name__}
    arrays: dict[str, Array] = {}
    for item in fields(target):
        value = getattr(target, item.name)
        if isinstance(value, Target):
            facts[item.name], inner = _pack(value)
            arrays |= {f"{item.name}.{name}": array for name, array in inner.items()}
        elif isinstance(value, np.ndarray):
            arrays[item.name] = value
        else:
            facts[item.name] = value
    return facts, arrays


def _unpack(facts: Mapping[str, Any], arrays: Mapping[str, Array]) -> Target:
    kind = getattr(target_module, facts["kind"])
    if not (isinstance(kind, type) and issubclass(kind, Target)):
        raise ValueError(f"{facts['kind']} is no target")
    content: dict[str, Any] = {name: array for name, array in arrays.items() if "." not in name}
    for name, value in facts.items():
        if name == "kind":
            continue
        content[name] = _unpack(value, _below(f"{name}.", arrays)) if isinstance(value, dict) else value
    return kind(**content)
