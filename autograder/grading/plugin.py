"""The pytest plugin: `student` and `reference`, points, needs, and one loop over submissions."""

from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autograder.grading.checks import CheckRunner


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


class ChecksNotLoaded(Exception):
    """Raised when a file of checks cannot be imported; the text says where and why."""


class Checks:
    """Hands the collected checks to a runner, which judges or records them."""

    def __init__(self, runner: "CheckRunner") -> None:
        self._runner = runner
        self.error: BaseException | None = None
        """What ended the session before its end; pytest itself only turns it into an exit code."""

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[object]
    ) -> None:
        """Keep what a file of checks raised: the report has it only as a picture of a traceback."""
        if isinstance(node, pytest.File) and call.excinfo is not None and self.error is None:
            from autograder.authoring.slips import blame

            raised = call.excinfo.value
            self.error = ChecksNotLoaded(blame(raised.__cause__ or raised, node.path))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of checks that cannot be loaded is no check passed or failed: nothing is run."""
        if report.failed and self.error is None:
            self.error = ChecksNotLoaded(f"{report.nodeid}: {report.longreprtext}")

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Keep what the runner raised, in place of having it printed."""
        self.error = excinfo.value
        return True

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep an interrupt."""
        self.error = excinfo.value

    def pytest_sessionstart(self) -> None:
        """Give the checks that are about to be collected their Hypothesis settings."""
        from hypothesis import settings

        from autograder.grading.battery.recording import PROFILE

        self._profile = settings.get_current_profile_name()
        settings.load_profile(PROFILE)

    def pytest_sessionfinish(self) -> None:
        """Leave Hypothesis as it was: a notebook's kernel goes on."""
        from hypothesis import settings

        settings.load_profile(self._profile)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge every submission by the checks of its exercises."""
        if session.config.option.collectonly:
            return False
        if self.error is not None:
            raise self.error
        by_exercise: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            by_exercise.setdefault(item.path.parent.name, []).append(item)
        self._runner.run(by_exercise, _run_items)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Judge by replaying the battery instead of running the function as it stands."""
        fixtures = pyfuncitem._fixtureinfo.argnames
        if "student" not in fixtures:
            return None
        self._runner.judge(pyfuncitem)
        return True


def _run_items(items: Iterable[pytest.Item]) -> None:
    items = list(items)
    for item, following in zip_longest(items, items[1:]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
