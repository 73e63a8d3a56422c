"""Judging a submission: checks, batteries of cases, marks, what a report says about a failure.

May import `checking`, `sandbox` and `notebooks`; prints nothing.
"""
