"""What the tests share: one grading service, whose recorded cases every test can use."""

from collections.abc import Iterator

import pytest

from autograder.grading.service import GradingService
from autograder.notebooks.course import Course
from autograder.sandbox.limits import Limits
from tests.one_class import ROOT, OneClass

LONGEST = ("test_audit", "test_release", "test_nbgrader", "test_browser", "test_demo")
"""These begin first: if one began last, the other processor would have nothing left to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the Makefile tells xdist to keep this order."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture(scope="session")
def students() -> Iterator[OneClass]:
    """Grades single answers."""
    course = Course(ROOT)
    with GradingService(course, Limits()) as service:
        yield OneClass(course, service)
