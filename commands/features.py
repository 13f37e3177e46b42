"""`features`: what the layers of a model make of a picture, written into a folder."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from commands.explain import make_folder
from commands.pictures import open_picture, parse_point
from commands.runners import open_runner
from compute.run.runners import Runner, predict_with
from compute.work.features import AttentionSpec, FeatureOrder, FeatureSpec, LayersSpec, MapsSpec
from compute.work.predict import Prediction
from engine.arrays import Floats
from engine.errors import ModelError, TargetError
from engine.features import LayerFacts, LayerMaps
from engine.images.picture import Picture
from engine.npz import npz_of
from engine.visualise.attention import effective_cells
from engine.visualise.channels import Channels, channel_csv
from engine.visualise.render import Scale, colourise, png_bytes, scale_of
from engine.visualise.sheets import tile_sheet
from model_store.catalogue import ModelRef

USUAL, ALL = "usual", "all"


@dataclass(frozen=True)
class FeatureQuestion:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        image: picture file.
        layer: name of a layer, or ``usual`` or ``all``.
        point: ROW,COL of the cell whose attention is asked for, or None.
        same: one scale for all channels of a layer.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    image: Path
    layer: str
    point: str | None = None
    same: bool = False
    scheduler: str | None = None


@dataclass(frozen=True, eq=False)
class _Case:
    question: FeatureQuestion
    ref: ModelRef
    picture: Picture
    prediction: Prediction
    runner: Runner

    def ask(self, spec: FeatureSpec[Any]) -> Any:
        """The answer to a question about the inside of the model."""
        return self.runner.run(FeatureOrder(spec, self.picture)).result()


def features_to_folder(question: FeatureQuestion, out: Path) -> Iterator[dict[str, Any]]:
    """Look at layers, write what they make of the picture, and give a row of figures for each.

    Raises:
        VitrineError: the question cannot be answered.
    """
    ref, picture = ModelRef.parse(question.model), open_picture(question.image)
    make_folder(out)
    with open_runner(question.scheduler) as runner:
        case = _Case(question, ref, picture, predict_with(runner, ref, picture), runner)
        listed = case.ask(LayersSpec(ref)).layers
        chosen = layers_named(question.layer, listed, case.prediction)
        for facts in chosen:
            folder = (
                out if len(chosen) == 1 and question.layer not in (USUAL, ALL) else out / _slug(facts.name)
            )
            make_folder(folder)
            yield (_attention if facts.attends else _maps)(case, facts, folder)


def layers_named(wanted: str, layers: tuple[LayerFacts, ...], prediction: Prediction) -> list[LayerFacts]:
    """The layers of a name, or those worth looking at, or all that have maps.

    Raises:
        ModelError: there is no such layer.
    """
    usual = {
        target_layer.name
        for target_layer in prediction.target_layers
        if target_layer.usual or target_layer.best
    }
    fits: dict[str, Callable[[LayerFacts], bool]] = {
        wanted: lambda facts: facts.name == wanted,
        USUAL: lambda facts: facts.name in usual,
        ALL: lambda facts: not facts.attends,
    }
    found = [facts for facts in layers if fits[wanted](facts)]
    if not found:
        raise ModelError(
            "There is no layer {layer!r}; there are {known}.",
            layer=wanted,
            known=", ".join(facts.name for facts in layers),
        )
    return found


def _maps(case: _Case, facts: LayerFacts, folder: Path) -> dict[str, Any]:
    maps = case.ask(MapsSpec(case.ref, facts.name))
    channels = Channels(maps.after)
    figures = channels.figures()
    _write(
        folder,
        _arrays(maps),
        _manifest(case, facts) | {"figures": figures, "scale": "layer" if case.question.same else "channel"},
    )
    (folder / "sheet.png").write_bytes(png_bytes(_sheet(channels, case.question.same)))
    (folder / "channels.csv").write_text(channel_csv(channels))
    share = f"{int(figures['dead channels'])} of {channels.count}"
    return _row(facts) | {
        **{
            "dead": share,
            "active": round(figures["active places"], 3),
            "mean": float(f"{figures['mean']:.4g}"),
        },
        **{"minimum": float(f"{figures['minimum']:.4g}"), "maximum": float(f"{figures['maximum']:.4g}")},
    }


def _attention(case: _Case, facts: LayerFacts, folder: Path) -> dict[str, Any]:
    if case.question.point is None:
        raise TargetError(
            "{layer} is an attention block. Please say with --point ROW,COL which place of the picture asks.",
            layer=facts.name,
        )
    place = parse_point(case.question.point, case.picture)
    rows, columns, _heads = facts.shape_hwk
    query = int(place[0] * rows), int(place[1] * columns)
    weights = case.ask(AttentionSpec(case.ref, facts.name, query))
    cells = [round(effective_cells(head), 2) for head in weights]
    _write(
        folder,
        {"attention": weights},
        _manifest(case, facts) | {"query_rc": query, "cells attended to": cells},
    )
    heads = [colourise(head, scale_of(head, False)) for head in weights]
    (folder / "sheet.png").write_bytes(
        png_bytes(tile_sheet(heads, [f"head {number}" for number in range(1, len(heads) + 1)]))
    )
    return _row(facts) | {"cells attended to": cells, "maximum": float(f"{weights.max():.4g}")}


def _arrays(maps: LayerMaps) -> dict[str, Floats]:
    return {"after": maps.after} | ({} if maps.before is None else {"before": maps.before})


def _row(facts: LayerFacts) -> dict[str, Any]:
    return {
        "layer": facts.name,
        "shape": " x ".join(map(str, facts.shape_hwk)),
        "activation": facts.activation or "-",
    }


def _manifest(case: _Case, facts: LayerFacts) -> dict[str, Any]:
    origin = case.prediction.provenance(case.picture)
    layer = {
        "name": facts.name,
        "kind": facts.kind,
        "shape_hwk": facts.shape_hwk,
        "activation": facts.activation,
    }
    return {
        **{"kind": "feature maps", "layer": layer, "input_hw": case.prediction.input_hw},
        "provenance": {
            **{
                "model": origin.model,
                "fingerprint": origin.fingerprint,
                "picture": origin.picture,
                "picture_sha256": origin.picture_sha256,
            },
            "versions": dict(origin.versions),
        },
    }


def _write(folder: Path, arrays: dict[str, Floats], manifest: dict[str, Any]) -> None:
    (folder / "arrays.npz").write_bytes(npz_of(arrays))
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def _sheet(channels: Channels, same: bool) -> np.ndarray:
    def scale(channel: int) -> Scale:
        return channels.scale if same else channels.scale_of(channel)

    maps = [colourise(channels.values[..., channel], scale(channel)) for channel in range(channels.count)]
    return tile_sheet(maps, [str(channel) for channel in range(channels.count)])


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
