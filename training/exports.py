"""Export of what a run learnt, and the model card beside it."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from training.common.cards import RunFacts
from training.common.keras_files import ExportError

WEIGHTS = Path("model_store/weights")


class ExportPlaces(NamedTuple):
    """Folders that an export reads and writes; None: the default for the configuration's name."""

    data: Path
    run: Path | None
    weights: Path | None

    def run_of(self, name: str) -> Path:
        """The folder of the run."""
        return self.run or Path("runs") / name

    def weights_of(self, name: str) -> Path:
        """The folder of the exported files."""
        return self.weights or WEIGHTS / name


def ship_classifier(config: Path, places: ExportPlaces, figures: bool) -> None:
    """Writes the files of a classifier, and its card unless `figures` is false."""
    from training.classify.config import LINEAR, read_config
    from training.classify.export import export_classifier
    from training.transfer.linear import export_head

    settings = read_config(config)
    write_files = export_head if settings.body.kind == LINEAR else export_classifier
    folder = places.weights_of(settings.name)
    parameters, position = write_files(settings, places.data, places.run_of(settings.name), folder)
    print(f"{folder}: {parameters:,} parameters after {position.step} steps")
    if figures:
        card_of_classifier(config, places, _facts(config, parameters, position))


def card_of_classifier(config: Path, places: ExportPlaces, facts: RunFacts | None = None) -> None:
    """Measures an exported classifier and writes its card; without facts those of its card stay."""
    from training.classify import cards
    from training.classify.config import LINEAR, read_config
    from training.classify.export import exported_answer
    from training.classify.measure import measure_classes
    from training.classify.pictures import find_classes, find_pictures
    from training.transfer.linear import head_answer

    settings = read_config(config)
    folder, groups = (
        places.weights_of(settings.name),
        list(find_classes(places.data / settings.pictures.folder)),
    )
    reported = find_pictures(settings, places.data, ["report"])
    answer = head_answer(settings, folder) if settings.body.kind == LINEAR else exported_answer(folder)
    found = measure_classes(answer, reported, settings.input_size, groups)
    cards.write_card(folder, settings, facts or _facts_of_card(config, folder), found)
    print(f"{found.pictures} pictures: top-1 {found.top1:.3f}, top-3 {found.top3:.3f}")


def ship_segmenter(config: Path, places: ExportPlaces, figures: bool) -> None:
    """Writes the files of a segmentation network, and its card unless `figures` is false."""
    from training.segment.config import read_config
    from training.segment.export import export_segmenter as write_files

    settings = read_config(config)
    folder = places.weights_of(settings.name)
    parameters, position = write_files(settings, places.run_of(settings.name), folder)
    print(f"{folder}: {parameters:,} parameters after {position.step} steps")
    if figures:
        card_of_segmenter(config, places, _facts(config, parameters, position))


def card_of_segmenter(config: Path, places: ExportPlaces, facts: RunFacts | None = None) -> None:
    """Measures an exported segmentation network and writes its card; without facts those of its card stay."""
    from training.segment import cards
    from training.segment.config import read_config
    from training.segment.export import exported_logits
    from training.segment.held_out import results

    settings = read_config(config)
    folder = places.weights_of(settings.name)
    found = results(settings, places.data, exported_logits(settings, folder))
    cards.write_card(folder, settings, facts or _facts_of_card(config, folder), found)
    for result in found:
        figures = result.figures
        print(f"{result.name}: mean IoU {figures.mean_iou:.3f}, pixel accuracy {figures.pixel_accuracy:.3f}")


def _facts(config: Path, parameters: int, position: Any) -> RunFacts:
    return RunFacts(str(config), parameters, position.step, position.seconds / 60, date.today().isoformat())


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
