"""Data randomisation test (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292), for ``digits-cnn``.

    python -m benchmarks.labels

Two networks learn the right labels and two learn labels dealt out at random, each for long enough to know
them by heart. Each method explains the same class of the same images to all four. A method that explains
what was learnt gives maps of right and dealt labels that are less alike than those of two networks with right
labels.
"""

import argparse
from collections.abc import Mapping, Sequence
from inspect import unwrap
from itertools import combinations, product

import numpy as np

from benchmarks.labels.networks import TAUGHT, TaughtSource, lessons, teach
from compute.trust.randomisation import fitting
from compute.work.sanity.asking import TRAINED, SanitySpec, asked_method
from compute.work.sanity.maps import answer_about, maps_of_network
from engine.arrays import Floats
from engine.images.picture import Picture
from engine.methods import METHODS
from engine.sanity.similarity import similarity
from engine.target_sets import TargetSet
from model_store.catalogue import ModelRef
from samples.digits import digit_name
from settings import override

IMAGES = 10
RIGHT, DEALT = (
    tuple(name for name, (right, _) in TAUGHT.items() if right is wanted) for wanted in (True, False)
)
PAIRS: Mapping[str, Sequence[tuple[str, str]]] = {
    "right, right": tuple(combinations(RIGHT, 2)),
    "right, dealt": tuple(product(RIGHT, DEALT)),
    "dealt, dealt": tuple(combinations(DEALT, 2)),
}
"""Which networks are compared."""
Maps = dict[str, list[Mapping[str, Floats]]]
"""By network, for each image the map of each method."""


def held_out(count: int) -> list[int]:
    """Images that no network has learnt, the first of each digit in turn."""
    data = lessons()
    rows = [np.flatnonzero((data.truth == digit) & ~data.training) for digit in range(10)]
    return [int(rows[place % 10][place // 10]) for place in range(count)]


def maps_of_all(numbers: Sequence[int]) -> Maps:
    """The maps of the true class of some images, by each network."""
    first = teach(RIGHT[0]).model
    targets = TargetSet((10,), first.facts.labels, None)
    pictures = [Picture(lessons().images[number], digit_name(number)) for number in numbers]
    methods = fitting(answer_about(first, targets, pictures[0]), list(METHODS.values()))
    asked = tuple(asked_method(method) for method in methods)
    found: Maps = {name: [] for name in TAUGHT}
    for name in TAUGHT:
        for number, picture in zip(numbers, pictures, strict=True):
            spec = SanitySpec(ModelRef(name), asked, int(lessons().truth[number]))
            found[name].append(unwrap(maps_of_network)(TRAINED, spec, targets, picture))
    return found


def likeness(maps: Maps, method: str, pairs: Sequence[tuple[str, str]]) -> Floats:
    """For each image and pair the rank correlation of values, or of sizes if it is more, float32 (n,)."""
    read = [
        similarity(maps[one][place][method], maps[other][place][method])
        for one, other in pairs
        for place in range(len(maps[one]))
    ]
    return np.array([max(found.ranks, found.sizes) for found in read], np.float32)


def main() -> None:
    """Train, explain, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.labels", description=__doc__)
    parser.add_argument("--images", type=int, default=IMAGES, help="that are explained, none of them learnt")
    count = parser.parse_args().images
    print("| labels | known by heart | right on held-out images |\n|---|---|---|")
    for name in TAUGHT:
        one = teach(name)
        print(f"| {name} | {one.learnt:.1%} | {one.held_out:.1%} |", flush=True)
    with override(model_source=f"{TaughtSource.__module__}:{TaughtSource.__name__}"):
        maps = maps_of_all(held_out(count))
    print(f"\n| method | {' | '.join(PAIRS)} |\n|---|---|---|---|")
    for method in maps[RIGHT[0]][0]:
        alike = [likeness(maps, method, pairs) for pairs in PAIRS.values()]
        print(f"| `{method}` | {' | '.join(f'{one.mean():.2f}' for one in alike)} |")


if __name__ == "__main__":
    main()
