"""Notebooks as data: a course, its exercises, what was submitted. Nothing of a student's runs here.

May import `checking`, `sandbox` and `paths`.
"""
