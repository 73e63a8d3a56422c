"""Where student code runs: the fork server, the worker and its layers, the wire, the student proxy.

Imports `paths` and nothing else of this package: a worker holds no check, no solution and no mark.
"""
