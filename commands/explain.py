"""`explain`: maps of what a zone, a border, or all of them depend on, written into a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from commands.pictures import open_picture, parse_point
from commands.runners import open_runner, progress_bar
from compute.specs import PassSpec, Prediction
from engine.errors import ParamsError, StoreError, TargetError
from engine.explanation import Explanation
from engine.methods import get_method
from engine.params import from_texts
from engine.perturbation.plan import PerturbationParams
from engine.picture import Picture
from engine.visualise.parts import overlay_explanation
from engine.visualise.render import png_bytes, scale_of
from model_store.catalogue import ModelRef

OPACITY = 0.6


@dataclass(frozen=True)
class Question:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        image: picture file.
        method: key in the table of methods.
        settings: NAME=VALUE texts.
        point, other: ROW,COL of the zone and of a second one.
        target: zone, border or shared-border.
        all_zones: everything at once.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    image: Path
    method: str
    settings: tuple[str, ...]
    point: str | None
    other: str | None
    target: str
    all_zones: bool
    scheduler: str | None

    def spec(self) -> PassSpec:
        """The pass that answers it.

        Raises:
            VitrineError: unknown model, method or parameter.
        """
        texts = dict(_split(setting) for setting in self.settings)
        params = cast(PerturbationParams, from_texts(get_method(self.method).params, texts))
        return PassSpec(ModelRef.parse(self.model), self.method, params)


def explain_to_folder(question: Question, out: Path) -> Iterator[str]:
    """Answer a question, write the explanations, and say what was written line by line.

    Raises:
        VitrineError: the question cannot be answered; before any run is paid.
    """
    spec, picture = question.spec(), open_picture(question.image)
    make_folder(out)
    with open_runner(question.scheduler) as runner:
        prediction = runner.predict(spec.ref, picture)
        wanted = choose_targets(question, prediction, picture)
        yield f"{spec.runs:,} runs, about {prediction.seconds_for(spec):.0f} s"
        with progress_bar(spec.runs) as on_progress:
            view = runner.run(spec, prediction, picture, on_progress)
    for explanation in filter(None, map(view.explain, wanted)):
        folder = out / _folder_name(explanation) if question.all_zones else out
        write(explanation, picture, folder)
        yield describe(explanation, folder)


def choose_targets(question: Question, prediction: Prediction, picture: Picture) -> list[int]:
    """Indices of the targets that are asked for, in ``prediction.targets``.

    Raises:
        TargetError: no point, a point outside, or zones that do not touch.
    """
    targets, zones = prediction.targets, prediction.zones
    if question.all_zones:
        return list(range(len(targets)))
    if zones is None:
        raise TargetError("This model does not segment, so it has no zones.")
    points = [question.point, question.other][: 2 if question.target == "shared-border" else 1]
    if None in points:
        raise TargetError("Say which zone: --point ROW,COL (and --other ROW,COL for a shared border), or --all-zones.")
    chosen = [zones.at(parse_point(point, picture)).index for point in points if point]
    kinds = {"zone": targets.zone, "border": targets.border, "shared-border": targets.shared_border}
    if question.target not in kinds:
        raise TargetError("A target is one of {known}; received {kind!r}.", known=", ".join(kinds), kind=question.target)
    return [kinds[question.target](*chosen)]


def make_folder(folder: Path) -> None:
    """Make the folder for the results before anything is paid for.

    Raises:
        StoreError: it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("The folder {folder} cannot be made: {reason}.", folder=folder, reason=error.strerror) from error


def write(explanation: Explanation, picture: Picture, folder: Path) -> None:
    """Write arrays, manifest and the map over the picture."""
    explanation.save(folder)
    scale = scale_of(explanation.values, explanation.signed)
    (folder / "overlay.png").write_bytes(png_bytes(overlay_explanation(picture.pixels, explanation, scale, OPACITY)))


def describe(explanation: Explanation, folder: Path) -> str:
    """One line: what it is, where it is, how far it can be trusted."""
    steady = "unknown" if explanation.stability is None else f"{explanation.stability:.2f}"
    warnings = "".join(f"\n  {sentence}" for sentence in explanation.warnings)
    figures = "".join(f", {name} {value:.4g}" for name, value in explanation.figures.items())
    return f"{explanation.target.label}: score {explanation.score:.3f}, stability {steady}{figures} -> {folder}{warnings}"


def _split(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not equals:
        raise ParamsError("A setting is NAME=VALUE, such as grid=8; received {setting!r}.", setting=setting)
    return name.strip(), value.strip()


def _folder_name(explanation: Explanation) -> str:
    return re.sub(r"[^a-z0-9]+", "-", explanation.target.label.lower()).strip("-")
