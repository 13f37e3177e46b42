"""LIME of one class against the package itself on ``model.predict``."""

import os
from typing import Any

import numpy as np

from benchmarks.effort import Effort
from benchmarks.races.measures import DIFFERENCE
from benchmarks.races.peer_networks import keras_model
from benchmarks.races.race import Answers, Contestant, Race, TimedTask
from benchmarks.races.scenes import image_of, scene_of
from engine.arrays import Floats
from engine.perturbation.designs.superpixels import superpixels
from engine.perturbation.methods.params import LimeParams

TITLE = "LIME of one class"
KEY = "dogs-vgg"
BATCHES = {10: "its own batches of 10", 64: "batches of 64"}
PROMISED = 2


def races(effort: Effort) -> list[Race]:
    """Against the package with the batches that it makes by itself, and with larger ones."""
    params = LimeParams(samples=effort.samples, seeds=1)
    ours = Contestant("Vitrine, LIME", vitrine, {"params": params})
    peers = {
        batch: Contestant(f"lime, model.predict, {words}", package, {"params": params, "batch": batch})
        for batch, words in BATCHES.items()
    }
    return [Race(f"LIME, {KEY}", ours, peer, DIFFERENCE, PROMISED) for peer in peers.values()]


def remarks(effort: Effort) -> str:
    """What is to be known of the figures."""
    return (
        f"{effort.samples:,} samples of SLIC superpixels, one seed; weights of the superpixels are "
        "compared. Cutting them is timed, too."
    )


def vitrine(params: LimeParams) -> TimedTask:
    """All superpixels of the strongest class."""
    from engine.perturbation.methods import lime

    scene = scene_of(KEY)
    index = int(scene.model.score_batch(scene.image[None], "probability")[0].argmax())

    def run(_lap: int) -> Any:
        return scene.explain(lime, params, [scene.targets[index]])[0]

    return TimedTask(run, lambda found: {"weights": found.parts.weights}, note=scene.note)


def package(params: LimeParams, batch: int) -> TimedTask:
    """The same superpixels, samples and class."""
    os.environ["TQDM_DISABLE"] = "1"
    model, image = keras_model(KEY), image_of(KEY)
    from lime.lime_image import LimeImageExplainer
    from scipy.special import softmax

    def classify(pictures: Floats) -> Floats:
        return softmax(model.predict(pictures, verbose=0), axis=-1)

    index = int(classify(image[None])[0].argmax())

    def run(_lap: int) -> Any:
        explainer = LimeImageExplainer(kernel_width=params.kernel_width, random_state=params.seed)
        return explainer.explain_instance(
            image,
            classify,
            labels=(index,),
            top_labels=None,
            hide_color=image.mean(axis=(0, 1)),
            num_samples=params.samples,
            batch_size=batch,
            segmentation_fn=lambda picture: superpixels(params, picture),
        )

    def answers(found: Any) -> Answers:
        return {"weights": np.array([weight for _, weight in sorted(found.local_exp[index])], np.float32)}

    return TimedTask(run, answers, note=f"Keras, {batch} pictures at once")
