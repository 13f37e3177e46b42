"""How far a score depends on a concept, against what random images do in its place.

Sensitivity is the cosine of the score's gradient with a concept's vector, so it says nothing of their
lengths. The share of images with a positive one is TCAV's score (Kim et al. 2018,
https://arxiv.org/abs/1711.11279); the mean says how much.

The test does the same with sets of random images of the same size in the place of the concept, each against
sets of what is left: random against random. Scores of one concept against several random sets share its
images, so a test that takes them for independent finds significance where there is none; here one set, with
all its scores, counts once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, LongInts, Reals
from engine.errors import MapsError
from engine.phrase import later
from engine.tcav.vectors import LayerImages, learn_vectors

LEAST_CONCEPT, LEAST_RANDOM = 30, 100
"""Images of a concept, and random ones, below which nothing is tested."""
MOST_SET = 40
"""Images that a vector is learnt from, of either side."""
LEAST_SETS = 2.5
"""Random images, in sets of those that a concept has: so many make sets that are unlike each other."""
LEAST_ACCURACY = 0.6
"""Held out, below which a layer is said not to know a concept."""
HELD_OUT = 1 / 3
LEVEL = 0.05
FEW = 5
TOO_FEW_CONCEPT = later("A concept needs at least {least} images; this one has {count}.")
TOO_FEW_RANDOM = later("A test needs at least {least} random images; there are {count}.")
NO_TARGET = later("There are no images whose score could depend on the concept.")
NO_NUMBERS = later("The layer has values that are no numbers: no concept can be tested in it.")


@dataclass(frozen=True)
class TcavEffort:
    """How much is drawn.

    Attributes:
        counters: random sets that a concept is told from.
        draws: sets that stand in the place of the concept: no p-value is below 1 / (draws + 1).
        resamples: of images, for intervals, each against ``FEW`` random sets.
        seed: of all that is drawn.
    """

    counters: int = 20
    draws: int = 199
    resamples: int = 100
    seed: int = 0


@dataclass(frozen=True)
class Ends:
    """Ends of a 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class ConceptTest:
    """What one layer says about one concept and one target.

    Attributes:
        size: images of each set.
        images: whose score was differentiated.
        accuracy: mean share of held-out images that the vectors tell apart, 0-1.
        share: TCAV's score: share of the images whose score rises with the concept, mean over the random
            sets, 0-1.
        mean: mean cosine of gradient and vector, -1 to 1; ``median`` likewise.
        median: see ``mean``.
        share_ends: of ``share``.
        mean_ends: of ``mean``, over images of the concept and of the target.
        random_share: float64 (draws,), shares of random sets in the place of the concept.
        random_mean: float64 (draws,), their means.
        effect: rank-biserial correlation (Cliff's delta) of the concept's means against theirs, -1 to 1.
        effect_ends: of ``effect``.
        p_value: of the mean, against random sets, two-sided.
        mann_whitney: p-value of shares, concept against random and random against random, as if they were
            independent; for comparison only.
        silent: share of the images without a gradient here.
    """

    size: int
    images: int
    accuracy: float
    share: float
    mean: float
    median: float
    share_ends: Ends
    mean_ends: Ends
    random_share: Reals
    random_mean: Reals
    effect: float
    effect_ends: Ends
    p_value: float
    mann_whitney: float
    silent: float

    @property
    def known(self) -> bool:
        """Whether the layer tells the concept from random images."""
        return self.accuracy >= LEAST_ACCURACY


def check_counts(concept: int, random: int) -> None:
    """Lets only so many images be tested that a test can say something.

    Raises:
        MapsError: there are too few.
    """
    if concept < LEAST_CONCEPT:
        raise MapsError(TOO_FEW_CONCEPT, least=LEAST_CONCEPT, count=concept)
    if random < LEAST_RANDOM:
        raise MapsError(TOO_FEW_RANDOM, least=LEAST_RANDOM, count=random)


def examine_concepts(
    concepts: Sequence[AnyFloats], random: AnyFloats, gradients: AnyFloats, effort: TcavEffort | None = None
) -> tuple[ConceptTest, ...]:
    """Test whether a score depends on concepts at a layer.

    Args:
        concepts: of each (C, F), what the layer makes of its images; of more than ``MOST_SET`` some.
        random: (R, F), of random images, none of which shows a concept on purpose.
        gradients: (M, F), derivatives of the score of M images by what the layer makes of them.
        effort: how much is drawn.

    Raises:
        MapsError: there are too few images, or values that are no numbers.
    """
    for concept in concepts:
        check_counts(len(concept), len(random))
    if not len(gradients):
        raise MapsError(NO_TARGET)
    if not all(np.isfinite(some).all() for some in (*concepts, random, gradients)):
        raise MapsError(NO_NUMBERS)
    trial = _Trial(concepts, random, gradients, effort or TcavEffort())
    return tuple(trial.result(number) for number in range(len(concepts)))


