"""Grading on the machines of a Dask cluster.

A *grader* is one of the cluster's worker processes: it judges, and its fork server forks the isolated
workers as everywhere. Nothing that a student's process sent is unpickled: submissions and results
travel as bytes that msgspec checks.
"""
