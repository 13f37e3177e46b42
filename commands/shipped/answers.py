"""Makes the shipped answers anew: passes of the shipped models over the samples that suit them.

A pass takes a minute or two, so what is there for the present weights stays.
"""

import os
import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from commands.terminal import print_line
from compute.run.runners import LocalRunner, predict_with
from compute.shipped.answer import ShippedAnswer
from compute.shipped.files import path_of, read_answer, write_answer
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from compute.work.predict import Making
from engine.images.picture import Picture
from engine.methods import METHODS
from engine.perturbation.plan import PerturbationParams
from model_store.catalogue import CATALOGUE, ModelRef, as_seen
from samples.library import SAMPLES, sample_pixels

METHOD = "sobol"
MODELS = tuple(key for key, entry in CATALOGUE.items() if entry.shipped and entry.key != "imagenet-lite2")
"""Those whose answers ship; Lite2 is so much like Lite0 that its answers would only take room."""
PAIRS = {
    key: tuple(sample.key for sample in SAMPLES if sample.kind == entry.subject)
    for key, entry in CATALOGUE.items()
    if key in MODELS
}
"""The samples that suit them; none where nothing does."""


def make_answer(ref: ModelRef, picture: Picture) -> ShippedAnswer:
    """Predict, and, where the model finds zones, run the whole pass with its default parameters."""
    runner = LocalRunner()
    prediction = replace(predict_with(runner, ref, picture), made=making())
    spec = PerturbationSpec(ref, METHOD, cast(PerturbationParams, METHODS[METHOD].params()))
    if prediction.zones is None:
        return ShippedAnswer(prediction, picture, spec, None)
    view = runner.run(PerturbationOrder(spec, prediction, picture))
    return ShippedAnswer(prediction, picture, spec, view.sheet.snapshot())


def making() -> Making:
    """Today, and this machine."""
    day = datetime.now(UTC).date().isoformat()
    return Making(day, f"{platform.machine()}, {os.cpu_count()} cores")


def make_answers(ref: ModelRef, again: bool) -> None:
    """Make those of a model that are not there, or are of other weights.

    Args:
        ref: a shipped model.
        again: also those that are there.
    """
    for sample in PAIRS.get(ref.key, ()):
        _make(ref, sample, again)


def _make(ref: ModelRef, sample: str, again: bool) -> None:
    title = next(one.title for one in SAMPLES if one.key == sample)
    picture = as_seen(ref, Picture(sample_pixels(sample), title))
    path = path_of(ref, sample)
    if again or read_answer(path, ref, picture) is None:
        write_answer(path, make_answer(ref, picture))
    print_line(f"{ref} {sample}: {_bytes(path) / 1e6:.2f} MB")


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.stem}.*"))
