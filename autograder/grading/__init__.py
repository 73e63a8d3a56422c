"""Judging a submission by the checks: batteries, the pytest plugin, diagnosis, results, the audit.

May import `checking`, `sandbox`, and of `notebooks` what a submission and a course are; prints nothing.
"""
