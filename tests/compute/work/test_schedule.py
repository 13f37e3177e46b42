"""Explanations say how their runs were cut, so that they can be done again in the same way."""

import numpy as np

from compute.work.schedule import stretches
from compute.work.score_sheet import ChunkScores


def test_batches_of_a_pass_on_paper():
    """Runs 0-3 and 4-7 in batches of four, then 8-9, a gap, and 12 alone."""
    known, firsts = np.zeros(16, bool), np.zeros(16, bool)
    known[[*range(10), 12]] = True
    firsts[[0, 4, 8]] = True
    assert stretches(known, firsts) == [[0, 4, 2], [8, 2, 1], [12, 1, 1]]
    assert stretches(np.zeros(3, bool), np.zeros(3, bool)) == []


def test_a_chunk_knows_the_first_run_of_each_batch():
    chunk = ChunkScores(np.zeros((6, 1), np.float32), 0.1, (4, 2))
    assert np.flatnonzero(chunk.firsts).tolist() == [0, 4]
