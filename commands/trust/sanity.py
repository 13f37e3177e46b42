"""`sanity`: what random weights do to the maps of each method, from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands.pictures import open_picture
from commands.runners import error_bar, price_text
from commands.terminal import json_text
from compute.run.runners import LocalRunner, predict_with
from compute.shipped.sanity import shipped_sanity
from compute.trust.randomisation import (
    RandomisationTest,
    fitting,
    outcomes_together,
    price_together,
    run_together,
)
from compute.work.contract import Progress
from compute.work.sanity.asking import USUAL_NETWORKS, Networks
from compute.work.sanity.order import SanityOrder
from engine.errors import ParamsError
from engine.images.picture import Picture
from engine.method import Method
from engine.methods import METHODS, get_method
from engine.sanity.outcome import Alike, SanityOutcome
from model_store.base.randomised import DEPTH_SHARES, MOST_SEEDS
from model_store.catalogue import ModelRef, as_seen, entry_of
from samples.library import SAMPLES, Sample, sample_pixels

OTHERWISE = "object"
"""Kind of the samples for a model that no sample suits."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class SanityQuestion:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        images: picture files; the samples that suit the model without any.
        methods: keys; all that fit without any.
        networks: which random ones.
    """

    model: str
    images: tuple[Path, ...] = ()
    methods: tuple[str, ...] = ()
    networks: Networks = USUAL_NETWORKS


def sanity_facts(question: SanityQuestion, say: Say) -> dict[str, Any]:
    """What was found, ready for JSON.

    Args:
        question: what is asked.
        say: told the price, before anything starts.

    Raises:
        VitrineError: the model, an image or a method cannot be used.
    """
    ref = ModelRef.parse(question.model)
    asked = [get_method(key) for key in question.methods] or list(METHODS.values())
    pictures = [open_picture(path, ref) for path in question.images] or suiting_pictures(ref)
    orders = orders_for(ref, pictures, (asked, question.networks), bool(question.methods))
    say(f"{len(question.networks.parts)} networks, {price_text(price_together(orders))}")
    outcomes = run_shown(orders)
    return {
        "model": str(ref),
        "fingerprint": orders[0].prediction.facts.fingerprint,
        "images": [picture.name for picture in pictures],
        "seeds": question.networks.seeds,
        "cascade": question.networks.cascade,
        "methods": {key: outcome_facts(outcome) for key, outcome in outcomes.items()},
    }


def shipped_facts(model: str) -> dict[str, Any]:
    """What came with Vitrine about a model, in the same form; nothing is run.

    Raises:
        ParamsError: nothing came with it.
    """
    ref = ModelRef.parse(model)
    found = {key: one for key in METHODS if (one := shipped_sanity(ref, key)) is not None}
    if not found:
        raise ParamsError(
            "No randomisation test came with {model}; leave out --shipped to run one.", model=model
        )
    methods = {key: outcome_facts(one.outcome) | {"shown": list(one.images)} for key, one in found.items()}
    return {"model": str(ref), "methods": methods}


def orders_for(
    ref: ModelRef, pictures: Sequence[Picture], asked: tuple[Sequence[Method], Networks], strict: bool = False
) -> list[SanityOrder]:
    """The orders of a test, one for each image.

    Args:
        ref: the model.
        pictures: the images.
        asked: methods and networks.
        strict: a method that does not fit is an error.

    Raises:
        VitrineError: no method fits, or one of them does not.
    """
    runner = LocalRunner()
    predictions = [predict_with(runner, ref, picture) for picture in pictures]
    methods = tuple(asked[0]) if strict else fitting(predictions[0], asked[0])
    test = RandomisationTest(ref, methods, asked[1])
    return [
        test.order(prediction, picture) for prediction, picture in zip(predictions, pictures, strict=True)
    ]


def run_shown(orders: Sequence[SanityOrder]) -> dict[str, SanityOutcome]:
    """The outcomes of orders, with a bar that follows the networks."""
    with error_bar("{task.completed:,.0f} of {task.total:,.0f} networks") as bar:
        task = bar.add_task("", total=len(orders[0].spec.networks.parts))

        def follow(progress: Progress) -> None:
            bar.update(task, completed=progress.done_runs)

        return outcomes_together(run_together(orders, follow))


def suiting_samples(ref: ModelRef) -> list[Sample]:
    """The samples that suit a model; photographs of objects where none does."""
    subject = entry_of(ref).subject
    found = [sample for sample in SAMPLES if sample.kind == subject]
    return found or [sample for sample in SAMPLES if sample.kind == OTHERWISE]


def suiting_pictures(ref: ModelRef) -> list[Picture]:
    """The same as the model sees them."""
    return [as_seen(ref, Picture(sample_pixels(one.key), one.title)) for one in suiting_samples(ref)]


def outcome_facts(outcome: SanityOutcome) -> dict[str, Any]:
    """An outcome with what is read off it."""
    read = {"verdict": outcome.verdict, "left": outcome.left, "kept": outcome.kept}
    return read | outcome.to_json()


def sanity_rows(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each method."""
    for key, found in facts["methods"].items():
        outcome = SanityOutcome.of(found)
        yield {
            "method": key,
            "verdict": outcome.verdict,
            **{name: _decimal(outcome.depths.get(depth)) for depth, name in enumerate(depth_names(), 1)},
            "two random": _decimal(outcome.level),
            "SSIM": "" if outcome.full not in outcome.depths else f"{outcome.depths[outcome.full].ssim:.2f}",
            "eMPRT": f"{outcome.rise:+.2f}",
            "constant": f"{outcome.constant:.0%}",
        }


def depth_names() -> list[str]:
    """What of the weights is random at each depth."""
    return ["last layer", *(f"{share:.0%}" for share in DEPTH_SHARES[1:])]


def _decimal(alike: Alike | None) -> str:
    return "" if alike is None else f"{alike.left:.2f}"


def networks_of(seeds: int, cascade: int) -> Networks:
    """The networks of a test.

    Raises:
        ParamsError: the numbers are too low or too high.
    """
    if not (1 <= seeds < MOST_SEEDS and 0 <= cascade <= seeds):
        raise ParamsError(
            "Seeds are 1 to {most}, and each depth before the last takes at most as many; received {seeds} "
            "and {cascade}.",
            most=MOST_SEEDS - 1,
            seeds=seeds,
            cascade=cascade,
        )
    return Networks(seeds, cascade)


def write_facts(path: Path, facts: Mapping[str, Any]) -> None:
    """Write a JSON file."""
    path.write_text(json_text(facts) + "\n", "utf-8")
