"""Command that makes the shipped answers anew: ``python -m commands.answers``, or of some models.

A pass of a street model takes a minute or two, so it is run after weights have changed, and what is there
for the present weights stays.
"""

import argparse
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
from model_store.catalogue import CATALOGUE, ModelRef
from samples.library import SAMPLES, sample_pixels

METHOD = "sobol"
PAIRS = {
    key: tuple(sample.key for sample in SAMPLES if sample.kind == entry.subject)
    for key, entry in CATALOGUE.items()
    if entry.shipped and entry.task == "segmentation"
}
"""Shipped models that find zones, and the samples that suit them."""


def make_answer(ref: ModelRef, picture: Picture) -> ShippedAnswer:
    """Predict, and run the whole pass with its default parameters."""
    runner = LocalRunner()
    prediction = replace(predict_with(runner, ref, picture), made=_making())
    spec = PerturbationSpec(ref, METHOD, cast(PerturbationParams, METHODS[METHOD].params()))
    view = runner.run(PerturbationOrder(spec, prediction, picture))
    return ShippedAnswer(prediction, picture, spec, view.sheet.snapshot())


def _making() -> Making:
    day = datetime.now(UTC).date().isoformat()
    return Making(day, f"{platform.machine()}, {os.cpu_count()} cores")


def _make(ref: ModelRef, sample: str, again: bool) -> None:
    picture = Picture(sample_pixels(sample), next(one.title for one in SAMPLES if one.key == sample))
    path = path_of(ref, sample)
    if again or read_answer(path, ref, picture) is None:
        write_answer(path, make_answer(ref, picture))
    print_line(f"{ref} {sample}: {_bytes(path) / 1e6:.2f} MB")


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.stem}.*"))


def main() -> None:
    """Make what is not there, or is of other weights."""
    parser = argparse.ArgumentParser(prog="python -m commands.answers", description=__doc__)
    parser.add_argument("--models", nargs="+", choices=list(PAIRS), default=list(PAIRS))
    parser.add_argument("--again", action="store_true", help="also what is there already")
    options = parser.parse_args()
    for model in options.models:
        for sample in PAIRS[model]:
            _make(ModelRef(model), sample, options.again)


if __name__ == "__main__":
    main()
