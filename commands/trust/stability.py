"""`stability`: how a map takes small changes of the image that keep the prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from commands.explain import ExplainQuestion
from commands.pictures import open_picture
from commands.runners import images_bar, open_runner, progress_bar
from commands.targets import choose_targets
from compute.run.runners import Runner, answer_request, predict_with
from compute.trust.stability import FollowedImage, StabilityRequest
from compute.work.maps import MapRequest
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.methods import get_method
from engine.stability.similarity import Likeness
from engine.stability.summary import Stability
from model_store.catalogue import ModelRef


def map_stability(question: ExplainQuestion) -> dict[str, Any]:
    """Stability of a map, ready for JSON.

    Raises:
        VitrineError: the question cannot be answered.
    """
    method, params, ref = get_method(question.method), question.params(), ModelRef.parse(question.model)
    picture = open_picture(question.image, ref)
    with open_runner(question.scheduler) as runner:
        prediction = predict_with(runner, ref, picture)
        (wanted,) = choose_targets(question.words, prediction, picture)[:1]
        request = MapRequest(ref, method, params, prediction, picture, (wanted,))
        asked = StabilityRequest(request)
        explanation = _first(request, runner)
        predictions = [predict_with(runner, ref, image.picture) for image in asked.images]
        followed = asked.followed(predictions)
        views = [_run(one, runner) for one in followed]
    found = asked.stability(explanation, followed, views)
    target = str(explanation.target.label)
    return {"target": target, "method": method.key, "runs": asked.price.runs, **stability_facts(found)}


def _first(request: MapRequest, runner: Runner) -> Explanation:
    maps = [explanation for _wanted, explanation in answer_request(request, runner, progress_bar)]
    if not maps:
        raise VitrineError("There is no map yet. Please ask for more samples.")
    return maps[0]


def _run(one: FollowedImage, runner: Runner) -> Any:
    if one.order is None:
        return None
    with images_bar() as on_progress:
        return runner.run(one.order, on_progress)


def stability_facts(found: Stability) -> dict[str, Any]:
    """Figures of all changed images and of all of them together, ready for JSON."""
    mean = found.mean
    return {
        "mean": None if mean is None else _figures(mean),
        "max_sensitivity": found.max_sensitivity,
        "changes": [
            {
                "change": one.change,
                "seed": one.seed,
                "kept": one.likeness is not None,
                "why_not": one.why,
                **({} if one.likeness is None else _figures(one.likeness)),
            }
            for one in found.followed
        ],
    }


def _figures(one: Likeness) -> dict[str, float | None]:
    return {name: value if abs(value) < float("inf") else None for name, value in asdict(one).items()}


def stability_rows(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each changed image, and one for their mean."""
    for one in facts["changes"]:
        yield {
            "change": one["change"],
            "seed": one["seed"],
            **{name: _text(one.get(name)) for name in ("ssim", "rank", "top", "relative_change")},
            "note": one["why_not"],
        }
    if facts["mean"] is not None:
        yield {
            "change": "mean, ball aside",
            "seed": "",
            **{name: _text(facts["mean"].get(name)) for name in ("ssim", "rank", "top", "relative_change")},
            "note": "",
        }


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
