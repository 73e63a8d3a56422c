"""`pytest autograder/exercises --submission PATH`: judge one notebook through pytest itself."""

from functools import cached_property
from pathlib import Path

import pytest

from autograder.text import printable


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --submission."""
    parser.getgroup("autograder").addoption(
        "--submission", metavar="PATH", help="the student's notebook that the checks judge"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Judge the notebook of --submission."""
    path = config.getoption("--submission", default=None)
    if path is not None:
        config.pluginmanager.register(_OneSubmission(Path(path)), "autograder-submission")


@pytest.fixture(scope="session")
def student(request: pytest.FixtureRequest) -> None:
    """The functions of the submission that is being judged."""
    if not request.config.pluginmanager.has_plugin("autograder-submission"):
        pytest.skip("there is no submission to judge: give --submission PATH")


@pytest.fixture(scope="session")
def reference() -> None:
    """The instructor's functions."""


class _OneSubmission:
    """Grades the submission once, and tells pytest how each check went."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _outcomes(self) -> dict[tuple[str, str], tuple[str, str]]:
        """By exercise and check: the outcome, and its sentence."""
        from autograder.grading.grader import Grader
        from autograder.grading.judges import Judges
        from autograder.notebooks.course import find_course
        from autograder.notebooks.submission import read_submission
        from autograder.sandbox.spawning import ForkServer

        course = find_course()
        with ForkServer() as server:
            submission = read_submission(self._path, course, server.limits)
            result = Grader(Judges(course), server).grade(submission)
        return {
            (exercise.name, check.name): (check.outcome, check.message)
            for exercise in result.exercises
            for check in exercise.checks
        }

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Report the outcome of grading, instead of running the function itself."""
        if "student" not in pyfuncitem.fixturenames:
            return None
        found = self._outcomes.get((pyfuncitem.path.parent.name, pyfuncitem.name))
        if found is None:
            pytest.skip(f"{self._path} has no exercise {pyfuncitem.path.parent.name}")
        outcome, message = found
        if outcome == "skipped":
            pytest.skip(printable(message))
        if outcome != "passed":
            pytest.fail(printable(message), pytrace=False)
        return True
