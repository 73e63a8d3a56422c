"""The messages between the grader and a worker: frames of bytes, packed values, typed messages."""
