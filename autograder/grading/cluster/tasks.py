"""The tasks of a cluster. The scheduler imports this file too, so it imports nothing of its own."""


def carry(data: bytes) -> bytes:
    """A course's bytes as a task of their own: a grader gets them once, and they can't be lost."""
    return data


def look(settings: bytes) -> bytes:
    """Answer with the isolation of this grader's workers, or why it grades nothing.

    Args:
        settings: encoded `travel.Settings`.

    Returns:
        an encoded `travel.Answered`.
    """
    from autograder.grading.cluster import node

    return node.look(settings)


def grade(data: bytes, asked: bytes) -> bytes:
    """Grade a submission of a course.

    Args:
        data: of `travel.pack_course`.
        asked: of `travel.pack_submission`.

    Returns:
        an encoded `travel.Answered`.
    """
    from autograder.grading.cluster import node

    return node.grade(data, asked)
