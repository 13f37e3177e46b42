"""Trials of preprocessings: the answers to sample pictures under each show which a model was trained with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from compute.doctor.diagnosis import Trial
from engine.arrays import AnyFloats, Floats
from model_store.base.scaling import Scaling

AnswerFunction = Callable[[Floats], Floats]
"""Probabilities (N, C) or (N, h, w, C) of what a network is given, float32 (N, H, W, 3)."""

USUAL = ("file", "signed", "torch", "raw", "unit", "caffe")
"""Preprocessings, the most usual first."""
NEARLY = 0.95
"""So near to the best merit, the difference says nothing."""
STEP = 8
"""Every so many pixels of an answer are looked at."""
_TINY = 1e-12


@dataclass(frozen=True)
class Samples:
    """Pictures at the size at which a model looks at them.

    Attributes:
        titles: what they show.
        pixels: float32 (N, H, W, 3), RGB 0-255.
    """

    titles: tuple[str, ...]
    pixels: Floats


def trials_of(
    answers: AnswerFunction, samples: Samples, scalings: Mapping[str, Scaling]
) -> tuple[Trial, ...]:
    """What a network answers under each preprocessing, the likeliest first; of near equals the most usual.

    Args:
        answers: the network without preprocessing.
        samples: pictures.
        scalings: what is tried, by name.
    """
    trials = [_trial(name, answers, samples, scaling) for name, scaling in scalings.items()]
    best = max(trial.merit for trial in trials)
    alike = sorted(
        (trial for trial in trials if trial.merit >= NEARLY * best),
        key=lambda trial: USUAL.index(trial.preset),
    )
    return (
        *alike,
        *sorted((trial for trial in trials if trial.merit < NEARLY * best), key=lambda trial: -trial.merit),
    )


def preprocessed(pixels: Floats, scaling: Scaling) -> Floats:
    """What a network with a preprocessing is given of RGB 0-255 (N, H, W, 3)."""
    ordered = pixels[..., ::-1] if scaling.reverse else pixels
    return np.asarray(ordered * scaling.scale + scaling.shift, np.float32)


def _trial(name: str, answers: AnswerFunction, samples: Samples, scaling: Scaling) -> Trial:
    pairs = [_pair(answers, picture[None], scaling) for picture in samples.pixels]
    plain = np.stack([seen for seen, _ in pairs])
    mirrored = np.stack([seen for _, seen in pairs])
    best = [_largest(seen) for seen in plain]
    return Trial(
        preset=name,
        confidence=float(plain.max(-1).mean()),
        consistency=float((plain.argmax(-1) == mirrored.argmax(-1)).mean()),
        information=information((plain + mirrored) / 2),
        answers=tuple(
            (title, index, share) for title, (index, share) in zip(samples.titles, best, strict=True)
        ),
    )


def _pair(answers: AnswerFunction, picture: Floats, scaling: Scaling) -> tuple[Floats, Floats]:
    """Probabilities (places, C) of a picture (1, H, W, 3), and of its mirror image at the same places."""
    plain, mirrored = (answers(preprocessed(seen, scaling))[0] for seen in (picture, picture[:, :, ::-1]))
    if plain.ndim == 3:
        plain, mirrored = plain[::STEP, ::STEP], mirrored[:, ::-1][::STEP, ::STEP]
    classes = plain.shape[-1]
    return np.nan_to_num(plain).reshape(-1, classes), np.nan_to_num(mirrored).reshape(-1, classes)


def _largest(seen: Floats) -> tuple[int, float]:
    """The class that most places answer, and its mean probability there; of one place its best class."""
    best = seen.argmax(-1)
    index = int(np.bincount(best).argmax())
    return index, float(seen[best == index, index].mean())


def information(probabilities: AnyFloats) -> float:
    """Bits that an answer tells about its picture and place: entropy of the mean less the mean of entropies.

    A network that is sure of one class everywhere, and one that is never sure, both tell nothing.

    Args:
        probabilities: (..., C), summing to 1 over C or not.
    """
    rows = probabilities.reshape(-1, probabilities.shape[-1]).astype(np.float64)
    rows = rows / np.maximum(rows.sum(-1, keepdims=True), _TINY)
    return max(_entropy(rows.mean(0)) - float(np.mean([_entropy(row) for row in rows])), 0.0)


def _entropy(shares: np.ndarray) -> float:
    return float(-(shares * np.log2(np.maximum(shares, _TINY))).sum())
