"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {"+ rows = []": "the empty list may be made before or after the shape is read"}
