"""What recipes do, by task: learn, be exported, be measured; and what is around it, the same for all."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from training.common.cards import RunFacts
from training.common.config import Places, Position, read_table
from training.common.keras_files import ExportError

WEIGHTS = Path("model_store/weights")


@dataclass(frozen=True)
class Task:
    """A row of the table; settings are what `read` gives.

    Attributes:
        read: settings in a file.
        teach: settings, data and folder of answers -> pictures by source; asks the teacher.
        train: settings and places -> where the run stands.
        export: settings, data, run and folder -> number of parameters, and where the run stood.
        measure: settings, data and folder of exported files -> figures on the reported pictures.
        write_card: folder, settings, facts and figures.
        said: figures -> lines.
        gather: settings, data and folder -> pictures by source; copies those reported on.
    """

    read: Callable[[Path], Any]
    teach: Callable[[Any, Path, Path], Mapping[str, int]]
    train: Callable[[Any, Places], Position]
    export: Callable[[Any, Path, Path, Path], tuple[int, Position]]
    measure: Callable[[Any, Path, Path], Any]
    write_card: Callable[[Path, Any, RunFacts, Any], None]
    said: Callable[[Any], list[str]]
    gather: Callable[[Any, Path, Path], Mapping[str, int]]


def _segmentation() -> Task:
    from training.common.recipes import train_recipe
    from training.segment import cards, held_out
    from training.segment.config import read_config
    from training.segment.export import export_segmenter, exported_logits
    from training.segment.run import segmentation_lesson
    from training.segment.teacher import teach

    return Task(
        read_config,
        teach,
        lambda settings, places: train_recipe(segmentation_lesson(settings, places), places.run),
        lambda settings, _data, run, folder: export_segmenter(settings, run, folder),
        lambda settings, data, folder: held_out.results(settings, data, exported_logits(settings, folder)),
        cards.write_card,
        lambda found: [result.said for result in found],
        held_out.gather,
    )


def _classification() -> Task:
    from training.classify import cards, held_out
    from training.classify.config import read_config
    from training.classify.export import export_classifier, exported_answer
    from training.classify.run import classification_lesson
    from training.classify.teacher import teach
    from training.common.recipes import train_recipe

    return Task(
        read_config,
        teach,
        lambda settings, places: train_recipe(classification_lesson(settings, places), places.run),
        export_classifier,
        lambda settings, data, folder: held_out.reported_figures(settings, data, exported_answer(folder)),
        cards.write_card,
        lambda found: [found.said],
        held_out.gather,
    )


def _linear() -> Task:
    from training.classify import held_out
    from training.transfer.linear import export_head, fit_head, head_answer

    return replace(
        _classification(),
        train=fit_head,
        export=export_head,
        measure=lambda settings, data, folder: held_out.reported_figures(
            settings, data, head_answer(settings, folder)
        ),
    )


def find_task(config: Path) -> tuple[Task, Any]:
    """The task of a file, and its settings."""
    from training.classify.config import LINEAR, TASK

    said = read_table(config)
    linear = said.get("body", {}).get("kind") == LINEAR
    make = _linear if linear else _classification if said.get("task") == TASK else _segmentation
    task = make()
    return task, task.read(config)


class ExportPlaces(NamedTuple):
    """Folders that an export reads and writes; None: the default for the configuration's name."""

    data: Path
    run: Path | None = None
    weights: Path | None = None


def ship(config: Path, places: ExportPlaces, figures: bool) -> None:
    """Writes the files of what a run learnt, and their card unless `figures` is false."""
    task, settings = find_task(config)
    folder = places.weights or WEIGHTS / settings.name
    parameters, position = task.export(
        settings, places.data, places.run or Path("runs") / settings.name, folder
    )
    print(f"{folder}: {parameters:,} parameters after {position.step} steps")
    if figures:
        today, minutes = date.today().isoformat(), position.seconds / 60
        write_card(config, places, RunFacts(str(config), parameters, position.step, minutes, today))


@contextmanager
def written(config: Path, data: Path, run: Path | None) -> Iterator[tuple[Any, Path]]:
    """Settings without `balance`, and a folder with the files of what the run learnt, for a while."""
    task, settings = find_task(config)
    settings = replace(settings, balance={}) if hasattr(settings, "balance") else settings
    with TemporaryDirectory() as folder:
        task.export(settings, data, run or Path("runs") / settings.name, Path(folder))
        yield settings, Path(folder)


def write_card(config: Path, places: ExportPlaces, facts: RunFacts | None = None) -> None:
    """Measures exported files and writes their card; without facts those of its card stay."""
    task, settings = find_task(config)
    folder = places.weights or WEIGHTS / settings.name
    found = task.measure(settings, places.data, folder)
    task.write_card(folder, settings, facts or _facts_of_card(config, folder), found)
    print("\n".join(task.said(found)))


def _facts_of_card(config: Path, folder: Path) -> RunFacts:
    """What the card says of the run.

    Raises:
        ExportError: there is no card.
    """
    path = folder / "card.toml"
    if not path.exists():
        raise ExportError(f"{folder} holds no card.toml; export first.")
    said = tomllib.loads(path.read_text("utf-8"))
    return RunFacts(str(config), said["parameters"], said["steps"], said["minutes"], said["date"])
