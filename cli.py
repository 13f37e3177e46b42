"""Vitrine without a browser: the same models, methods and runs from the command line."""

import sys
from functools import partial

import typer

from commands import options as option
from commands.data.register import add_data_commands
from commands.examples.register import add_example_commands
from commands.lab.register import add_lab_commands
from commands.terminal import print_line, print_rows, show_crash
from commands.trust.register import add_trust_commands
from commands.trust.steady import add_stability_command
from engine.errors import VitrineError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def models(as_json: option.Json = False) -> None:
    """List the models of the catalogue."""
    from commands.models.listing import model_rows

    print_rows(model_rows(details=as_json), as_json)


@app.command()
def methods(as_json: option.Json = False, markdown: option.Markdown = False) -> None:
    """List the explanation methods with their parameters."""
    from commands.models.listing import method_rows, method_texts

    if markdown:
        typer.echo(method_texts(), nl=False)  # ours, and in lines
    else:
        print_rows(method_rows(details=as_json), as_json)


@app.command()
def prepare(model: option.Models = None, as_json: option.Json = False) -> None:
    """Convert, check and time models now rather than when each is loaded for the first time, and say what
    runs them.
    """
    from commands.models.prepare import prepare_models as prepared

    print_rows(list(prepared(model or [])), as_json)


@app.command()
def doctor(model: option.OwnModel, labels: option.Labels = "", as_json: option.Json = False) -> None:
    """Examine a model of your own in a process with limits, and say what is found."""
    from commands.models.doctor import examine_place, report_rows

    diagnosis, names = examine_place(model, labels)
    print_rows(report_rows(diagnosis, names), as_json, diagnosis.to_json())


@app.command()
def admit(
    model: option.OwnModel,
    title: option.Title = "",
    key: option.Key = "",
    task: option.Task = "",
    labels: option.Labels = "",
    preprocessing: option.Preprocessing = "",
    size: option.Size = "",
    answer: option.Answer = "",
    licence: option.Licence = "",
    source: option.Source = "",
    link: option.Link = False,
    as_json: option.Json = False,
) -> None:
    """Examine a model of your own and put it into the catalogue, for everybody who uses this server."""
    from commands.models.doctor import AdmitOptions, admit_place

    answers = AdmitOptions(title, task, labels, preprocessing, size, answer, licence, source)
    print_rows([admit_place(model, answers, key, link)], as_json)


@app.command()
def predict(
    model: option.Model,
    image: option.Image,
    top: option.Top = 5,
    as_json: option.Json = False,
) -> None:
    """Say what a model sees in a picture: its zones, largest first, or the best classes of a classifier."""
    from commands.predict import prediction_facts

    facts = prediction_facts(model, image, top)
    print_rows(facts["zones"] if "zones" in facts else facts["top"], as_json, facts)


@app.command()
def explain(
    model: option.Model,
    image: option.Image,
    out: option.ExplanationFolder,
    method: option.Method = "sobol",
    point: option.Point = None,
    other: option.OtherPoint = None,
    target: option.Target = "zone",
    class_name: option.Class = None,
    versus: option.Versus = None,
    layer: option.Layer = None,
    settings: option.Settings = None,
    all_zones: option.AllZones = False,
    scheduler: option.Scheduler = None,
) -> None:
    """Show what a class, a zone of a picture, or its border depends on."""
    from commands.explain import ExplainQuestion, explain_to_folder
    from commands.targets import TargetWords

    words = TargetWords(point, other, target, all_zones, class_name, versus)
    question = ExplainQuestion(model, image, method, option.with_layer(settings, layer), words, scheduler)
    for row in explain_to_folder(question, out):
        print_line(row)


