"""Near-duplicates: what a hash survives, all pairs, and many images."""

import time

import numpy as np
import pytest
from PIL import Image
from scipy.fft import dctn
from skimage import data

from engine.evaluation.hygiene.duplicates import near_duplicates, perceptual_hash

CAT = np.asarray(Image.fromarray(data.chelsea()).resize((200, 140)))


def bits(one, two):
    return int(np.bitwise_count(perceptual_hash(one) ^ perceptual_hash(two)))


def test_a_copy_looks_alike(tmp_path, rng):
    Image.fromarray(CAT).save(tmp_path / "cat.jpg", quality=30)
    small = np.asarray(Image.fromarray(CAT).resize((90, 63)))
    darker = (CAT * 0.6).astype(np.uint8)
    noisy = np.clip(CAT + rng.normal(0, 8, CAT.shape), 0, 255).astype(np.uint8)
    copies = (np.asarray(Image.open(tmp_path / "cat.jpg")), small, darker, noisy)
    assert all(bits(CAT, copy) <= 4 for copy in copies)
    assert bits(CAT, CAT[:, ::-1]) > 16 and bits(CAT, np.rot90(CAT)) > 16 and bits(CAT, data.astronaut()) > 16


def test_bits_are_those_of_a_cosine_transform():
    grey = np.asarray(Image.fromarray(CAT).convert("L").resize((32, 32), Image.Resampling.BOX), float)
    slow = dctn(grey)[:8, :8].ravel()
    # scipy's waves differ by a constant factor, so each is on the same side of the median
    expected = "".join("01"[int(value)] for value in slow > np.median(slow[1:]))
    assert f"{int(perceptual_hash(CAT)):064b}" == expected


def test_a_blank_page_is_like_any_other():
    blank, grey = np.full((20, 30, 3), 255, np.uint8), np.full((50, 50, 3), 90, np.uint8)
    assert bits(blank, grey) == 0
    assert perceptual_hash(np.zeros((1, 1, 3), np.uint8)) == 0


@pytest.mark.parametrize(
    "wrong", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((4, 4, 4), np.uint8)]
)
def test_what_is_no_image_is_refused(wrong):
    with pytest.raises(ValueError, match="uint8"):
        perceptual_hash(wrong)


def test_pairs_across_parts_only():
    hashes = np.array([0, 0, 0b111, 0, 0b1], np.uint64)
    found = near_duplicates(hashes, ["a", "a", "b", "b", "a"], distance=2)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), found.distances.tolist(), strict=True))
    assert pairs == [(0, 3, 0), (1, 3, 0), (3, 4, 1), (2, 4, 2)] and found.total == 4
    assert near_duplicates(hashes, ["a"] * 5).total == 0
    few = near_duplicates(hashes, ["a", "a", "b", "b", "a"], distance=2, most=1)
    assert few.first.tolist() == [0] and few.total == 4


def test_pairs_anywhere_are_listed_once():
    hashes = np.array([0, 0b1111111, 0], np.uint64)
    found = near_duplicates(hashes, None)
    assert (found.first.tolist(), found.second.tolist(), found.total) == ([0], [2], 1)
    assert near_duplicates(np.zeros(0, np.uint64), None).total == 0
    assert near_duplicates(np.zeros(5, np.uint64), None).total == 10


@pytest.mark.parametrize("block", [1, 100, 10**6])
def test_blocks_give_all_pairs(rng, monkeypatch, block):
    monkeypatch.setattr("engine.evaluation.hygiene.duplicates.BLOCK_PAIRS", block)
    hashes = rng.integers(0, 2**64, 60, dtype=np.uint64)
    parts = rng.choice(["train", "test"], 60).tolist()
    found = near_duplicates(hashes, parts, distance=26)
    expected = {
        (one, two)
        for one in range(60)
        for two in range(one + 1, 60)
        if parts[one] != parts[two] and bin(int(hashes[one]) ^ int(hashes[two])).count("1") <= 26
    }
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert set(pairs) == expected and len(pairs) == len(expected) > 10


def test_nothing_and_one():
    assert near_duplicates(np.zeros(0, np.uint64), []).total == 0
    assert near_duplicates(np.zeros(1, np.uint64), ["a"]).total == 0
    with pytest.raises(ValueError, match="as many splits"):
        near_duplicates(np.zeros(2, np.uint64), ["a"])


def test_many_images_take_a_second(rng):
    hashes = rng.integers(0, 2**64, 10_000, dtype=np.uint64)
    hashes[9_000:9_050] = hashes[:50] ^ np.uint64(5)
    began = time.process_time()
    found = near_duplicates(hashes, ["train"] * 8_000 + ["test"] * 2_000)
    assert found.total == 50 and set(found.distances.tolist()) == {2}
    assert time.process_time() - began < 3
