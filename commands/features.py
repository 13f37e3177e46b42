"""`features`: what the layers of a model make of a picture, written into a folder."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from commands.folders import folder_slug, make_folder, write_manifest
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
    ref = ModelRef.parse(question.model)
    picture = open_picture(question.image, ref)
    make_folder(out)
    with open_runner(question.scheduler) as runner:
        case = _Case(question, ref, picture, predict_with(runner, ref, picture), runner)
        listed = case.ask(LayersSpec(ref)).layers
        chosen = layers_named(question.layer, listed, case.prediction)
        several = len(chosen) > 1 or question.layer in (USUAL, ALL)
        for facts in chosen:
            folder = out / folder_slug(facts.name) if several else out
            make_folder(folder)
            yield (_attention if facts.attends else _maps)(case, facts, folder)


def layers_named(wanted: str, layers: tuple[LayerFacts, ...], prediction: Prediction) -> list[LayerFacts]:
    """The layers of a name, or those worth looking at, or all that have maps.

    Raises:
        ModelError: there is no such layer.
    """
    usual = {layer.name for layer in prediction.target_layers if layer.usual or layer.best}
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
    scale = "layer" if case.question.same else "channel"
    _write(folder, _arrays(maps), _manifest(case, facts) | {"figures": figures, "scale": scale})
    (folder / "sheet.png").write_bytes(png_bytes(_sheet(channels, case.question.same)))
    (folder / "channels.csv").write_text(channel_csv(channels))
    return _row(facts) | {
        "dead": f"{int(figures['dead channels'])} of {channels.count}",
        "active": round(figures["active places"], 3),
        **{name: float(f"{figures[name]:.4g}") for name in ("mean", "minimum", "maximum")},
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
    manifest = _manifest(case, facts) | {"query_rc": query, "cells attended to": cells}
    _write(folder, {"attention": weights}, manifest)
    heads = [colourise(head, scale_of(head, False)) for head in weights]
    titles = [f"head {number}" for number in range(1, len(heads) + 1)]
    (folder / "sheet.png").write_bytes(png_bytes(tile_sheet(heads, titles)))
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
        "kind": "feature maps",
        "layer": layer,
        "input_hw": case.prediction.input_hw,
        "provenance": {name: value for name, value in asdict(origin).items() if name != "schedule"},
    }


def _write(folder: Path, arrays: dict[str, Floats], manifest: dict[str, Any]) -> None:
    (folder / "arrays.npz").write_bytes(npz_of(arrays))
    write_manifest(folder, manifest)


def _sheet(channels: Channels, same: bool) -> np.ndarray:
    def scale(channel: int) -> Scale:
        return channels.scale if same else channels.scale_of(channel)

    maps = [colourise(channels.values[..., channel], scale(channel)) for channel in range(channels.count)]
    return tile_sheet(maps, [str(channel) for channel in range(channels.count)])
