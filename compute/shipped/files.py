"""Files of shipped answers: a manifest (JSON), and arrays (NPZ, no pickle) in half precision.

Rounded is the change of a score against that of the unperturbed image, in units of the greatest change of its
target, so that targets which hardly move keep their digits. Runs of one target stand beside each other, and
high bytes beside high bytes: that compresses best.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np

from compute.shipped.answer import ShippedAnswer
from compute.work.perturbation import PerturbationSpec
from compute.work.predict import Making, Prediction
from compute.work.score_sheet import Scores
from compute.worker.sources import model_source
from engine.arrays import Array, Floats
from engine.images.picture import Picture
from engine.methods import get_method
from engine.model import SPACES, Backend, TargetLayer
from engine.zones import Zone, Zones
from model_store.catalogue import ModelRef

FORMAT = 1
FOLDER = Path(__file__).resolve().parents[2] / "samples" / "answers"


def path_of(ref: ModelRef, sample: str) -> Path:
    """The manifest of a model and a sample; its arrays lie beside it."""
    return FOLDER / str(ref) / f"{sample}.json"


def write_answer(path: Path, answer: ShippedAnswer) -> None:
    """Write both files."""
    prediction, spec = answer.prediction, answer.spec
    manifest = {
        "format": FORMAT,
        "fingerprint": prediction.facts.fingerprint,
        "picture_sha256": prediction.picture_sha256,
        "made": asdict(cast(Making, prediction.made)),
        "input_hw": prediction.input_hw,
        "output_shape": prediction.output_shape,
        "seconds_per_run": prediction.seconds_per_run,
        "versions": dict(prediction.versions),
        "target_layers": [asdict(layer) for layer in prediction.target_layers],
        "traits": sorted(prediction.traits),
        "backend": asdict(prediction.backend),
        "method": spec.method,
        "params": spec.params.as_dict(),
        "masks": masks_digest(answer),
        "seconds": answer.scores.seconds if answer.scores else 0.0,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    arrays = {**_prediction_arrays(prediction), **_score_arrays(answer)}
    with lzma.open(path.with_suffix(".npz.xz"), "wb") as file:
        np.savez(file, **cast(Any, arrays))


def read_answer(path: Path, ref: ModelRef, picture: Picture) -> ShippedAnswer | None:
    """An answer, or None where none was shipped, or for other weights, another image or other masks than are
    drawn today.
    """
    if not path.exists():
        return None
    manifest = json.loads(path.read_text())
    facts = model_source().facts(ref)
    mine = (FORMAT, facts.fingerprint, picture.sha256)
    if (manifest["format"], manifest["fingerprint"], manifest["picture_sha256"]) != mine:
        return None
    with lzma.open(path.with_suffix(".npz.xz")) as file, np.load(file, allow_pickle=False) as stored:
        arrays = dict(stored)
    prediction = _prediction(manifest, arrays, ref)
    params = get_method(manifest["method"]).params(**manifest["params"])
    spec = PerturbationSpec(ref, manifest["method"], cast(Any, params))
    answer = ShippedAnswer(prediction, picture, spec, _scores(manifest, arrays, prediction, spec))
    return answer if masks_digest(answer) == manifest["masks"] else None


def masks_digest(answer: ShippedAnswer) -> str:
    """Hex digest of what each run hides: another version of a library may draw other samples; "" without."""
    if answer.scores is None:
        return ""
    plan = answer.order.plan()
    return hashlib.sha256(plan.masks(0, plan.runs).tobytes()).hexdigest()


def _prediction_arrays(prediction: Prediction) -> dict[str, Array]:
    arrays: dict[str, Array] = {"class_scores": prediction.class_scores}
    arrays |= {f"base_{space}": prediction.base[space] for space in SPACES}
    if prediction.zones is not None and prediction.confidence is not None:
        zones = prediction.zones.zones
        arrays |= {
            "labels": prediction.zones.labels.astype(np.uint16),
            "zone_classes": np.array([zone.class_index for zone in zones], np.int32),
            "zone_areas": np.array([zone.area for zone in zones]),
            "zone_probabilities": np.array([zone.probability for zone in zones]),
            "zone_small": np.array([zone.small for zone in zones]),
            "confidence": prediction.confidence.astype(np.float16),
        }
    return arrays


def _prediction(manifest: dict[str, Any], arrays: dict[str, Array], ref: ModelRef) -> Prediction:
    facts = model_source().facts(ref)
    return Prediction(
        facts=facts,
        picture_sha256=manifest["picture_sha256"],
        input_hw=tuple(manifest["input_hw"]),
        output_shape=tuple(manifest["output_shape"]),
        zones=_zones(arrays, facts.labels),
        confidence=arrays["confidence"].astype(np.float32) if "confidence" in arrays else None,
        class_scores=arrays["class_scores"],
        base={space: arrays[f"base_{space}"] for space in SPACES},
        seconds_per_run=manifest["seconds_per_run"],
        versions=manifest["versions"],
        target_layers=tuple(TargetLayer(**layer) for layer in manifest["target_layers"]),
        traits=frozenset(manifest["traits"]),
        backend=Backend(**manifest["backend"]),
        made=Making(**manifest["made"]),
    )


def _zones(arrays: dict[str, Array], class_names: tuple[str, ...]) -> Zones | None:
    if "labels" not in arrays:
        return None
    columns = (arrays[f"zone_{name}"].tolist() for name in ("classes", "areas", "probabilities", "small"))
    zones = tuple(Zone(index, *facts) for index, facts in enumerate(zip(*columns, strict=True)))
    return Zones(arrays["labels"].astype(np.int32), zones, class_names)


def _score_arrays(answer: ShippedAnswer) -> dict[str, Array]:
    if answer.scores is None:
        return {}
    changes = answer.scores.scores - answer.prediction.base[answer.spec.space]
    units = np.maximum(np.abs(changes).max(axis=0), np.finfo(np.float32).tiny)
    halves = np.ascontiguousarray((changes / units).astype(np.float16).T)
    return {
        "units": units.astype(np.float32),
        "changes": halves.view(np.uint8).reshape(*halves.shape, 2).transpose(2, 0, 1).copy(),
        "firsts": answer.scores.firsts,
    }


def _scores(
    manifest: dict[str, Any], arrays: dict[str, Array], prediction: Prediction, spec: PerturbationSpec
) -> Scores | None:
    if "changes" not in arrays:
        return None
    pairs = np.ascontiguousarray(arrays["changes"].transpose(1, 2, 0))
    changes: Floats = pairs.view(np.float16)[..., 0].T.astype(np.float32)
    scores = prediction.base[spec.space] + changes * arrays["units"]
    return Scores(scores.astype(np.float32), manifest["seconds"], arrays["firsts"])
