"""Trials of preprocessings: the answers to sample pictures under each show which a model was trained with.

Pictures are shown in rounds, until one preprocessing is surely the best, or none are left, or it took long.
How sure that is comes from drawing the pictures again, with replacement (Efron 1979,
https://doi.org/10.1214/aos/1176344552).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic

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
ROUND = 8
"""Pictures that are shown before it is asked whether more are needed."""
LEAST_ROUNDS, SURE, SECONDS = 2, 0.99, 30.0
"""After so many rounds it is enough to be so sure; another round begins only if it ends within so many
seconds.
"""
DRAWS = 400
ANSWERED = 9
"""Pictures, the first ones, whose answers are told."""
_TINY, _ALIKE = 1e-12, 1e-6


@dataclass(frozen=True)
class Samples:
    """Pictures at the size at which a model looks at them.

    Attributes:
        titles: what they show.
        pixels: float32 (N, H, W, 3), RGB 0-255.
    """

    titles: tuple[str, ...]
    pixels: Floats


@dataclass(frozen=True, eq=False)
class _Seen:
    """What a network answers to one picture and its mirror image.

    Attributes:
        shares: float64 (C,), mean over both and over places.
        bits: mean entropy of the answers.
        confidence: mean of the highest probability.
        consistency: share of places whose best class is the same in the mirror.
        answer: index of the best class, or of the largest, and its probability.
    """

    shares: np.ndarray
    bits: float
    confidence: float
    consistency: float
    answer: tuple[int, float]


@dataclass(frozen=True)
class TrialOptions:
    """How long pictures are shown.

    Attributes:
        settled: whether the graph says already which preprocessing is right: then one round is enough.
        seconds: within which another round has to end.
    """

    settled: bool = False
    seconds: float = SECONDS


@dataclass
class _Trials:
    """Answers so far, by preprocessing, in the order of ``USUAL``."""

    seen: dict[str, list[_Seen]] = field(default_factory=dict)

    def merits(self, draws: np.ndarray) -> np.ndarray:
        """Merit (presets, D) of each preprocessing in draws (D, N) of the pictures: how often each is in."""
        return np.stack([_merits(seen, draws) for seen in self.seen.values()])

    def won(self) -> dict[str, float]:
        """In what share of draws each preprocessing has the highest merit; equal ones share a draw."""
        pictures = len(next(iter(self.seen.values())))
        drawn = np.random.default_rng(0).integers(0, pictures, (DRAWS, pictures))
        draws = np.stack([np.bincount(row, minlength=pictures) for row in drawn])
        merits = self.merits(draws)
        best = merits >= merits.max(0) * (1 - _ALIKE)
        shares = (best / best.sum(0)).mean(1)
        return dict(zip(self.seen, shares.tolist(), strict=True))


def trials_of(
    answers: AnswerFunction,
    samples: Samples,
    scalings: Mapping[str, Scaling],
    options: TrialOptions | None = None,
) -> tuple[Trial, ...]:
    """What a network answers under each preprocessing, the likeliest first; of near equals the most usual.

    Args:
        answers: the network without preprocessing.
        samples: pictures.
        scalings: what is tried, by name.
        options: how long.
    """
    options = options or TrialOptions()
    found = _Trials({name: [] for name in sorted(scalings, key=USUAL.index)})
    began = monotonic()
    for number in count(1):
        shown = samples.pixels[(number - 1) * ROUND : number * ROUND]
        for name, seen in found.seen.items():
            seen.extend(_seen(answers, picture[None], scalings[name]) for picture in shown)
        enough = options.settled or (number >= LEAST_ROUNDS and max(found.won().values()) >= SURE)
        late = (monotonic() - began) * (number + 1) / number > options.seconds
        if enough or late or number * ROUND >= len(samples.pixels):
            break
    return _in_order(_trials(found, samples.titles))


def _in_order(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    best = max(trial.merit for trial in trials)
    near = [trial for trial in trials if trial.merit >= NEARLY * best]
    return (*near, *sorted((one for one in trials if one not in near), key=lambda trial: -trial.merit))


def preprocessed(pixels: Floats, scaling: Scaling) -> Floats:
    """What a network with a preprocessing is given of RGB 0-255 (N, H, W, 3)."""
    ordered = pixels[..., ::-1] if scaling.reverse else pixels
    return np.asarray(ordered * scaling.scale + scaling.shift, np.float32)


def _trials(found: _Trials, titles: Sequence[str]) -> list[Trial]:
    won = found.won()
    return [
        Trial(
            preset=name,
            confidence=float(np.mean([one.confidence for one in seen])),
            consistency=float(np.mean([one.consistency for one in seen])),
            information=float(_information(seen, np.ones((1, len(seen))))[0]),
            answers=tuple((title, *one.answer) for title, one in zip(titles, seen[:ANSWERED], strict=False)),
            sure=won[name],
            pictures=len(seen),
        )
        for name, seen in found.seen.items()
    ]


def _seen(answers: AnswerFunction, picture: Floats, scaling: Scaling) -> _Seen:
    plain, mirrored = _pair(answers, picture, scaling)
    rows = _rows((plain + mirrored) / 2)
    return _Seen(
        shares=rows.mean(0),
        bits=float(_entropy(rows).mean()),
        confidence=float(plain.max(-1).mean()),
        consistency=float((plain.argmax(-1) == mirrored.argmax(-1)).mean()),
        answer=_largest(plain),
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


def _merits(seen: Sequence[_Seen], draws: np.ndarray) -> np.ndarray:
    """Merit (D,) in each draw: as ``Trial.merit``."""
    return _information(seen, draws) * (draws @ [one.consistency for one in seen]) / draws.sum(1)


def _information(seen: Sequence[_Seen], draws: np.ndarray) -> np.ndarray:
    """As ``information`` of the answers in each draw (D,)."""
    shares = draws @ np.stack([one.shares for one in seen]) / draws.sum(1, keepdims=True)
    own = draws @ [one.bits for one in seen] / draws.sum(1)
    return np.maximum(_entropy(shares) - own, 0.0)


def information(probabilities: AnyFloats) -> float:
    """Bits that an answer tells about its picture and place: entropy of the mean less the mean of entropies.

    A network that is sure of one class everywhere, and one that is never sure, both tell nothing.

    Args:
        probabilities: (..., C), summing to 1 over C or not.
    """
    rows = _rows(probabilities)
    return max(float(_entropy(rows.mean(0)) - _entropy(rows).mean()), 0.0)


def _rows(probabilities: AnyFloats) -> np.ndarray:
    """float64 (n, C), each row summing to 1."""
    rows = probabilities.reshape(-1, probabilities.shape[-1]).astype(np.float64)
    return rows / np.maximum(rows.sum(-1, keepdims=True), _TINY)


def _entropy(shares: np.ndarray) -> np.ndarray:
    return -(shares * np.log2(np.maximum(shares, _TINY))).sum(-1)