@app.command()
def score(
    model: option.Model,
    image: option.Image,
    map_place: option.MapPlace,
    metric: option.Metrics = None,
    point: option.Point = None,
    other: option.OtherPoint = None,
    target: option.Target = "zone",
    class_name: option.Class = None,
    versus: option.Versus = None,
    settings: option.Settings = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Grade a map, of `explain` or of any other tool, beside random maps, edges and the centre."""
    from commands.targets import TargetWords
    from commands.trust.score import ScoreQuestion, score_map, score_rows

    words = TargetWords(point, other, target, False, class_name, versus)
    chosen, more = tuple(metric or ()), tuple(settings or ())
    facts = score_map(ScoreQuestion(model, image, map_place, chosen, more, words, scheduler))
    print_rows(list(score_rows(facts)), as_json, facts)


@app.command()
def sanity(
    model: option.Model,
    image: option.SanityImages = None,
    method: option.SanityMethods = None,
    seeds: option.Seeds = 5,
    cascade: option.Cascade = 2,
    shipped: option.Shipped = False,
    out: option.SanityOut = None,
    as_json: option.Json = False,
) -> None:
    """Test what random weights do to maps: a method whose maps stay as they are does not show the model."""
    from commands.trust import sanity as test

    networks = test.networks_of(seeds, cascade)
    question = test.SanityQuestion(model, tuple(image or ()), tuple(method or ()), networks)
    ask = partial(test.sanity_facts, question, partial(print_line, err=True))
    facts = test.shipped_facts(model) if shipped else ask()
    print_rows(list(test.sanity_rows(facts)), as_json, facts)
    if out is not None:
        test.write_facts(out, facts)


@app.command()
def batch(
    model: option.Model,
    images: option.Pictures,
    out: option.BatchFolder,
    method: option.Method = "sobol",
    top: option.BatchTop = None,
    layer: option.Layer = None,
    settings: option.Settings = None,
    grades: option.Graded = False,
    scheduler: option.Scheduler = None,
) -> None:
    """Explain all pictures of a folder.

    Stopped anywhere, the same command goes on there; a bad picture does not stop the rest.
    """
    from commands.batch import BatchQuestion, Stopped, explain_folder

    try:
        explain_folder(
            BatchQuestion(model, images, method, option.with_layer(settings, layer), top, scheduler, grades),
            out,
            print_line,
        )
    except Stopped as stop:
        print_line(stop, err=True)
        raise typer.Exit(130) from stop


@app.command()
def features(
    model: option.Model,
    image: option.Image,
    layer: option.FeatureLayer,
    out: option.FeatureFolder,
    point: option.Attention = None,
    same: option.SameScale = False,
    as_json: option.Json = False,
    scheduler: option.Scheduler = None,
) -> None:
    """Write what the layers of a model make of a picture, before and after their activation, or what a place
    attends to.
    """
    from commands.features import FeatureQuestion, features_to_folder

    rows = list(features_to_folder(FeatureQuestion(model, image, layer, point, same, scheduler), out))
    print_rows(rows, as_json)
    if not as_json:
        print_line(f"-> {out}")


@app.command()
def filters(
    model: option.Model,
    out: option.FilterFolder,
    layer: option.FilterLayer = "",
    channels: option.Channels = None,
    settings: option.Settings = None,
    scheduler: option.Scheduler = None,
) -> None:
    """Draw what the filters of a layer look for; the page of filters then opens at once."""
    from commands.filters import FilterQuestion, draw_to_folder

    for row in draw_to_folder(FilterQuestion(model, layer, channels, tuple(settings or ()), scheduler), out):
        print_line(row)


@app.command()
def replay(
    bundle: option.Bundle,
    image: option.ReplayImages = None,
    out: option.ReplayFolder = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
    data: option.ReplayData = None,
) -> None:
    """Compute the maps and findings of a report again and compare them; the exit code is 1 if one of them is
    different.
    """
    from commands.bundles.replay import ReplayQuestion, good, replay_summary
    from commands.bundles.replay import replay_bundle as replayed

    question = ReplayQuestion(bundle, tuple(image or ()), out, scheduler, tuple(data or ()))
    found = list(replayed(question))
    print_rows([one.row() for one in found], as_json)
    for one in found:
        for sentence in one.said:
            print_line(f"{one.name}: {sentence}", err=True)
    print_line(replay_summary(found), err=as_json)
    if not good(found):
        raise typer.Exit(1)


add_data_commands(app)
add_example_commands(app)
add_trust_commands(app)
add_lab_commands(app)
add_stability_command(app)


def main() -> None:
    """Run the command; what a person can mend is one sentence and exit code 2."""
    from commands.logs import set_up_logs

    sys.excepthook = show_crash
    set_up_logs()
    try:
        app()
    except VitrineError as error:
        print_line(f"vitrine: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        from commands.failures import said_of

        sentence = said_of(error)
        if sentence is None:
            raise
        print_line(f"vitrine: {sentence}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
