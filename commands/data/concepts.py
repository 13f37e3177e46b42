"""`concepts`: what a layer makes of the images of a class, and how far the class depends on each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from commands.data.embed import layer_of, readable_image
from commands.data.tables import write_rows
from commands.data.zone_concepts import ask_zone, zone_lines
from commands.data.zones import ZoneWords, find_zone
from commands.runners import images_bar, open_runner
from compute.measure.classes import ClassAnswers
from compute.measure.concepts.book import ConceptBook, ConceptOrder, ConceptSpec, PlaceTable
from compute.measure.concepts.images import (
    ASKED_IMAGES,
    images_to_answer,
    places_answered,
    places_known,
    some_images,
)
from compute.measure.concepts.places import ANY, LayerPlaces
from compute.measure.concepts.scores import ConceptScores
from compute.run.runners import Runner
from compute.work.concepts.image_concepts import ImageConceptSpec
from compute.work.concepts.reading import (
    ClassDependence,
    PlacesFound,
    class_dependence,
    concept_rows,
    places_found,
)
from compute.work.measure import MeasureOrder, MeasureSpec
from compute.worker.sources import model_source
from data_store.base.words import DataSet
from data_store.catalogue import data_set_at
from data_store.images import read_image
from engine.concepts.crops import crop_of, crop_row
from engine.concepts.placing import crop_box
from engine.errors import DataSetError, ParamsError, StoreError
from engine.model import ModelFacts
from model_store.catalogue import ModelRef, as_seen


@dataclass(frozen=True)
class ConceptQuestion:
    """What is asked, as it was typed.

    Attributes:
        model: key of the model.
        data: key or folder of a data set.
        class_name: class of the model; of a segmentation model the class of the zones.
        split: part of the data set; None for all of it.
        layer: name of a target layer; the best one where it is None.
        concepts: how many; None for as many as two halves of the images agree on.
        out: folder for a table, crops and all figures.
        scheduler: address of a Dask cluster, or None.
        zone: of one image that is asked about the concepts, or None.
    """

    model: str
    data: str
    class_name: str
    split: str | None = None
    layer: str | None = None
    concepts: int | None = None
    out: Path | None = None
    scheduler: str | None = None
    zone: ZoneWords | None = None


@dataclass(frozen=True, eq=False)
class _Found:
    """What was found, with the images it was found in."""

    images: DataSet
    places: PlacesFound
    book: ConceptBook
    dependence: ClassDependence | None


def find_class_concepts(asked: ConceptQuestion) -> dict[str, Any]:
    """Concepts of a class: figures for people and programs; crops go into the folder.

    Raises:
        VitrineError: the question cannot be answered; wrong words are found before the model runs.
    """
    _check_folder(asked.out)
    data, ref = data_set_at(asked.data), ModelRef.parse(asked.model)
    facts = model_source().facts(ref)
    index = class_index(asked.class_name, facts)
    sample = readable_image(data, ref, asked.split)
    with open_runner(asked.scheduler) as runner:
        zone = None if asked.zone is None else find_zone(asked.zone, data, ref, runner)
        layer = layer_of(runner, ref, sample, asked.layer)
        images = some_images(data, image_places(runner, ref, index, data, asked.split))
        found = _found(asked, runner, LayerPlaces(ref, layer, _zones_of(facts, index)), images)
        told = {
            **_told(found),
            "model": facts.key,
            "data": data.key,
            "class": facts.labels[index],
            "layer": layer,
        }
        if zone is not None:
            spec = ImageConceptSpec(ref, layer, found.book.basis, zone.index)
            told["in_zone"] = ask_zone(runner, spec, zone)
    if asked.out is not None:
        _write(asked.out, told, found, ref)
    return told


def _check_folder(out: Path | None) -> None:
    if out is not None and out.is_dir() and any(out.iterdir()):
        raise StoreError("The folder {path} is not empty. Please name a new one.", path=out)


def class_index(name: str, facts: ModelFacts) -> int:
    """A class of a model by its name.

    Raises:
        ParamsError: there is none.
    """
    names = [label.casefold() for label in facts.labels]
    if name.casefold() not in names:
        known = ", ".join(facts.labels[:10])
        raise ParamsError(
            "{model} has no class {name!r}; it has {known}.", model=facts.key, name=name, known=known
        )
    return names.index(name.casefold())


def _zones_of(facts: ModelFacts, index: int) -> int:
    return index if facts.task == "segmentation" else ANY


def image_places(
    runner: Runner, ref: ModelRef, index: int, data: DataSet, split: str | None
) -> Sequence[int]:
    """Places of the images of the class; the model is asked where nothing else tells them."""
    known = places_known(data, split, index, model_source().facts(ref))
    if known is not None:
        return known
    some = images_to_answer(data, split)
    with images_bar() as follow:
        view = runner.run(MeasureOrder(MeasureSpec(ClassAnswers(ref)), some), follow)
    return places_answered(view.table(), index, some, data)


def _found(asked: ConceptQuestion, runner: Runner, measure: LayerPlaces, images: DataSet) -> _Found:
    channels = {layer.name: layer.channels for layer in _layers(runner, measure, images)}[measure.layer]
    with images_bar() as follow:
        view = runner.run(MeasureOrder(MeasureSpec(measure), images), follow)
    places = places_found(view, channels)
    if not len(places.vectors):
        raise DataSetError("The model sees nothing of this class in {title}.", title=images.title)
    spec = ConceptSpec(asked.concepts)
    book = runner.run(ConceptOrder(spec, PlaceTable(places.vectors, places.positions))).result()
    assert book is not None
    index = class_index(asked.class_name, model_source().facts(measure.ref))
    chosen = some_images(images, np.unique(places.positions).tolist(), ASKED_IMAGES)
    scores = ConceptScores(measure.ref, measure.layer, index, book.basis)
    with images_bar() as follow:
        dependence = class_dependence(runner.run(MeasureOrder(MeasureSpec(scores), chosen), follow))
    return _Found(images, places, book, dependence)


def _layers(runner: Runner, measure: LayerPlaces, images: DataSet) -> Any:
    from compute.run.runners import predict_with

    return predict_with(runner, measure.ref, readable_image(images, measure.ref, None)).target_layers


def _told(found: _Found) -> dict[str, Any]:
    book, dependence = found.book, found.dependence
    told: dict[str, Any] = {
        "images": len(np.unique(found.places.positions)),
        "places": len(found.places.cells),
        "explained": book.explained,
        "signed": book.basis.signed,
        "tried": [vars(trial) for trial in book.trials],
        "concepts": concept_rows(book, dependence),
    }
    if dependence is not None:
        whole = dependence.completeness
        told |= {
            "images_asked": dependence.images,
            "r2": dependence.agreement.r2,
            "same_answer": dependence.agreement.same,
            "low_agreement": dependence.agreement.low,
            "stability": dependence.importance.stability,
            "completeness": None if whole is None else whole.share,
        }
    return told


def _write(out: Path, told: dict[str, Any], found: _Found, ref: ModelRef) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_rows(told["concepts"], out / "concepts.csv")
    (out / "concepts.json").write_text(json.dumps(told, indent=1), "utf-8")
    for number, concept in enumerate(found.book.places, 1):
        pieces = [_crop(found, row, ref) for row in concept.rows.tolist()]
        Image.fromarray(crop_row(pieces)).save(out / f"concept-{number}.png")


def _crop(found: _Found, row: int, ref: ModelRef) -> Any:
    places = found.places
    picture = as_seen(ref, read_image(found.images, found.images.items[int(places.positions[row])]))
    rows, columns = places.grids[row].tolist()
    return crop_of(picture.pixels, crop_box(int(places.cells[row]), (rows, columns)))


def concept_lines(told: dict[str, Any]) -> list[str]:
    """What was found, in lines."""
    name, count = told["class"], len(told["concepts"])
    head = f"{name} in {told['images']} images: {count} concepts explain"
    lines = [f"{head} {told['explained']:.0%} of {told['layer']}"]
    if told["signed"]:
        lines.append("The layer has negative values: concepts are singular vectors with a sign.")
    if "r2" in told:
        whole = told["completeness"]
        lines.append(
            f"With the concepts alone: R2 {told['r2']:.2f}, same answer {told['same_answer']:.0%}, "
            f"completeness {'-' if whole is None else f'{whole:.2f}'} ({told['images_asked']} images)"
        )
    if told.get("low_agreement"):
        lines.append("With the concepts alone the model answers otherwise: importance says little about it.")
    return [*lines, *(zone_lines(told["in_zone"]) if "in_zone" in told else [])]
