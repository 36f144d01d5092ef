"""The checks on many machines: the same tasks, through the executor of a Dask cluster.

A cluster is trusted: it runs this user's code and its answers are unpickled. What is judged is not
trusted, there as here, and is only parsed.
"""
