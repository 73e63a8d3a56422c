"""What travels between the grader and a worker: frames of bytes, packed values, typed messages."""
