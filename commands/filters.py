"""`filters`: pictures of what filters look for, written into a folder and kept for the page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from commands.folders import folder_slug, make_folder, write_manifest
from commands.options import setting_texts
from commands.runners import open_runner, steps_bar
from compute.base.store import ResultStore
from compute.run.runners import predict_with
from compute.work.filters import FilterOrder, FilterSpec, FilterView
from compute.work.predict import Prediction
from engine.filters import OUTPUT, FilterParams, parse_channels
from engine.gradients.target_layers import choose_target_layers
from engine.images.picture import Picture
from engine.params import from_texts
from engine.visualise.render import png_bytes
from engine.visualise.sheets import filter_sheet
from model_store.catalogue import ModelRef, as_seen
from samples.library import SAMPLES, sample_pixels

FIRST = 64
"""So many channels of a layer are drawn where none are named."""


@dataclass(frozen=True)
class FilterQuestion:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        layer: name of a layer, ``usual``, ``all``, ``output``, or empty for the best one.
        channels: such as ``0-63``; the first 64 of each layer if None.
        settings: NAME=VALUE texts.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    layer: str = ""
    channels: str | None = None
    settings: tuple[str, ...] = field(default=())
    scheduler: str | None = None

    def params(self) -> FilterParams:
        """How pictures are drawn.

        Raises:
            ParamsError: unknown parameter or bad value.
        """
        return from_texts(FilterParams, setting_texts(self.settings, "steps=64"))


def draw_to_folder(question: FilterQuestion, out: Path) -> Iterator[str]:
    """Draw what is asked, write it, and say what was written line by line.

    Raises:
        VitrineError: the question cannot be answered; before anything is drawn.
    """
    ref, params = ModelRef.parse(question.model), question.params()
    make_folder(out)
    with open_runner(question.scheduler, ResultStore()) as runner:
        picture = as_seen(ref, Picture(sample_pixels(SAMPLES[0].key), SAMPLES[0].title))
        prediction = predict_with(runner, ref, picture)
        known = prediction.target_layers
        layers = (OUTPUT,) if question.layer == OUTPUT else choose_target_layers(known, [question.layer])
        for order in [_order(question, ref, layer, params, prediction) for layer in layers]:
            with steps_bar(order.layer) as on_progress:
                view = runner.run(order, on_progress)
            folder = out / folder_slug(order.layer) if len(layers) > 1 else out
            write_sheet(view, folder)
            yield _describe(view, folder)


def _order(
    question: FilterQuestion, ref: ModelRef, layer: str, params: FilterParams, prediction: Prediction
) -> FilterOrder:
    first = FilterOrder(FilterSpec(ref, layer, (0,), params), prediction)
    channels = parse_channels(question.channels or f"0-{min(FIRST, first.width) - 1}", first.width)
    return FilterOrder(FilterSpec(ref, layer, channels, params), prediction)


def write_sheet(view: FilterView, folder: Path) -> None:
    """Write the numbered sheet, the arrays and the manifest."""
    make_folder(folder)
    order, drawn = view.order, view.drawings()
    sheet = filter_sheet({channel: drawing.pixels for channel, drawing in drawn.items()})
    (folder / "sheet.png").write_bytes(png_bytes(sheet))
    drawings = list(drawn.values())
    np.savez(
        folder / "arrays.npz",
        channels=np.array(list(drawn), np.int32),
        pixels=np.stack([drawing.pixels for drawing in drawings]),
        start=np.array([drawing.start for drawing in drawings], np.float32),
        reached=np.array([drawing.reached for drawing in drawings], np.float32),
    )
    facts = {
        "model": order.facts.key,
        "fingerprint": order.facts.fingerprint,
        "layer": order.layer,
        "channels": list(drawn),
        "params": order.spec.params.as_dict(),
        "silent": [channel for channel, drawing in drawn.items() if drawing.silent],
        "files": ["arrays.npz", "sheet.png"],
    }
    write_manifest(folder, facts)


def _describe(view: FilterView, folder: Path) -> str:
    drawings = view.drawings()
    gains = [drawing.gain for drawing in drawings.values() if drawing.gain is not None]
    silent = [str(channel) for channel, drawing in drawings.items() if drawing.silent]
    said = f"{view.order.layer}: {len(drawings)} channels"
    said += f", activation {np.median(gains):.3g} times that of noise (median)" if gains else ""
    said += f"; no answer from {', '.join(silent)}" if silent else ""
    return f"{said} -> {folder}"
