"""Concepts of a class asked about one zone of one image: inside it, in a ring around it, and elsewhere."""

from typing import Any

import numpy as np

from commands.data.zones import AskedZone
from compute.run.runners import Runner
from compute.work.concepts.concept_map import ConceptMapSpec
from compute.work.concepts.image_concepts import ImageConceptOrder, ImageConceptSpec, by_region
from compute.work.features import FeatureOrder
from engine.concepts.placing import shares_by_region, zone_regions

REGION_NAMES = ("inside", "ring", "elsewhere")


def ask_zone(runner: Runner, spec: ImageConceptSpec, asked: AskedZone) -> dict[str, Any]:
    """How far the score of a zone depends on each concept, by where it is weakened, ready for JSON.

    Args:
        runner: of the orders.
        spec: a segmentation model, its layer and concepts, and this zone.
        asked: the zone.
    """
    basis = spec.basis
    view = runner.run(ImageConceptOrder(spec, asked.prediction, asked.picture))
    found, agreement = view.importance(asked.index), view.agreement()
    coefficients = runner.run(
        FeatureOrder(ConceptMapSpec(spec.ref, spec.layer, basis), asked.picture)
    ).result()
    assert found is not None and coefficients is not None and asked.prediction.zones is not None
    zone = asked.prediction.zones.labels == asked.index
    regions = zone_regions(zone, coefficients.shape[:2])
    lies = shares_by_region(coefficients, regions)
    values = by_region(found.values, len(basis))
    ends = [None if end is None else by_region(end, len(basis)) for end in (found.lower, found.upper)]
    rows = [
        _row(concept, place, values, ends, lies)
        for concept in range(len(basis))
        for place in range(len(REGION_NAMES))
    ]
    return {
        "image": asked.picture.name,
        "zone": str(asked.target.label),
        "score": float(view.base()[asked.index]),
        "r2": None if agreement is None else agreement.r2,
        "elsewhere": float(values[:, 2].sum() / max(values.sum(), 1e-12)),
        "regions": rows,
    }


def _row(concept: int, place: int, values: Any, ends: list[Any], lies: Any) -> dict[str, Any]:
    low, high = (None if end is None else float(np.maximum(end[concept, place], 0)) for end in ends)
    return {
        "concept": concept + 1,
        "where": REGION_NAMES[place],
        "importance": float(values[concept, place]),
        "low": low,
        "high": high,
        "lies": float(lies[concept, place]),
    }


def zone_lines(told: dict[str, Any], most: int = 5) -> list[str]:
    """The strongest concepts with their places, in lines.

    Args:
        told: of ``ask_zone``.
        most: lines at most.
    """
    rows = sorted(told["regions"], key=lambda row: -row["importance"])[:most]
    head = f"{told['zone']} of {told['image']}: elsewhere has {told['elsewhere']:.0%} of the importance"
    return [head, *(_line(row) for row in rows)]


def _line(row: dict[str, Any]) -> str:
    band = "" if row["low"] is None else f" ({row['low']:.2f} to {row['high']:.2f})"
    text = f"  concept {row['concept']}, {row['where']}: importance {row['importance']:.2f}{band}"
    return f"{text}; {row['lies']:.0%} of it lies there"
