"""`tcav`: whether a class or a zone depends on concepts that somebody gives, tested against random images."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commands.data.concepts import class_index, image_places
from commands.data.embed import layer_of, readable_image
from commands.data.tables import check_table_path, write_rows
from commands.data.zones import ZoneWords, find_zone
from commands.runners import images_bar, open_runner
from compute.measure.concepts.images import some_images
from compute.measure.concepts.places import ANY
from compute.measure.measure import Measure
from compute.run.runners import Runner
from compute.tcav.asking import (
    MOST_TARGET,
    ConceptImages,
    LayerTables,
    after_holm,
    concept_of_class,
    concept_of_images,
    effort_for,
    random_images,
    refuse_few_images,
)
from compute.tcav.features import ConceptFeatures, TargetGradients, layer_rows
from compute.unpacking.unpacking import Unpacking, UploadTask
from compute.work.features import FeatureOrder
from compute.work.measure import MeasureOrder, MeasureSpec, MeasureView
from compute.work.single.own_features import ZoneGradientsSpec
from compute.worker.sources import model_source
from data_store.base.words import DataSet
from data_store.catalogue import data_set_at, data_set_of
from data_store.shipped import textures
from engine.arrays import AnyFloats
from engine.errors import DataSetError, ParamsError
from engine.model import ModelFacts
from engine.tcav.cells import POOLED, SPATIAL
from model_store.catalogue import ModelRef
from settings import MEGABYTE, settings


@dataclass(frozen=True)
class Grounds:
    """Against what, and on which part, concepts are tested.

    Attributes:
        random: key or folder of the random images; None for the images of the target's data set.
        cells: numbers of the cells that are kept of each image, with commas; "" for all of it.
        spatial: whether a concept has a place.
        seed: of all that is drawn.
    """

    random: str | None = None
    cells: str = ""
    spatial: bool = False
    seed: int = 0


@dataclass(frozen=True)
class TcavQuestion:
    """What is asked, as it was typed.

    Attributes:
        model: key of the model.
        images: key or folder of the data set with the images of the target.
        target: class of the model; of a segmentation model the class of the zones. None where ``zone`` says.
        concepts: names of textures, folders, ZIP files, data sets, or ``DATA:CLASS``.
        layers: names of target layers; the best one where there is none.
        versus: class that the target is set against, or None.
        split: part of the data set; None for all of it.
        grounds: against what.
        out: CSV or Parquet file for the table, or None.
        scheduler: address of a Dask cluster, or None.
        zone: of one image, in place of a class in all of them; None for a class.
    """

    model: str
    images: str
    target: str | None
    concepts: tuple[str, ...]
    layers: tuple[str, ...] = ()
    versus: str | None = None
    split: str | None = None
    grounds: Grounds = field(default_factory=Grounds)
    out: Path | None = None
    scheduler: str | None = None
    zone: ZoneWords | None = None


@dataclass(frozen=True, eq=False)
class _Asked:
    """What might depend on concepts: its name, what it is set against, and derivatives of its score."""

    name: str
    versus: str | None
    gradients: Sequence[AnyFloats]


def run_tcav(asked: TcavQuestion) -> dict[str, Any]:
    """Test concepts: figures for people and programs.

    Raises:
        VitrineError: the question cannot be answered; wrong words are found before the model runs.
    """
    check_table_path(asked.out)
    data, ref = data_set_at(asked.images), ModelRef.parse(asked.model)
    facts, cells = model_source().facts(ref), _cells_of(asked.grounds.cells)
    _check_target(asked, facts)
    with ExitStack() as kept:
        concepts = [kept.enter_context(_concept(name, cells)) for name in asked.concepts]
        own = asked.grounds.random is None
        random = random_images(
            data if own else data_set_at(str(asked.grounds.random)), asked.split if own else None, concepts
        )
        refuse_few_images(concepts, random)
        runner = kept.enter_context(open_runner(asked.scheduler))
        sample = readable_image(data, ref, asked.split)
        layers = tuple(layer_of(runner, ref, sample, layer) for layer in asked.layers or (None,))
        side = SPATIAL if asked.grounds.spatial else POOLED
        target = (_class_target if asked.zone is None else _zone_target)(asked, runner, layers, side)
        features = ConceptFeatures(ref, layers, side, cells)
        views = [_measured(runner, features, one) for one in (random, *(each.data for each in concepts))]
        tables = LayerTables(views[0], target.gradients)
        orders = tables.orders(views[1:], effort_for(len(concepts) * len(layers), asked.grounds.seed))
        tests = [runner.run(order).result() or () for order in orders]
    rows = after_holm(
        [
            (concept.name, layer, test)
            for layer, found in zip(layers, tests, strict=True)
            for concept, test in zip(concepts, found, strict=True)
        ]
    )
    told = [row.row() for row in rows]
    write_rows(told, asked.out)
    return {
        "model": facts.key,
        "data": data.key,
        "target": target.name,
        "versus": target.versus,
        "images": rows[0].test.images,
        "random_images": len(random.items),
        "set_size": rows[0].test.size,
        "random_sets": len(rows[0].test.random_mean),
        "tests": told,
    }


def _check_target(asked: TcavQuestion, facts: ModelFacts) -> None:
    """Lets only one target pass, whose words the model knows."""
    if (asked.target is None) == (asked.zone is None):
        raise ParamsError("Please name a class with --target, or a zone with --image and --zone.")
    if asked.zone is not None and asked.versus is not None:
        raise ParamsError("A zone is set against another with --with, not with --versus.")
    for name in (asked.target, asked.versus):
        if name is not None:
            class_index(name, facts)


def _class_target(asked: TcavQuestion, runner: Runner, layers: tuple[str, ...], side: int) -> _Asked:
    """A class in the images of the data set."""
    data, ref = data_set_at(asked.images), ModelRef.parse(asked.model)
    facts = model_source().facts(ref)
    index = class_index(str(asked.target), facts)
    versus = ANY if asked.versus is None else class_index(asked.versus, facts)
    images = some_images(data, image_places(runner, ref, index, data, asked.split))
    some = some_images(images, range(len(images.items)), MOST_TARGET)
    found = layer_rows(_measured(runner, TargetGradients(ref, layers, index, versus, side), some))
    return _Asked(facts.labels[index], None if versus == ANY else facts.labels[versus], found)


def _zone_target(asked: TcavQuestion, runner: Runner, layers: tuple[str, ...], side: int) -> _Asked:
    """A zone of one image, or its boundary with another."""
    assert asked.zone is not None
    ref = ModelRef.parse(asked.model)
    found = find_zone(asked.zone, data_set_at(asked.images), ref, runner)
    order = FeatureOrder(ZoneGradientsSpec(ref, layers, found.target, side), found.picture)
    gradients = runner.run(order).result()
    assert gradients is not None
    return _Asked(str(found.target.label), None, gradients)


def _cells_of(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdecimal() and len(word) < 4 for word in words):
        raise ParamsError("Cells are numbers with commas between them; received {text!r}.", text=text[:60])
    return tuple(sorted({int(word) for word in words}))


@contextmanager
def _concept(name: str, cells: tuple[int, ...]) -> Iterator[ConceptImages]:
    """The images that a word stands for; what was unpacked for it is removed at the end."""
    if name.lower().endswith(".zip"):
        with tempfile.TemporaryDirectory(prefix="vitrine-concept-") as folder:
            yield concept_of_images(Path(name).stem, _unpacked(Path(name), Path(folder)), cells=cells)
    elif name in textures.NAMES:
        yield concept_of_class(data_set_of(textures.KEY), textures.NAMES.index(name), cells)
    else:
        yield _of_data(name, cells)


def _of_data(name: str, cells: tuple[int, ...]) -> ConceptImages:
    place, _, label = name.rpartition(":")
    if not place or Path(name).is_dir():
        return concept_of_images(Path(name).name, data_set_at(name), cells=cells)
    data = data_set_at(place)
    if label not in data.labels:
        known = ", ".join(data.labels[:10]) or "none"
        raise DataSetError(
            "{title} has no class {name!r}; it has {known}.", title=data.title, name=label[:60], known=known
        )
    return concept_of_class(data, data.labels.index(label), cells)


def _unpacked(path: Path, folder: Path) -> DataSet:
    if not path.is_file():
        raise DataSetError("There is no file {path}.", path=path)
    (folder / "set").mkdir()
    copy = Path(shutil.copy(path, folder / "set" / "upload.zip"))
    task = UploadTask(folder / "set", "concept", path.stem, copy)
    return Unpacking(task, lambda: settings().data_session_mb * MEGABYTE).unpack().data


def _measured(runner: Runner, measure: Measure, data: DataSet) -> MeasureView:
    with images_bar() as follow:
        return runner.run(MeasureOrder(MeasureSpec(measure), data), follow)


SAID = {
    "for": "{concept} speaks for {target} in {layer}: share {share:.2f}, p {p_holm:.3f} after Holm.",
    "against": "{concept} speaks against {target} in {layer}: share {share:.2f}, p {p_holm:.3f} after Holm.",
    "none": "{concept} does no more for {target} in {layer} than random images do: p {p_holm:.3f}.",
    "unknown": "{layer} does not know {concept}: {accuracy:.0%} of held-out images are told apart.",
}


def tcav_lines(told: dict[str, Any]) -> list[str]:
    """What was found, a line for each test."""
    return [SAID[row["verdict"]].format(target=told["target"], **row) for row in told["tests"]]


def shown_tests(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns for the terminal."""
    names = ("concept", "layer", "share", "random_share", "mean", "effect", "p_holm", "accuracy", "verdict")
    return [{name: row[name] for name in names} for row in told["tests"]]
