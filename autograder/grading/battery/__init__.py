"""The recorded cases of a check: recording them, replaying them, asking a worker for answers."""
