"""``python -m benchmarks.judges``: asks the peers, and stores what they answer for ``tests/judges``.

The peers are no dependencies of Vitrine, so this runs in an environment of its own, which is thrown away
afterwards, and imports nothing of Vitrine. From the root of the tree, with Python 3.11:

    python3.11 -m venv /tmp/peers
    /tmp/peers/bin/pip install torch==2.14.1 captum==0.9.0 grad-cam==1.5.7 SALib==1.6.0 scikit-learn==1.9.1
    /tmp/peers/bin/python -m benchmarks.judges

It takes some minutes on one core. Networks are trained anew, and on another machine or with another version
of a library all answers may differ: do it when a method, a network or a peer is added.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from benchmarks.judges.answers import ANSWERS, params_of
from benchmarks.judges.draws import draw
from benchmarks.judges.networks import keras_weights
from benchmarks.judges.question import Question
from benchmarks.judges.recipes import RECIPES, Recipe
from benchmarks.judges.shapes import draw_scenes
from benchmarks.judges.targets import TASKS, Target, choose_picture
from benchmarks.judges.training import accuracy, trained

FOLDER = Path(__file__).parents[2] / "tests" / "judges" / "answers"
SEED = 7
PEERS = ("torch", "captum", "grad-cam", "SALib", "scikit-learn", "numpy")


def main() -> None:
    """Train each network, ask all peers about it, and write what they answer."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    FOLDER.mkdir(exist_ok=True)
    draws = draw(SEED)
    np.savez_compressed(FOLDER / "draws.npz", **cast(dict[str, Any], draws))
    for name, recipe in RECIPES.items():
        network = trained(recipe, SEED)
        picture, probabilities = choose_picture(network, SEED + 1)
        target = TASKS[name].target(probabilities)
        right = accuracy(network, recipe, draw_scenes(SEED + 2, 256))
        print(f"{name}: {right:.0%} right; {target.kind} of {probabilities.max(initial=0):.3f}", flush=True)
        question = Question(network, picture.astype(np.float64), target.weights, recipe.layer, draws)
        _write(name, question, recipe, target)


def _write(name: str, question: Question, recipe: Recipe, target: Target) -> None:
    arrays: dict[str, Any] = {"picture": question.picture.astype(np.uint8)}
    for layer, weights in keras_weights(question.network, recipe).items():
        arrays |= {f"weight/{layer}/{place}": array for place, array in enumerate(weights)}
    arrays |= {f"target/{key}": value for key, value in target.values.items()}
    logits = question.network(question.tensor)
    arrays["logits"] = np.moveaxis(logits.numpy()[0], 0, -1).astype(np.float32)
    rows = {}
    for key, row in ANSWERS.items():
        params = params_of(row, recipe.layer, TASKS[name].space)
        arrays[f"answer/{key}"] = row.find(question, params).astype(np.float32)
        rows[key] = {"method": row.method, "peer": row.peer, "params": params}
    about = {
        "task": recipe.task,
        "classes": recipe.classes,
        "target": target.kind,
        "steps": recipe.steps,
        "answers": rows,
        "versions": {peer: version(peer) for peer in PEERS},
    }
    np.savez_compressed(FOLDER / f"{name}.npz", about=json.dumps(about), **arrays)


if __name__ == "__main__":
    main()
