"""The pytest plugin: `student` and `reference`, points, needs, and one loop over submissions."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autograder.grading.grader import Grader


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --submission."""
    parser.getgroup("autograder").addoption(
        "--submission", metavar="PATH", help="the student's notebook that the checks judge"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and judge the notebook of --submission."""
    config.addinivalue_line(
        "markers", "points(number, needs=None): what a check is worth, and the check it builds on"
    )
    path = config.getoption("--submission", default=None)
    if path is not None:
        from autograder.grading.grader import for_pytest

        checks = Checks(for_pytest(Path(path), config.add_cleanup))
        config.pluginmanager.register(checks, "autograder-checks")


@pytest.fixture(scope="session")
def student(request: pytest.FixtureRequest) -> None:
    """The functions of the submission that is being judged."""
    if not any(isinstance(p, Checks) for p in request.config.pluginmanager.get_plugins()):
        pytest.skip("there is no submission to judge: give --submission PATH")


@pytest.fixture(scope="session")
def reference() -> None:
    """The instructor's functions."""


class Checks:
    """Runs the collected checks on one submission after the other."""

    def __init__(self, grader: "Grader") -> None:
        self._grader = grader

    def pytest_sessionstart(self) -> None:
        """Give the checks that are about to be collected their Hypothesis settings."""
        from hypothesis import HealthCheck, Phase, settings

        self._profile = settings.get_current_profile_name()
        settings.register_profile(
            "autograder",
            max_examples=100,
            deadline=None,
            database=None,
            derandomize=False,
            report_multiple_bugs=False,
            print_blob=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("autograder")

    def pytest_sessionfinish(self) -> None:
        """Leave Hypothesis as it was: a notebook's kernel goes on."""
        from hypothesis import settings

        settings.load_profile(self._profile)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge every submission by the checks of its exercises."""
        if session.config.option.collectonly:
            return False
        by_exercise: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            by_exercise.setdefault(item.path.parent.name, []).append(item)
        self._grader.run(by_exercise, _run_items)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Judge by replaying the battery instead of running the function as it stands."""
        fixtures = pyfuncitem._fixtureinfo.argnames
        if "student" not in fixtures:
            return None
        self._grader.judge(pyfuncitem)
        return True


def _run_items(items: Iterable[pytest.Item]) -> None:
    items = list(items)
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
