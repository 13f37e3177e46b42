"""`counterfactual`: the smallest set of cells whose hiding changes the answer, from the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from commands.options import setting_texts
from commands.pictures import open_picture
from commands.runners import open_runner, progress_bar
from commands.targets import TargetWords, choose_targets
from compute.run.runners import predict_with
from compute.work.examples.counterfactual import CounterfactualOrder, CounterfactualSpec, CounterfactualView
from compute.work.perturbation import PerturbationSpec
from engine.errors import PictureError
from engine.examples.params import UNLIKE, CounterfactualParams
from engine.examples.search import FoundSet
from engine.methods import get_method
from engine.params import from_texts
from model_store.catalogue import ModelRef

METHODS = {"grid": "sobol", "superpixels": "lime"}
"""What is hidden, and the method whose cells are such."""


@dataclass(frozen=True)
class CounterfactualQuestion:
    """What is asked, as it was typed.

    Attributes:
        model: key in the catalogue.
        image: picture file.
        out: PNG file for the changed image, or None.
        parts: key of ``METHODS``.
        grid: rows and columns of the grid.
        unlike: picture file whose parts replace those of the image, or None.
        settings: NAME=VALUE texts: fill, runs, seed.
        words: what is asked about.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    image: Path
    out: Path | None = None
    parts: str = "grid"
    grid: int = 8
    unlike: Path | None = None
    settings: tuple[str, ...] = ()
    words: TargetWords = field(default_factory=TargetWords)
    scheduler: str | None = None

    @property
    def params(self) -> CounterfactualParams:
        """Parameters of the search; the fill is the other image where one is given.

        Raises:
            ParamsError: unknown name or bad value.
        """
        fill = {} if self.unlike is None else {"fill": UNLIKE}
        return from_texts(CounterfactualParams, fill | setting_texts(self.settings))

    @property
    def cells(self) -> PerturbationSpec:
        """A pass with such cells."""
        key = METHODS[self.parts]
        made: Any = get_method(key).params
        params = made(grid=self.grid) if self.parts == "grid" else made()
        return PerturbationSpec(ModelRef.parse(self.model), key, params)


def find_counterfactual(asked: CounterfactualQuestion) -> dict[str, Any]:
    """Search, write the changed image, and say what was found, ready for JSON.

    Raises:
        VitrineError: the model, the image or the target cannot be used; before any run is paid.
    """
    params, cells = asked.params, asked.cells
    picture = open_picture(asked.image, cells.ref)
    unlike = None if asked.unlike is None else open_picture(asked.unlike, cells.ref)
    with open_runner(asked.scheduler) as runner:
        prediction = predict_with(runner, cells.ref, picture)
        (wanted,) = choose_targets(asked.words, prediction, picture)
        spec = CounterfactualSpec(cells, wanted, params, "" if unlike is None else unlike.sha256)
        order = CounterfactualOrder(spec, prediction, picture, unlike=unlike)
        with progress_bar() as follow:
            view = runner.run(order, follow)
    found = view.result()
    assert found is not None
    if found.hidden and asked.out is not None:
        _write(order, found, asked.out)
    return {"target": str(prediction.targets.wanted(wanted).label), **_facts(view, found), **params.as_dict()}


def _write(order: CounterfactualOrder, found: FoundSet, out: Path) -> None:
    try:
        Image.fromarray(order.changed_image(frozenset(found.hidden or ()))).save(out, "PNG")
    except OSError as error:
        raise PictureError("The image cannot be written to {path}.", path=out) from error


def _facts(view: CounterfactualView, found: FoundSet) -> dict[str, Any]:
    labels = view.order.prediction.facts.labels
    facts: dict[str, Any] = {
        "hidden": None if found.hidden is None else list(found.hidden),
        "parts": view.order.cells.count,
        "proved_smallest": found.proved,
        "all_smaller_than": found.all_below,
        "irreducible": found.irreducible,
        "evaluations": found.runs,
    }
    for name, hidden in (("before", frozenset[int]()), ("after", frozenset(found.hidden or ()))):
        trial = view.trial(hidden)
        if trial is not None and found.hidden is not None:
            answer = {"answer": labels[trial.answer], "probability": trial.probability, "kept": trial.kept}
            facts[name] = answer
    return facts


def counterfactual_lines(facts: dict[str, Any]) -> list[str]:
    """What was found, in lines."""
    if facts["hidden"] is None:
        return [f"no set that was tried changes the answer ({facts['evaluations']:,} model evaluations)"]
    if not facts["hidden"]:
        return [f"the model answers {facts['before']['answer']}, so nothing has to be hidden"]
    proof = "proved the smallest" if facts["proved_smallest"] else "no smaller set was found"
    before, after = facts["before"], facts["after"]
    return [
        f"{facts['target']}: {len(facts['hidden'])} of {facts['parts']} parts hidden, {proof}",
        f"{before['answer']} {before['probability']:.3f} -> {after['answer']} {after['probability']:.3f}, "
        f"{100 * after['kept']:.0f} % kept",
        f"parts {', '.join(map(str, facts['hidden']))}; {facts['evaluations']:,} model evaluations",
    ]
