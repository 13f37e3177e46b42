"""Long work on Dask: orders and views, the tasks that run in workers, the cluster, the results on disk.

Nothing here imports TensorFlow: only the code that workers execute loads models.
"""
