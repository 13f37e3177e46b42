"""How far a score depends on a concept, against what random images do in its place.

Sensitivity is the cosine of the score's gradient with a concept's vector, so it says nothing of their
lengths. The share of images with a positive one is TCAV's score (Kim et al. 2018,
https://arxiv.org/abs/1711.11279); the mean says how much.

The test is a permutation of images: the same is done with sets of the same size, drawn from the images of
the concept and random ones shuffled together. It is exact where the concept is but a random set. Scores of
one concept against several random sets share its images, so a test that takes them for independent finds
significance where there is none.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, LongInts, Reals
from engine.errors import MapsError
from engine.phrase import later
from engine.tcav.vectors import LayerImages, learn_vectors

LEAST_CONCEPT, LEAST_RANDOM = 30, 100
"""Images of a concept, and random ones, below which nothing is tested."""
MOST_SET = 50
"""Images that a vector is learnt from, of either side."""
COUNTER_SHARE = 0.4
"""Share of the random images that concepts are told from; the others stand in the place of the concept."""
LEAST_ACCURACY = 0.6
"""Held out, below which a layer is said not to know a concept."""
HELD_OUT = 1 / 3
LEVEL = 0.05
SHOWN_SETS = 40
"""Sets of random images alone, beside which a concept is shown."""
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
        resamples: of images, for intervals.
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
        random_share: float64 (``SHOWN_SETS``,), shares of sets of random images alone.
        random_mean: float64 (``SHOWN_SETS``,), their means.
        effect: rank-biserial correlation (Cliff's delta) of the concept's means against theirs, -1 to 1.
        effect_ends: of ``effect``.
        p_value: of the mean, by permutation, two-sided.
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


def examine_concept(
    concept: AnyFloats, random: AnyFloats, gradients: AnyFloats, effort: TcavEffort | None = None
) -> ConceptTest:
    """Test whether a score depends on a concept at a layer.

    Args:
        concept: (C, F), what the layer makes of images of the concept; of more than ``MOST_SET`` some.
        random: (R, F), of random images, none of which shows the concept on purpose.
        gradients: (M, F), derivatives of the score of M images by what the layer makes of them.
        effort: how much is drawn.

    Raises:
        MapsError: there are too few images, or values that are no numbers.
    """
    effort = effort or TcavEffort()
    check_counts(len(concept), len(random))
    if not len(gradients):
        raise MapsError(NO_TARGET)
    if not all(np.isfinite(some).all() for some in (concept, random, gradients)):
        raise MapsError(NO_NUMBERS)
    return _Trial(concept, random, gradients, effort).result()


class _Trial:
    """Images of one test, dealt into sets."""

    def __init__(
        self, concept: AnyFloats, random: AnyFloats, gradients: AnyFloats, effort: TcavEffort
    ) -> None:
        self.effort, self.rng = effort, np.random.default_rng(effort.seed)
        self.seen = LayerImages.of(np.concatenate([concept, random]), gradients)
        dealt = len(concept) + self.rng.permutation(len(random))
        told = round(COUNTER_SHARE * len(random))
        self.size = min(len(concept), MOST_SET, round(told / 1.4))
        self.own = np.sort(self.rng.permutation(len(concept))[: self.size])
        self.counters = self._sets(dealt[:told], effort.counters)
        self.rest = dealt[told:]

    def _sets(self, images: LongInts, count: int) -> LongInts:
        """int64 (count, size): sets of different images."""
        return np.stack([self.rng.permutation(images)[: self.size] for _set in range(count)])

    def cosines(self, sets: LongInts) -> Reals:
        """float64 (S, counters, M): of the vectors of sets (S, size) against each random set."""
        count = len(self.counters)
        found = learn_vectors(self.seen, np.repeat(sets, count, axis=0), np.tile(self.counters, (len(sets), 1)))
        return found.cosines(self.seen).reshape(len(sets), count, -1)

    def accuracy(self) -> float:
        """Of vectors that were learnt from two thirds of the images, on the others."""
        count, held = len(self.counters), max(round(HELD_OUT * self.size), 1)
        own = np.stack([self.rng.permutation(self.own) for _set in range(count)])
        found = learn_vectors(self.seen, own[:, held:], self.counters[:, held:])
        right = (found.scores(self.seen, own[:, :held]) > 0).mean()
        wrong = (found.scores(self.seen, self.counters[:, :held]) > 0).mean()
        return float((right + 1 - wrong) / 2)

    def result(self) -> ConceptTest:
        cosines = self.cosines(self.own[None])[0]
        means = cosines.mean(axis=1)
        mixed = np.concatenate([self.own, self.rest])
        drawn = self.cosines(self._sets(mixed, self.effort.draws)).mean(axis=(1, 2))
        random, sampled = self.cosines(self._sets(self.rest, SHOWN_SETS)), self._resampled()
        beside = random.mean(axis=2).ravel()
        return ConceptTest(
            size=self.size,
            images=cosines.shape[1],
            accuracy=self.accuracy(),
            share=float((cosines > 0).mean()),
            mean=float(means.mean()),
            median=float(np.median(cosines, axis=1).mean()),
            share_ends=_ends((sampled > 0).mean(axis=(1, 2))),
            mean_ends=_ends(sampled.mean(axis=(1, 2))),
            random_share=(random > 0).mean(axis=(1, 2)),
            random_mean=random.mean(axis=(1, 2)),
            effect=cliffs_delta(means, beside),
            effect_ends=_ends(np.array([cliffs_delta(one, beside) for one in sampled.mean(axis=2)])),
            p_value=permutation_p(float(means.mean()), drawn),
            mann_whitney=_mann_whitney(cosines, random),
            silent=self.seen.silent,
        )

    def _resampled(self) -> Reals:
        """float64 (resamples, counters, M): with images of concept and target drawn with replacement."""
        sets = self.rng.choice(self.own, (self.effort.resamples, self.size))
        found = self.cosines(sets)
        images = self.rng.integers(0, found.shape[2], (len(found), 1, found.shape[2]))
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


def permutation_p(value: float, drawn: Reals) -> float:
    """Two-sided p-value of a value among those (n,) that were drawn as if it were one of them.

    Example:
        >>> permutation_p(3.0, np.array([-1.0, 0.0, 1.0]))
        0.25
    """
    every = np.append(drawn, value)
    far = np.abs(every - every.mean())
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
