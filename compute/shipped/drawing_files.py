"""Files of shipped feature visualizations: for each model a manifest (JSON) and arrays (NPZ, no pickle), and
for each layer one image (WebP), its channels in rows of four.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import Image

from compute.shipped.drawings import LayerDrawings, ModelOutline
from compute.work.filter_sheet import Drawing
from compute.work.predict import KnownModel, Making
from compute.worker.sources import model_source
from engine.arrays import Array, Pixels
from engine.filters import FilterParams
from engine.model import ModelFacts, TargetLayer
from engine.visualise.patches import Peaks
from model_store.catalogue import ModelRef

FORMAT = 1
FOLDER = Path(__file__).resolve().parents[2] / "samples" / "drawings"
COLUMNS = 4
QUALITY = 85
"""Of WebP; seen at twice its size, an image looks as it was drawn."""


@dataclass(frozen=True, eq=False)
class ModelDrawings:
    """What was shipped for one model; a layer is read when it is asked for.

    Attributes:
        outline: the model.
        params: how all images were drawn.
        folder: where its files lie.
        entries: what the manifest says of each layer.
    """

    outline: ModelOutline
    params: FilterParams
    folder: Path
    entries: Mapping[str, Mapping[str, Any]]

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that have images."""
        return tuple(self.entries)

    def layer(self, name: str) -> LayerDrawings | None:
        """The images of a layer, or None where none were shipped."""
        facts = self.entries.get(name)
        return None if facts is None else _read_layer(self.folder / facts["file"], facts)


def folder_of(ref: ModelRef) -> Path:
    """The folder of a model."""
    return FOLDER / str(ref)


def write_layer(ref: ModelRef, name: str, layer: LayerDrawings) -> dict[str, Any]:
    """Write the files of one layer: what its entry in the manifest says."""
    path = folder_of(ref) / f"{_file_name(name)}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    drawings = list(layer.drawings.values())
    mosaic = Image.fromarray(_mosaic([drawing.pixels for drawing in drawings]))
    mosaic.save(path, "WEBP", quality=QUALITY, method=6)
    np.savez_compressed(path.with_suffix(".npz"), **cast(Any, _arrays(layer)))
    return {
        "file": path.name,
        "size_hw": drawings[0].pixels.shape[:2],
        "channels": list(layer.drawings),
        "pictures": list(layer.peaks),
        "made": asdict(layer.made),
    }


def write_model(
    ref: ModelRef, model: KnownModel, params: FilterParams, layers: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write what all layers share, and what ``write_layer`` said of each."""
    facts = {
        "format": FORMAT,
        "fingerprint": model.facts.fingerprint,
        "input_hw": model.input_hw,
        "seconds_per_run": model.seconds_per_run,
        "target_layers": [asdict(layer) for layer in model.target_layers],
        "params": params.as_dict(),
        "layers": layers,
    }
    (folder_of(ref) / "manifest.json").write_text(json.dumps(facts, indent=1) + "\n")


def read_drawings(ref: ModelRef) -> ModelDrawings | None:
    """What was shipped for a model, or None: for nothing or for other weights.

    Raises:
        VitrineError: the model is not there.
    """
    path = folder_of(ref) / "manifest.json"
    if not path.exists():
        return None
    manifest, facts = json.loads(path.read_text()), model_source().facts(ref)
    if (manifest["format"], manifest["fingerprint"]) != (FORMAT, facts.fingerprint):
        return None
    params = FilterParams(**manifest["params"])
    return ModelDrawings(_outline(manifest, facts), params, path.parent, manifest["layers"])


def _outline(manifest: Mapping[str, Any], facts: ModelFacts) -> ModelOutline:
    layers = tuple(TargetLayer(**layer) for layer in manifest["target_layers"])
    return ModelOutline(facts, tuple(manifest["input_hw"]), manifest["seconds_per_run"], layers)


def _file_name(layer: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", layer.lower()).strip("-")


def _mosaic(images: Sequence[Pixels]) -> Pixels:
    """uint8 (rows, columns, 3): images (H, W, 3) of one shape, four in a row, black where there are none."""
    height, width = images[0].shape[:2]
    rows = -(-len(images) // COLUMNS)
    mosaic = np.zeros((rows, COLUMNS, height, width, 3), np.uint8)
    mosaic.reshape(-1, height, width, 3)[: len(images)] = images
    return mosaic.transpose(0, 2, 1, 3, 4).reshape(rows * height, COLUMNS * width, 3)


def _tiles(mosaic: Pixels, size_hw: Sequence[int]) -> Pixels:
    """uint8 (N, H, W, 3): the places of a mosaic in reading order."""
    height, width = size_hw
    rows = mosaic.shape[0] // height
    split = mosaic.reshape(rows, height, COLUMNS, width, 3).transpose(0, 2, 1, 3, 4)
    return split.reshape(-1, height, width, 3)


def _arrays(layer: LayerDrawings) -> dict[str, Array]:
    """Curves one after the other, and the peaks of all samples."""
    drawings, peaks = layer.drawings.values(), layer.peaks.values()
    return {
        "lengths": np.array([len(drawing.steps) for drawing in drawings], np.int32),
        "steps": np.concatenate([drawing.steps for drawing in drawings]),
        "curves": np.concatenate([drawing.curve for drawing in drawings]),
        "peak_values": np.array([one.values[: len(drawings)] for one in peaks], np.float32),
        "peak_places": np.array([one.places[: len(drawings)] for one in peaks], np.int32),
        "peak_grids": np.array([one.grid_hw for one in peaks], np.int32),
        "peak_fields": np.array([one.field for one in peaks]),
    }


def _read_layer(path: Path, facts: Mapping[str, Any]) -> LayerDrawings:
    with Image.open(path) as image:
        tiles = _tiles(np.asarray(image.convert("RGB")), facts["size_hw"])
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as stored:
        arrays = dict(stored)
    ends = np.cumsum(arrays["lengths"])[:-1]
    curves = zip(np.split(arrays["steps"], ends), np.split(arrays["curves"], ends), strict=True)
    drawings = {
        channel: Drawing(tile, steps, curve)
        for channel, tile, (steps, curve) in zip(facts["channels"], tiles, curves, strict=False)
    }
    return LayerDrawings(drawings, _peaks(arrays, facts), Making(**facts["made"]))


def _peaks(arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> dict[str, Peaks]:
    """Peaks by the digest of the sample; their channels are the first ones of the layer."""
    columns = (arrays[f"peak_{name}"] for name in ("values", "places", "grids", "fields"))
    return {
        digest: Peaks(values, places, cast(Any, tuple(grid.tolist())), cast(Any, tuple(field.tolist())))
        for digest, values, places, grid, field in zip(facts["pictures"], *columns, strict=True)
    }
