"""Threads of TensorFlow; said before anything is computed."""

from model_store.base import runtime


def use_threads(number: int) -> None:
    """Lets TensorFlow use so many threads for an operation, one operation at a time; 0: as it likes."""
    runtime.set_environment()
    if number:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(number)
        tf.config.threading.set_inter_op_parallelism_threads(1)
