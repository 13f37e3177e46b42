"""Waits for gradients: every method of the gallery that reads them, in a new process and again in the same.

Methods that share a source share its passes; each distinct pass is run once, as in the gallery.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter, process_time, time
from typing import Any

import numpy as np
import psutil

from compute.worker.workbench import workbench
from engine.arrays import Floats
from engine.gradients.run import run_gradients
from engine.gradients.target_layers import BEST, USUAL, choose_target_layers
from engine.methods import METHODS
from engine.model import LoadedModel
from engine.summed.plan import PassInput, SummedMethod
from engine.summed.run import run_summed
from model_store.base.trials import TRIAL_HW, trial_pictures
from model_store.catalogue import CATALOGUE, ModelRef

COLUMNS = ("model", "gradients by", "cold", "warm", "processor, cold", "TensorFlow imported")
HEAD = """## gradients

Seconds from the start of a worker process to all gradient methods of the gallery, and again.
"""


def report(models: list[str]) -> None:
    """Print a table of some models, or of all that ship, by OpenVINO and by TensorFlow alone, as it comes."""
    shipped = [key for key, entry in CATALOGUE.items() if entry.shipped]
    print(HEAD, f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS), sep="\n", flush=True)
    for key in models or shipped:
        _child(key, "auto")  # what is made once on a machine is made before
        for setting in ("auto", "tensorflow"):
            print(_row(key, setting, _child(key, setting)), flush=True)


def _row(key: str, setting: str, found: dict[str, Any]) -> str:
    name = found["backend"] if setting == "auto" else "TensorFlow"
    seconds = [f"{found[column]:.2f}" for column in ("cold", "warm", "processor")]
    return f"| {' | '.join((key, name, *seconds, 'yes' if found['tensorflow'] else 'no'))} |"


def _child(key: str, setting: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.gradients", "--child", key]
    environment = os.environ | {"VITRINE_GRADIENTS": setting}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(key: str) -> dict[str, Any]:
    """What a process finds of itself."""
    model = workbench().model(ModelRef.parse(key))
    _gallery(model)
    cold, spent = _age(), process_time()
    began = perf_counter()
    _gallery(model)
    return {
        "cold": cold,
        "warm": perf_counter() - began,
        "processor": spent,
        "tensorflow": "tensorflow" in sys.modules,
        "backend": model.gradient_backend.name,
    }


def _age() -> float:
    """Seconds since this process was started."""
    return time() - psutil.Process().create_time()


def _gallery(model: LoadedModel) -> None:
    """Every method that reads gradients of the best class, where it wins."""
    (image,) = trial_pictures(model.input_size_hw(TRIAL_HW), 1)
    weights = _best(model.score_batch(image[None], "probability"))
    run_gradients(model, image, weights, choose_target_layers(model.target_layers, [BEST, USUAL]))
    for method in _sources(model):
        runs = method.source.prepare(model, PassInput(image, weights), method.params())
        count = method.source.count(method.params(), model.target_layers)
        run_summed(model, runs, (0, count))


def _best(output: Floats) -> Floats:
    """float32 (1, *output): the best class, for maps where it wins."""
    wins = output == output.max(axis=-1, keepdims=True)
    often = wins.reshape(-1, output.shape[-1]).sum(axis=0)
    weights = wins * (np.arange(output.shape[-1]) == often.argmax())
    found: Floats = (weights / weights.sum()).astype(np.float32)
    return found


def _sources(model: LoadedModel) -> Iterator[SummedMethod[Any]]:
    """One method of each distinct source of sums that fits the model."""
    known = model.traits | {"layer"}
    summed = [method for method in METHODS.values() if isinstance(method, SummedMethod)]
    fitting = {method.source.key: method for method in summed if method.why_not(model.facts, known) is None}
    yield from fitting.values()


def main() -> None:
    """Print the table, or what a child process finds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--child")
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_measured(options.child)))
    else:
        report(options.models)


if __name__ == "__main__":
    main()
