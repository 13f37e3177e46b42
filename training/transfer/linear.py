"""A linear classifier on the features of a network that was trained on ImageNet: transfer at its plainest.

The pooled features of the training pictures and of their mirror images are learnt by logistic regression; how
much its weights are held back is chosen on the selection pictures, by their log-loss.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from engine.arrays import Floats, Indices
from model_store.base.record import seal
from model_store.pretrained.efficientnet_lite import LITE_SIZES, OWN_HEAD, load_lite, read_head
from training.classify.config import ClassifierConfig
from training.classify.measure import ClassifierAnswer, all_logits, load_squares
from training.classify.pictures import find_classes, find_pictures, label_names
from training.common.config import ConfigError, Places, Position
from training.common.keras_files import ExportError, halved

LABELS, FACTS = "labels.json", "learnt.json"
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Inverse strengths of the penalty that are tried, as scikit-learn's C."""
_STEPS = 2000


@dataclass(frozen=True)
class Learnt:
    """What is known of a finished fit.

    Attributes:
        strength: C that was chosen.
        steps: of the solver.
        seconds: that everything took.
    """

    strength: float
    steps: int
    seconds: float


def feature_answer(network: str) -> ClassifierAnswer:
    """The pooled features of a network as a function from RGB 0-255 (B, H, W, 3) to float32 (B, 1280).

    Raises:
        ConfigError: there is no network of this name, or its package is not installed.
    """
    import keras

    size = LITE_SIZES.get(network)
    if size is None or size.weights.path is None:
        raise ConfigError(f"[body] network is {network!r}; write one of {', '.join(LITE_SIZES)}.")
    whole = load_lite(size, size.weights.path)
    pooled = keras.Model(whole.input, whole.get_layer("pool").output)
    return lambda pixels: np.asarray(pooled(pixels.astype(np.float32), training=False))


def _features(config: ClassifierConfig, data: Path, part: str) -> tuple[Floats, Indices]:
    """Features (N, 1280) and classes (N,) of the pictures of a part and, to learn from, of their mirrors."""
    groups = list(find_classes(data / config.pictures.folder))
    samples = find_pictures(config, data, [part])
    answer = feature_answer(config.body.network)
    squares = load_squares(samples, config.input_size)
    truth = np.array([groups.index(sample.group) for sample in samples])
    if part != "train":
        return all_logits(answer, squares), truth
    both = [all_logits(answer, squares), all_logits(answer, squares[:, :, ::-1])]
    return np.concatenate(both), np.concatenate([truth, truth])


def fit_head(config: ClassifierConfig, places: Places) -> Position:
    """Learns the head and writes it to the folder of the run."""
    began = time.monotonic()
    features, truth = _features(config, places.data, "train")
    chosen_on, chosen_truth = _features(config, places.data, "select")
    scale = float(np.sqrt((features**2).sum(1).mean()))
    fits = {
        strength: LogisticRegression(C=strength, max_iter=_STEPS).fit(features / scale, truth)
        for strength in STRENGTHS
    }
    losses = {
        strength: log_loss(chosen_truth, fit.predict_proba(chosen_on / scale))
        for strength, fit in fits.items()
    }
    strength = min(losses, key=lambda tried: losses[tried])
    best = fits[strength]
    places.run.mkdir(parents=True, exist_ok=True)
    save_file(_head(best, scale), places.run / OWN_HEAD)
    learnt = Learnt(strength, int(best.n_iter_.max()), time.monotonic() - began)
    (places.run / FACTS).write_text(json.dumps(asdict(learnt)) + "\n")
    print(f"C {strength:g} of " + ", ".join(f"{tried:g}: {loss:.3f}" for tried, loss in losses.items()))
    return Position(learnt.steps, learnt.seconds)


def _head(fit: LogisticRegression, scale: float) -> dict[str, Floats]:
    """Kernel (1280, K) and bias (K,) for features as they are; those learnt from were divided by `scale`.

    Of two classes scikit-learn has one row, which is split.
    """
    two = len(fit.coef_) == 1
    kernel, bias = (
        np.concatenate([-values / 2, values / 2]) if two else values for values in (fit.coef_, fit.intercept_)
    )
    return {"kernel": np.ascontiguousarray(kernel.T / scale, np.float32), "bias": bias.astype(np.float32)}


def export_head(config: ClassifierConfig, data: Path, run: Path, folder: Path) -> tuple[int, Position]:
    """Writes the head and the names of its classes; the features stay in their package.

    Returns:
        The number of parameters of the head, and how long it was learnt.

    Raises:
        ExportError: nothing was learnt yet.
    """
    if not (run / FACTS).exists():
        raise ExportError(f"{run} holds no head yet; train first.")
    learnt = Learnt(**json.loads((run / FACTS).read_text()))
    head = read_head(run / OWN_HEAD)
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: halved(getattr(head, name), name) for name in ("kernel", "bias")}
    save_file(halves, folder / OWN_HEAD)
    (folder / OWN_HEAD).chmod(0o644)
    names = label_names(list(find_classes(data / config.pictures.folder)))
    (folder / LABELS).write_text(json.dumps(names, indent=1, ensure_ascii=False) + "\n", "utf-8")
    seal(folder)
    return head.kernel.size + head.bias.size, Position(learnt.steps, learnt.seconds)


def head_answer(config: ClassifierConfig, folder: Path) -> ClassifierAnswer:
    """The exported classifier as a function from RGB 0-255 (B, H, W, 3) to logits (B, K)."""
    features, head = feature_answer(config.body.network), read_head(folder / OWN_HEAD)
    return lambda pixels: features(pixels) @ head.kernel + head.bias
