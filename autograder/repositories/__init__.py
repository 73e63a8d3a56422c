"""Students' repositories, read through git: what a push changed, and what a class handed in.

Nothing of a repository is checked out or run. May import notebooks and grading.
"""
