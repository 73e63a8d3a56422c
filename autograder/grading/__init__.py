"""Judging a submission: checks, batteries of cases, marks, and the explanation of a failure.

May import `checking`, `sandbox` and `notebooks`; prints nothing.
"""
