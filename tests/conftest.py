"""What the tests share: one grading service, whose recorded cases every test can use."""

from collections.abc import Iterator

import pytest

from autograder.grading.service import GradingService
from autograder.notebooks.course import Course
from autograder.sandbox.limits import Limits
from tests.one_class import ROOT, OneClass

FIRST = ("test_audit", "test_release", "test_nbgrader", "test_browser", "test_demo")
"""These begin first, in this order: if a long one began last, a processor would have nothing left to do.
The browser waits for pages, though not for ever: it doesn't begin beside the audit, which needs both."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put some files first; the Makefile tells xdist to keep this order."""
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(FIRST)))


@pytest.fixture(scope="session")
def students() -> Iterator[OneClass]:
    """Grades single answers."""
    course = Course(ROOT)
    with GradingService(course, Limits()) as service:
        yield OneClass(course, service)
