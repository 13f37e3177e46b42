"""`stability` as the command line has it; what it needs is imported when it runs."""

import typer

from commands import options as option
from commands.terminal import print_rows


def add_stability_command(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("stability")(_stability)


def _stability(
    model: option.Model,
    image: option.Image,
    method: option.Method = "sobol",
    point: option.Point = None,
    other: option.OtherPoint = None,
    target: option.Target = "zone",
    class_name: option.Class = None,
    versus: option.Versus = None,
    layer: option.Layer = None,
    settings: option.Settings = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Say how a map takes small changes of the image that keep the prediction."""
    from commands.explain import ExplainQuestion
    from commands.targets import TargetWords
    from commands.trust.stability import map_stability, stability_rows

    words = TargetWords(point, other, target, False, class_name, versus)
    question = ExplainQuestion(model, image, method, option.with_layer(settings, layer), words, scheduler)
    facts = map_stability(question)
    print_rows(list(stability_rows(facts)), as_json, facts)
