"""Notebooks as data: a course, its exercises, its submissions. No student code runs here.

May import `checking`, `sandbox` and `paths`.
"""
