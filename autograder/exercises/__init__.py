"""The exercises: a folder each, with its checks (plain pytest and Hypothesis) and its known mistakes.

May import `autograder.checking`, and nothing else of this package.
"""
