"""What three nulls say of features that are noise, and of some that are not."""

from collections.abc import Callable

import numpy as np

from engine.arrays import Floats
from engine.projection.preparing import scaled
from engine.projection.project import project
from engine.projection.trust import neighbours_kept, noise_like

IMAGES, FEATURES = 500, 50
Null = Callable[[Floats, np.random.Generator], Floats]


def shuffled(features: Floats, rng: np.random.Generator) -> Floats:
    """Each feature shuffled among the images."""
    return np.asarray(rng.permuted(features, axis=0))


def flipped(features: Floats, rng: np.random.Generator) -> Floats:
    """Each deviation from the mean with a sign by chance."""
    middle = features.mean(axis=0)
    signs = rng.choice(np.array([-1, 1], np.float32), features.shape)
    return np.asarray(middle + signs * (features - middle))


NULLS: dict[str, Null] = {"normal": noise_like, "shuffled": shuffled, "flipped": flipped}


def cases() -> dict[str, Floats]:
    """Features float32 (500, F): four kinds of noise, then groups and a sheet."""
    rng = np.random.default_rng(0)

    def normal(features: int = FEATURES) -> Floats:
        return np.asarray(rng.standard_normal((IMAGES, features)), np.float32)

    group = np.arange(IMAGES)
    return {
        "noise": normal(),
        "noise, cut off at zero": np.maximum(normal(), 0),
        "noise, log-normal": np.exp(normal()),
        "noise, unequal spreads": normal() * np.geomspace(1, 50, FEATURES, dtype=np.float32),
        "3 groups far apart": normal(20) + 4 * normal(20)[group % 3],
        "5 groups": normal(100) + normal(100)[group % 5],
        "a sheet of 3 dimensions": normal(3) @ normal()[:3] + 0.3 * normal(),
    }


def print_nulls() -> None:
    """A table of the gain over each null, by layout."""
    print("| features | layout |", " | ".join(NULLS), "|\n|---|---|" + "---|" * len(NULLS))
    for name, features in cases().items():
        for method in ("pca", "pacmap", "tsne"):
            own = _kept(features, method)
            gains = [
                _gain(own, _kept(null(features, np.random.default_rng(1)), method)) for null in NULLS.values()
            ]
            print(f"| {name} | {method} |", " | ".join(f"{gain:+.2f}" for gain in gains), "|", flush=True)


def _kept(features: Floats, method: str) -> float:
    table = scaled(features, np.ones(len(features), np.bool_))
    return neighbours_kept(table, project(features, method).points, np.arange(len(features))).trustworthiness


def _gain(own: float, null: float) -> float:
    return (own - null) / (1 - null)
