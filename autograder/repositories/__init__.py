"""Students' repositories, read through git: the files that a push changed, a class's notebooks.

Nothing of a repository is checked out or run. May import notebooks and grading.
"""
