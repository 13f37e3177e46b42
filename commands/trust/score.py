"""`score`: grades of a map, of Vitrine's own or of any other tool, from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from commands.options import setting_texts
from commands.pictures import open_picture
from commands.runners import open_runner, progress_bar
from commands.targets import TargetWords, choose_targets
from compute.replay.found_again import find_again
from compute.run.runners import Runner, predict_with
from compute.trust.grading import GradeRequest, grading_params, strengths
from engine.arrays import Floats
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.images.untrusted_zip import DAMAGE
from engine.npz import read_npy, read_npz
from engine.params import from_texts
from engine.trust.metric import Grade
from engine.trust.metrics import METRICS, get_metric
from engine.trust.pass_params import CommonParams
from model_store.catalogue import ModelRef

MOST_BYTES = 2**28
"""Of a map's file."""
NPY = ".npy"
NAMES = ("values", "map", "arr_0")
"""Of the array in an NPZ file of another tool."""


@dataclass(frozen=True)
class ScoreQuestion:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        image: picture file.
        map: a folder of `explain`, or an NPZ or NPY file with an array (rows, columns).
        metrics: keys; all that are defined without any.
        settings: NAME=VALUE texts of the runs: grid, fill, space, seed.
        words: what the map is about.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    image: Path
    map: Path
    metrics: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    words: TargetWords = field(default_factory=TargetWords)
    scheduler: str | None = None


def score_map(question: ScoreQuestion) -> dict[str, Any]:
    """Grades of a map, ready for JSON.

    Raises:
        VitrineError: the map, the image or the target cannot be used; before any run is paid.
    """
    keys = [get_metric(key).key for key in question.metrics] or list(METRICS)
    values, explained = read_map(question.map)
    ref = ModelRef.parse(question.model)
    picture = open_picture(question.image, ref)
    params = from_texts(CommonParams, grading_params(explained).as_dict() | setting_texts(question.settings))
    with open_runner(question.scheduler) as runner:
        prediction = predict_with(runner, ref, picture)
        if explained is None or question.words != TargetWords():
            (wanted,) = choose_targets(question.words, prediction, picture)
        else:
            wanted = find_again(explained.target, prediction)
        request = GradeRequest(ref, prediction, picture, wanted, values, params)
        found = _grades(request, runner)
    target = prediction.targets.wanted(wanted)
    rows = {key: _facts(grade) for key, grade in found.items() if key in keys}
    return {"target": str(target.label), "runs": request.price.runs, **params.as_dict(), "grades": rows}


def read_map(path: Path) -> tuple[Floats, Explanation | None]:
    """A map, more where the score depends more, and the explanation that it is, if it is one of ours.

    Args:
        path: a folder of `explain`, or an NPZ or NPY file of any tool.

    Raises:
        GradeError: there is no map in it.
        StoreError: the folder is damaged.
    """
    if path.is_dir():
        explanation = Explanation.load(path)
        return strengths(explanation), explanation
    try:
        arrays = {"map": read_npy(path, MOST_BYTES)} if path.suffix == NPY else read_npz(path, MOST_BYTES)
    except (OSError, *DAMAGE) as error:
        raise GradeError("The file {path} cannot be read as an NPZ or NPY array.", path=path) from error
    maps = [arrays[name] for name in NAMES if name in arrays] or list(arrays.values())
    if not maps or maps[0].ndim != 2 or maps[0].size == 0 or maps[0].dtype.kind not in "fiu":
        raise GradeError("The file {path} has no array of numbers (rows, columns).", path=path)
    return maps[0].astype(np.float32), None


def _grades(request: GradeRequest, runner: Runner) -> dict[str, Grade]:
    views = []
    for order in request.orders:
        with progress_bar() as on_progress:
            views.append(runner.run(order, on_progress))
    return request.grades(*views)


def _facts(grade: Grade) -> dict[str, Any]:
    facts = {
        "value": grade.value,
        "percentile": grade.percentile,
        "position": grade.position,
        "spread": grade.spread,
        "baselines": dict(grade.baselines or {}),
        "better_than": list(grade.beaten),
    }
    return {name: _finite(value) for name, value in facts.items()}


def _finite(value: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    return None if isinstance(value, float) and not np.isfinite(value) else value


def score_rows(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each metric."""
    for key, grade in facts["grades"].items():
        percentile = grade["percentile"]
        yield {
            "metric": key,
            "value": "" if grade["value"] is None else f"{grade['value']:.4g}",
            "random maps that do worse": "" if percentile is None else f"{100 * percentile:.0f} %",
            "better than": ", ".join(grade["better_than"]),
        }
