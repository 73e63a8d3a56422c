"""What the tests share: one grading service, whose recorded cases every test can use."""

from collections.abc import Iterator

import pytest

from autograder.grading.service import GradingService
from autograder.notebooks.course import Course
from autograder.sandbox.limits import Limits
from tests.one_class import ROOT, OneClass

FIRST = (
    "test_audit",
    *("test_browser", "test_exhausted", "test_cluster", "test_attacks", "test_sandbox", "test_ci"),
    *("test_release", "test_nbgrader", "test_demo"),
)
"""These begin first, in this order. The audit keeps both processors busy; those that mostly wait run beside
it. If a long one began last, the other processor would have nothing left to do."""


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
