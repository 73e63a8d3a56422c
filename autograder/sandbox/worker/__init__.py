"""The worker's end: the fork server, the shell that runs the cells, the executor that answers calls."""
