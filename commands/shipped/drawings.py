"""Makes the shipped feature visualizations anew. A layer takes about half a minute, so what is there for the
present weights stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from commands.shipped.answers import making
from commands.terminal import print_line
from compute.run.runners import LocalRunner, predict_with
from compute.shipped.drawing_files import folder_of, read_drawings, write_layer, write_model
from compute.shipped.drawings import LayerDrawings, first_channels, key_layers
from compute.work.features import FeatureOrder, PeaksSpec
from compute.work.filters import FilterOrder, FilterSpec
from compute.work.predict import KnownModel
from engine.errors import VitrineError
from engine.filters import OUTPUT, FilterParams
from engine.images.picture import Picture
from engine.visualise.patches import Peaks
from model_store.catalogue import CATALOGUE, ModelRef, as_seen
from samples.library import SAMPLES, Sample, sample_pixels

DRAWN = tuple(key for key, entry in CATALOGUE.items() if entry.shipped and entry.packaged is None)
"""Models whose drawings ship; a layer of EfficientNet-Lite takes minutes on two cores."""


def samples_for(ref: ModelRef) -> tuple[Sample, ...]:
    """Samples in which a model's peaks are found: digits for one of digits, the others for all others."""
    digits = CATALOGUE[ref.key].subject == "digit"
    return tuple(sample for sample in SAMPLES if (sample.kind == "digit") == digits)


def draw_layer(ref: ModelRef, model: KnownModel, layer: str, pictures: Sequence[Picture]) -> LayerDrawings:
    """Draw the first channels of a layer with the default parameters, and find their peaks in the samples."""
    runner = LocalRunner()
    order = FilterOrder(FilterSpec(ref, layer, first_channels(model, layer)), model)
    drawings = runner.run(order).drawings()
    return LayerDrawings(drawings, _peaks(runner, ref, layer, pictures), making())


def _peaks(runner: LocalRunner, ref: ModelRef, layer: str, pictures: Sequence[Picture]) -> dict[str, Peaks]:
    """By the digest of each sample; of those at whose size a cell's view can be measured."""
    found = {}
    for picture in pictures:
        try:
            found[picture.sha256] = runner.run(FeatureOrder(PeaksSpec(ref, layer), picture)).result()
        except VitrineError as error:
            print_line(f"{ref} {layer}: no patches in {picture.name}: {error}")
    return {digest: peaks for digest, peaks in found.items() if peaks is not None}


def make_drawings(ref: ModelRef, again: bool) -> None:
    """Draw the layers of a model that are not there, or are of other weights or parameters.

    What its page opens on is drawn first, and what is finished is kept if the command ends.

    Args:
        ref: a shipped model.
        again: also those that are there.
    """
    if ref.key not in DRAWN:
        return
    shown = samples_for(ref)
    pictures = [as_seen(ref, Picture(sample_pixels(sample.key), sample.title)) for sample in shown]
    suiting = next((place for place, one in enumerate(shown) if one.kind == CATALOGUE[ref.key].subject), 0)
    picture = pictures[suiting]
    model = predict_with(LocalRunner(), ref, picture)
    layers = {} if again else _entries(ref)
    best = {one.name for one in model.target_layers if one.best} | {OUTPUT}
    for layer in sorted(key_layers(model), key=lambda name: name not in best):
        if layer not in layers:
            layers[layer] = write_layer(ref, layer, draw_layer(ref, model, layer, pictures))
            ordered = {name: layers[name] for name in key_layers(model) if name in layers}
            write_model(ref, model, FilterParams(), ordered)
            print_line(f"{ref} {layer}")
    size = sum(file.stat().st_size for file in folder_of(ref).iterdir())
    print_line(f"{ref}: {len(layers)} layers, {size / 1e6:.2f} MB")


def _entries(ref: ModelRef) -> dict[str, Mapping[str, Any]]:
    """What the manifest says of layers that are drawn already as they would be today."""
    known = read_drawings(ref)
    return {} if known is None or known.params != FilterParams() else dict(known.entries)
