"""Near-duplicates: images that look alike. In two parts of a data set, they make a test part no test.

A perceptual hash of 64 bits (Zauner 2010, https://phash.org/docs/pubs/thesis_zauner.pdf) says whether each of
the 64 slowest waves of an image is above their median. It survives scaling, compression and brightness; it
does not survive cropping, turning or mirroring. Images without structure, such as blank pages, are alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from PIL import Image

from engine.arrays import Hashes, Indices, LongInts, Pixels, Reals

SIDE = 32
WAVES = 8
DISTANCE = 4
BLOCK_PAIRS = 1_000_000
"""Pairs that are compared at once."""


def perceptual_hash(pixels: Pixels) -> np.uint64:
    """64 bits of an image; images that look alike differ in few.

    Args:
        pixels: uint8 (H, W, 3), RGB.

    Returns:
        The bits row by row, the mean of the image first, each 1 where the wave is above the median.

    Example:
        >>> slope = np.repeat(np.arange(0, 256, 4, dtype=np.uint8), 64 * 3).reshape(64, 64, 3)
        >>> int(np.bitwise_count(perceptual_hash(slope) ^ perceptual_hash(slope[::2, ::2] // 2)))
        0
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ValueError(f"Expected uint8 (H, W, 3), received {pixels.dtype} {pixels.shape}.")
    grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    waves = _cosines()
    slow = np.round(waves @ np.asarray(grey, np.float64) @ waves.T, 6).ravel()
    return np.packbits(slow > np.median(slow[1:])).view(">u8")[0].astype(np.uint64)


def _cosines() -> Reals:
    """The slowest waves of a discrete cosine transform, (8, 32)."""
    places = 2 * np.arange(SIDE) + 1
    return np.cos(np.pi * np.outer(np.arange(WAVES), places) / (2 * SIDE))


@dataclass(frozen=True, eq=False)
class DuplicatePairs:
    """Pairs of images that look alike, the most alike first.

    Attributes:
        first: places (K,) of the first image of each pair, which stands before the second.
        second: places (K,) of the other image.
        distances: int64 (K,), number of bits that differ.
        total: number of pairs, also of those that are not listed.
    """

    first: Indices
    second: Indices
    distances: LongInts
    total: int


def near_duplicates(
    hashes: Hashes, splits: Sequence[str] | None, distance: int = DISTANCE, most: int = 10_000
) -> DuplicatePairs:
    """Images of a data set that look alike, in different parts of it or anywhere.

    All pairs are compared, a block at a time; no N x N array is held.

    Args:
        hashes: uint64 (N,), of ``perceptual_hash``.
        splits: the part of each image; None: all images are compared.
        distance: bits that may differ, 0-64.
        most: number of pairs that are listed.

    Raises:
        ValueError: the lengths differ.

    Example:
        >>> found = near_duplicates(np.array([0, 1, 0, 255], np.uint64), ["train", "train", "test", "test"])
        >>> list(zip(found.first.tolist(), found.second.tolist(), found.distances.tolist()))
        [(0, 2, 0), (1, 2, 1)]
    """
    if splits is not None and len(hashes) != len(splits):
        raise ValueError(f"{len(hashes)} images need as many splits, received {len(splits)}.")
    kept, total = np.zeros((0, 3), np.int64), 0
    for pairs in _close_pairs(hashes, splits, distance):
        total += len(pairs)
        kept = np.concatenate([kept, pairs])
        kept = kept[np.lexsort((kept[:, 1], kept[:, 0], kept[:, 2]))][:most]
    return DuplicatePairs(kept[:, 0], kept[:, 1], kept[:, 2], total)


def _compared(images: int, splits: Sequence[str] | None) -> list[tuple[Indices, Indices]]:
    """Groups of images each of which is compared with all of another group, or with all of its own."""
    if splits is None:
        return [(np.arange(images), np.arange(images))]
    parts: Indices = np.unique(np.array(splits, dtype=str), return_inverse=True)[1]
    groups = [np.flatnonzero(parts == part) for part in range(int(parts.max(initial=-1)) + 1)]
    return list(combinations(groups, 2))


def _close_pairs(hashes: Hashes, splits: Sequence[str] | None, distance: int) -> Iterator[LongInts]:
    """Block after block, pairs (K, 3): first, second, bits that differ."""
    for one, two in _compared(len(hashes), splits):
        size = max(1, BLOCK_PAIRS // max(len(two), 1))
        for start in range(0, len(one), size):
            rows = one[start : start + size]
            bits = np.bitwise_count(hashes[rows, None] ^ hashes[None, two])
            is_close = bits <= distance
            if splits is None:  # each pair once
                is_close &= rows[:, None] < two
            places = np.nonzero(is_close)
            ends = np.sort([rows[places[0]], two[places[1]]], axis=0)
            yield np.stack([*ends, bits[places]], axis=1).astype(np.int64)
