"""What the tests share: one grading service, whose recorded cases every test can use."""

from collections.abc import Iterator

import pytest

from autograder.grading.service import GradingService
from autograder.notebooks.course import Course
from autograder.sandbox.limits import Limits
from tests.one_class import ROOT, OneClass


@pytest.fixture(scope="session")
def students() -> Iterator[OneClass]:
    """Grades single answers."""
    course = Course(ROOT)
    with GradingService(course, Limits()) as service:
        yield OneClass(course, service)
