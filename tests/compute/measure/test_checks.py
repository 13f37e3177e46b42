"""Checks as work: each answers as its engine does, equal questions are one, too few images are a sentence."""

import numpy as np
import pytest

from compute.measure.checks import CHECKS, COPIES, LABELS, UNLIKE, CheckOrder, CheckTable
from compute.run.runners import LocalRunner
from compute.work.kinds import KINDS
from engine.errors import ProjectionError


def answer(check, values, marks=None):
    return LocalRunner().run(CheckOrder(check, CheckTable(values, marks))).result()


def test_labels_are_doubted_by_logits():
    logits = np.array([[3.0, 0.0]] * 3 + [[0.0, 3.0]] * 3, np.float16)
    found = answer(LABELS, logits, np.array([0, 0, 1, 1, 1, 1]))
    assert found.rows.tolist() == [2] and found.suggested.tolist() == [0]


def test_copies_across_parts_or_anywhere():
    hashes, parts = np.array([5, 5, 5], np.uint64), np.array(["train", "train", "test"])
    assert answer(COPIES, hashes, parts).total == 2 and answer(COPIES, hashes).total == 3


def test_images_unlike_the_rest_and_too_few(rng):
    features = rng.standard_normal((60, 4)).astype(np.float16)
    features[9] = 40
    assert answer(UNLIKE, features).rows[0] == 9
    with pytest.raises(ProjectionError, match="At least 20"):
        answer(UNLIKE, features[:5])


def test_equal_questions_have_one_key():
    values = np.arange(6, dtype=np.uint64)
    orders = [
        CheckOrder(COPIES, CheckTable(values.copy(), marks))
        for marks in (None, None, np.array(list("aabbcc")), np.array(list("abbbcc")))
    ]
    assert len({order.key for order in orders}) == 3 and orders[0].identity == orders[1].identity
    assert KINDS["check"] is CheckOrder and set(CHECKS) == {LABELS, COPIES, UNLIKE}
