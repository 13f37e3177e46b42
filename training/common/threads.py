"""Threads of TensorFlow; said before anything is computed."""

import os


def use_threads(number: int) -> None:
    """Lets TensorFlow use so many threads for an operation, one operation at a time; 0: as it likes."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # off by default on processors without AVX-512
    if number:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(number)
        tf.config.threading.set_inter_op_parallelism_threads(1)
