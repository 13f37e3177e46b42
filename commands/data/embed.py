"""`embed`: the images of a data set as points, by the features of a layer, with how far to trust them."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from commands.data.evaluate_data import about
from commands.data.tables import check_table_path, write_rows
from commands.options import setting_texts
from commands.runners import images_bar, open_runner
from compute.measure.features import FEATURES, LayerFeatures
from compute.measure.layout import FeatureTable, LayoutOrder, LayoutSpec, TrustedLayout
from compute.measure.measure import ERROR
from compute.run.runners import Runner, predict_with
from compute.work.measure import MeasureOrder, MeasureSpec, MeasureView
from data_store.base.words import DataSet
from data_store.catalogue import data_set_at
from data_store.images import read_image
from engine.arrays import LongInts
from engine.errors import DataSetError, ModelError, ProjectionError, VitrineError
from engine.images.picture import Picture
from engine.params import from_texts
from engine.projection.table import get_projection
from engine.projection.trust import Kept
from model_store.catalogue import ModelRef, as_seen

TRIED = 20
"""Images that are tried until one can be read."""


@dataclass(frozen=True)
class EmbedQuestion:
    """What is asked, as it was typed.

    Attributes:
        model: key of the model.
        data: key or folder of a data set.
        out: file for the points.
        split: part of the data set; None for all of it.
        layer: name of a target layer; the best one where it is None.
        method: key of ``PROJECTIONS``.
        settings: NAME=VALUE texts, parameters of the method.
        dimensions: 2 or 3.
        seed: of everything drawn.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    data: str
    out: Path
    split: str | None = None
    layer: str | None = None
    method: str = "pca"
    settings: tuple[str, ...] = ()
    dimensions: int = 2
    seed: int = 0
    scheduler: str | None = None

    def layout(self) -> LayoutSpec:
        """The layout that is asked for.

        Raises:
            VitrineError: there is none, its library is missing, or a parameter does not fit.
        """
        row = get_projection(self.method)
        if reason := row.why_not():
            raise ProjectionError(getattr(reason, "text", reason), **getattr(reason, "values", {}))
        return LayoutSpec(
            self.method, from_texts(row.params, setting_texts(self.settings)), self.dimensions, self.seed
        )


def embed_images(asked: EmbedQuestion) -> dict[str, Any]:
    """Lay out the images of a data set, write a point for each, and say how far to trust them.

    Raises:
        VitrineError: the question cannot be answered; wrong words are found before the model runs.
    """
    check_table_path(asked.out)
    spec, data, ref = asked.layout(), data_set_at(asked.data), ModelRef.parse(asked.model)
    sample = readable_image(data, ref, asked.split)
    with open_runner(asked.scheduler) as runner, images_bar() as follow:
        layer = layer_of(runner, ref, sample, asked.layer)
        order = MeasureOrder(MeasureSpec(LayerFeatures(ref, layer), asked.split), data)
        view = runner.run(order, follow)
        positions, values = view.heavy(FEATURES)
        if not len(positions):
            raise DataSetError(_why_none(view))
        found = runner.run(LayoutOrder(spec, FeatureTable(values))).result()
    assert found is not None
    write_rows(_point_rows(view, positions, found), asked.out)
    return {
        "model": order.facts.key,
        **about(order),
        "layer": layer,
        "method": spec.method,
        "params": spec.params.as_dict(),
        "dimensions": spec.dimensions,
        "seed": spec.seed,
        "images": len(positions),
        "features": int(values.shape[1]),
        "left_out": len(order.items) - len(positions),
        "notes": [str(note) for note in found.layout.notes],
        "trust": _trust_facts(found),
    }


def readable_image(data: DataSet, ref: ModelRef, split: str | None) -> Picture:
    """One image as the model sees it, to ask for the layers.

    Raises:
        DataSetError: none of the first images can be read.
    """
    for item in data.items_of(split)[:TRIED]:
        try:
            return as_seen(ref, read_image(data, item))
        except VitrineError:
            continue
    raise DataSetError("No image of {title} can be read.", title=data.title)


def layer_of(runner: Runner, ref: ModelRef, sample: Picture, asked: str | None) -> str:
    """The layer that is asked for, or the best one.

    Raises:
        ModelError: there is no such target layer, or none at all.
    """
    layers = predict_with(runner, ref, sample).target_layers
    best = next((layer.name for layer in layers if layer.best), None)
    wanted = best if asked is None else asked
    if wanted is None:
        raise ModelError("{model} has no layers that features can be taken from.", model=str(ref))
    if wanted not in {layer.name for layer in layers}:
        known = ", ".join(layer.name for layer in layers) or "none"
        raise ModelError("There is no target layer {layer!r}; there are {known}.", layer=wanted, known=known)
    return wanted


def _why_none(view: MeasureView) -> str:
    """Why no image has features: what is said of the first."""
    return next(filter(None, view.table()[ERROR].to_pylist()), "No image has features.")


def _point_rows(view: MeasureView, positions: LongInts, found: TrustedLayout) -> list[dict[str, Any]]:
    order = view.order
    points = np.where(np.isfinite(found.layout.points), found.layout.points, np.nan).astype(float)
    rows = []
    for place, point in zip(positions.tolist(), points.tolist(), strict=True):
        item = order.items[place]
        label = None if item.label is None else order.data.labels[item.label]
        rows.append(
            {"image": item.id, "split": item.split, "label": label} | dict(zip("xyz", point, strict=False))
        )
    return rows


def _trust_facts(found: TrustedLayout) -> dict[str, Any] | None:
    """Neighbours kept by the layout and by its null; None where there are too few images to say."""
    if found.trust is None:
        return None
    trust = found.trust
    return {
        "verdict": str(trust.verdict),
        "is_noise": trust.is_noise,
        "gain": trust.gain,
        "layout": _kept(trust.kept),
        "sample": _kept(trust.sample),
        "null": _kept(trust.null) | {"layouts_of_noise": len(trust.nulls)},
        "images_compared": trust.images,
        "neighbours": trust.near,
    }


def _kept(kept: Kept) -> dict[str, Any]:
    return asdict(kept)


def layout_lines(facts: dict[str, Any], out: Path) -> list[str]:
    """What was laid out and how far to trust it, in lines."""
    trust = facts["trust"]
    lines = [
        f"{facts['images']:,} images by {facts['features']} features of {facts['layer']}, {facts['method']}"
    ]
    if trust is None:
        lines.append("There are too few different images to compare the layout with noise.")
    else:
        kept, null = trust["layout"], trust["null"]
        lines.append(
            f"trustworthiness {kept['trustworthiness']:.3f} (noise: {null['trustworthiness']:.3f}), "
            f"nearest neighbours kept {kept['recall']:.3f} (noise: {null['recall']:.3f})"
        )
        lines.append(trust["verdict"])
    return [*lines, *facts["notes"], f"-> {out}"]
