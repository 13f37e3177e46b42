"""Models: which exist, what is known of them without running them, how they are fetched and loaded.

``catalogue`` and ``label_maps`` are light and may be imported anywhere. ``runtime``, ``loading`` and
``cache`` belong in worker processes: they load TensorFlow when a model is loaded.
"""
