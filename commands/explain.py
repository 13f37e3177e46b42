"""`explain`: maps of what a class, a zone, a border, or all zones depend on, written into a folder."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from commands.folders import folder_slug, make_folder
from commands.options import setting_texts
from commands.overlays import overlay_pixels
from commands.pictures import open_picture
from commands.runners import open_runner, price_text, progress_bar, took_text
from commands.targets import TargetWords, choose_targets
from compute.run.runners import answer_request, predict_with
from compute.work.kinds import price_of
from compute.work.maps import MapRequest
from engine.explanation import Explanation
from engine.gradients.target_layers import ALL, USUAL
from engine.images.picture import Picture
from engine.methods import get_method
from engine.params import Params, from_texts
from engine.visualise.render import png_bytes
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class ExplainQuestion:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        image: picture file.
        method: key in the table of methods.
        settings: NAME=VALUE texts.
        words: what is to be explained.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    image: Path
    method: str
    settings: tuple[str, ...] = ()
    words: TargetWords = field(default_factory=TargetWords)
    scheduler: str | None = None

    def params(self) -> Params:
        """The method's parameters.

        Raises:
            ParamsError: unknown method or parameter, or a bad value.
        """
        return from_texts(get_method(self.method).params, setting_texts(self.settings))


def explain_to_folder(question: ExplainQuestion, out: Path) -> Iterator[str]:
    """Answer a question, write the explanations, and say what was written line by line.

    Raises:
        VitrineError: the question cannot be answered; before any run is paid.
    """
    method, params, ref = get_method(question.method), question.params(), ModelRef.parse(question.model)
    picture = open_picture(question.image, ref)
    make_folder(out)
    with open_runner(question.scheduler) as runner:
        prediction = predict_with(runner, ref, picture)
        targets = choose_targets(question.words, prediction, picture)
        request = MapRequest(ref, method, params, prediction, picture, targets)
        price, began = price_of(request), monotonic()
        yield price_text(price)
        folder_of = _folders(out, question)
        for _wanted, explanation in answer_request(request, runner, progress_bar):
            folder = folder_of(explanation)
            write(explanation, picture, folder)
            yield explanation_line(explanation, folder)
        took = took_text(price, monotonic() - began)
        if took:
            yield took


def write(explanation: Explanation, picture: Picture, folder: Path) -> None:
    """Write arrays, manifest and the map over the picture with its colour bar."""
    explanation.save(folder)
    (folder / "overlay.png").write_bytes(png_bytes(overlay_pixels(explanation, picture)))


def explanation_line(explanation: Explanation, folder: Path) -> str:
    """One line: what it is, where it is, how far it can be trusted."""
    figures = {"score": explanation.score} | dict(explanation.figures)
    if explanation.stability is not None:
        figures["stability"] = explanation.stability
    said = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
    warnings = "".join(f"\n  {sentence}" for sentence in explanation.warnings)
    return f"{explanation.target.label}: {said} -> {folder}{warnings}"


def _folders(out: Path, question: ExplainQuestion) -> Callable[[Explanation], Path]:
    """Where an explanation goes: a folder for each target and each layer, where several are asked for."""
    layers = setting_texts(question.settings).get("layer") in (ALL, USUAL)

    def folder_of(explanation: Explanation) -> Path:
        folder = out / folder_slug(explanation.target.label) if question.words.all_zones else out
        return folder / folder_slug(explanation.params["layer"]) if layers else folder

    return folder_of