class _Trial:
    """Images of the tests of one layer, and what random sets do there."""

    def __init__(
        self, concepts: Sequence[AnyFloats], random: AnyFloats, gradients: AnyFloats, effort: TcavEffort
    ) -> None:
        self.effort = effort
        self.seen = LayerImages.of(np.concatenate([random, *concepts]), gradients)
        self.random = np.arange(len(random))
        counts = [len(random), *map(len, concepts)]
        self.size = min(*counts[1:], MOST_SET, int(len(random) / LEAST_SETS))
        self.concepts = np.split(np.arange(sum(counts)), np.cumsum(counts)[:-1])[1:]
        rng = np.random.default_rng(effort.seed)
        sets = np.stack([rng.permutation(self.random) for _draw in range(effort.draws)])
        self.beside = self._cosines(
            sets[:, : self.size], np.stack([self._counters(rng, row[self.size :]) for row in sets])
        )

    def _counters(self, rng: np.random.Generator, images: LongInts) -> LongInts:
        """int64 (counters, size): random sets of some images."""
        return np.stack([rng.permutation(images)[: self.size] for _set in range(self.effort.counters)])

    def _cosines(self, sets: LongInts, counters: LongInts) -> Reals:
        """float64 (S, c, M): of the vectors of sets (S, size), each against its random sets (S, c, size)."""
        count = counters.shape[1]
        found = learn_vectors(self.seen, np.repeat(sets, count, axis=0), counters.reshape(-1, self.size))
        return found.cosines(self.seen).reshape(len(sets), count, -1)

    def result(self, number: int) -> ConceptTest:
        """Of one of the concepts; the same wherever it stands."""
        rng = np.random.default_rng([self.effort.seed, 1])
        own = np.sort(rng.permutation(self.concepts[number])[: self.size])
        counters = self._counters(rng, rng.permutation(self.random)[self.size :])
        cosines = self._cosines(own[None], counters[None])[0]
        means, mean = cosines.mean(axis=1), float(cosines.mean())
        random_means = self.beside.mean(axis=2)
        sampled = self._resampled(rng, own, counters)
        effects = [cliffs_delta(one, random_means.ravel()) for one in sampled.mean(axis=2)]
        return ConceptTest(
            size=self.size,
            images=cosines.shape[1],
            accuracy=self._accuracy(rng, own, counters),
            share=float((cosines > 0).mean()),
            mean=mean,
            median=float(np.median(cosines, axis=1).mean()),
            share_ends=_ends((sampled > 0).mean(axis=(1, 2))),
            mean_ends=_ends(sampled.mean(axis=(1, 2))),
            random_share=(self.beside > 0).mean(axis=(1, 2)),
            random_mean=random_means.mean(axis=1),
            effect=cliffs_delta(means, random_means.ravel()),
            effect_ends=_ends(np.array(effects)),
            p_value=chance_of(mean, random_means.mean(axis=1)),
            mann_whitney=_mann_whitney(cosines, self.beside),
            silent=self.seen.silent,
        )

    def _accuracy(self, rng: np.random.Generator, own: LongInts, counters: LongInts) -> float:
        """Of vectors that were learnt from two thirds of the images, on the others."""
        held = max(round(HELD_OUT * self.size), 1)
        sets = np.stack([rng.permutation(own) for _set in counters])
        found = learn_vectors(self.seen, sets[:, held:], counters[:, held:])
        right = (found.scores(self.seen, sets[:, :held]) > 0).mean()
        wrong = (found.scores(self.seen, counters[:, :held]) > 0).mean()
        return float((right + 1 - wrong) / 2)

    def _resampled(self, rng: np.random.Generator, own: LongInts, counters: LongInts) -> Reals:
        """float64 (resamples, few, M): with images of concept and target drawn with replacement."""
        count = self.effort.resamples
        sets = rng.choice(own, (count, self.size))
        drawn = rng.integers(0, len(counters), (count, min(FEW, len(counters))))
        found = self._cosines(sets, counters[drawn])
        images = rng.integers(0, found.shape[2], (count, 1, found.shape[2]))
        return np.take_along_axis(found, images, axis=2)


def _mann_whitney(concept: Reals, random: Reals) -> float:
    """As is usual: shares (counters,) of the concept, and of as many random sets against one of them each.

    Args:
        concept: (counters, M), cosines.
        random: (S, counters, M), cosines of random sets.
    """
    from scipy.stats import mannwhitneyu

    count = min(len(random), len(concept))
    pairs = random[np.arange(count), np.arange(count)]
    return float(mannwhitneyu((concept > 0).mean(axis=1), (pairs > 0).mean(axis=1)).pvalue)


def chance_of(value: float, drawn: Reals) -> float:
    """Two-sided p-value of a value among those (n,) that were drawn as if it were one of them.

    Example:
        >>> chance_of(3.0, np.array([-1.0, 0.0, 1.0]))
        0.25
    """
    far = np.abs(np.append(drawn, value) - drawn.mean())
    return float((far >= far[-1] * (1 - 1e-9)).mean())


def cliffs_delta(first: Reals, second: Reals) -> float:
    """How much more often values of the first are above those of the second than below: -1 to 1.

    Cliff 1993, https://doi.org/10.1037/0033-2909.114.3.494; the rank-biserial correlation.

    Example:
        >>> cliffs_delta(np.array([1.0, 3.0]), np.array([0.0, 2.0]))
        0.5
    """
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left")
    above = len(ordered) - np.searchsorted(ordered, first, side="right")
    return float((below - above).mean() / len(ordered))


def _ends(drawn: Reals) -> Ends:
    low, high = np.quantile(drawn, [LEVEL / 2, 1 - LEVEL / 2])
    return Ends(float(low), float(high))
