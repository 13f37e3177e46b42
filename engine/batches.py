"""Size of the batches in which a model looks at pictures."""

import numpy as np

BATCH_BYTES = 13 * 2**20
"""Of float32 pictures in a batch: larger ones are slower, because what a layer makes of them leaves the
processor's cache.
"""

MAX_BATCH = 32


def batch_size(size_hw: tuple[int, int]) -> int:
    """Pictures of this size that make a batch, a power of two: bounded memory, however many runs and targets
    there are.

    Example:
        >>> batch_size((224, 224)), batch_size((32, 32)), batch_size((4000, 4000))
        (16, 32, 1)
    """
    fitting = int(np.clip(BATCH_BYTES // (size_hw[0] * size_hw[1] * 3 * 4), 1, MAX_BATCH))
    return 1 << (fitting.bit_length() - 1)
