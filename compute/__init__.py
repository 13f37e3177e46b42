"""Long work on Dask: the cluster, the tasks that run in workers, the handles that pages watch, the results on
disk.

Nothing here imports TensorFlow: only the code that workers execute loads models.
"""
