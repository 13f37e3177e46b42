"""All thirteen convolutions of VGG16 in one gradient pass against one Grad-CAM of tf-keras-vis for each."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from engine.gradients.plan import read
from engine.gradients.run import ALL, KEYS, choose_taps, dense_weights, run_gradients
from engine.model import Floats, LoadedModel, ModelFacts
from engine.targets import ClassTarget
from model_store import runtime
from model_store.keras_classifier import classifier_of
from model_store.keras_network import Usage

ROUNDS = 3
CLASSES = 1000
TARGET = 7


def report() -> None:
    """Print seconds of both and their ratio: median of alternating rounds."""
    runtime.tensorflow()
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    network = keras.applications.VGG16(weights=None, classifier_activation=None)
    labels = tuple(str(index) for index in range(CLASSES))
    facts = ModelFacts("vgg16", "VGG16", "classification", labels, ((0, 0, 0),) * CLASSES, "none", "vgg16")
    model = classifier_of(network, facts, Usage())
    image = np.random.default_rng(0).uniform(0, 255, (224, 224, 3)).astype(np.float32)
    taps = choose_taps(model.taps, [ALL])
    ours, theirs = _ours(model, image, taps), _tf_keras_vis(network, image, taps)
    start = perf_counter()
    ours()
    first = perf_counter() - start
    theirs()
    seconds = np.array([[_time(ours), _time(theirs)] for _ in range(ROUNDS)])
    mine, peer = np.median(seconds, axis=0)
    print(f"VGG16, 224 x 224 px, random weights, {len(taps)} layers")
    print(f"  Vitrine, one pass, all layers, {len(KEYS)} methods, for and against: {mine:6.2f} s ({first:.2f} s the first time)")
    print(f"  tf-keras-vis, Grad-CAM, one layer after the other: {peer:6.2f} s")
    print(f"  ratio {np.median(seconds[:, 1] / seconds[:, 0]):.1f} times faster (promised: at least 5)")


def _time(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _ours(model: LoadedModel, image: Floats, taps: tuple[str, ...]) -> Callable[[], object]:
    def work() -> object:
        found = run_gradients(model, image, dense_weights([ClassTarget(TARGET)], (CLASSES,)), taps)
        return [read(found.of(0, tap, "gradcam", "for"), "for") for tap in taps]

    return work


def _tf_keras_vis(network, image: Floats, taps: tuple[str, ...]) -> Callable[[], object]:  # noqa: ANN001
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.scores import CategoricalScore

    explainer, score = Gradcam(network, clone=False), CategoricalScore(TARGET)
    options = {"seek_penultimate_conv_layer": False, "expand_cam": False, "normalize_cam": False}
    return lambda: [explainer(score, image[None], penultimate_layer=tap, **options) for tap in taps]
