"""Notebooks as data: the course, submissions, releases, and the way through nbgrader.

May import `grading`, `reports` and `sandbox`; a submitted file is data here and is never run.
"""
