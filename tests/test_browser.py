"""The road in a real browser: what instructor and student click on, from the release to the feedback."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains

from autograder.cli import main
from autograder.reports import class_page
from tests.browser import NEEDED, Browser, browse
from tests.jupyter_server import Server, serve
from tests.one_class import ROOT
from tests.sample_class import sample

pytestmark = [pytest.mark.slow, NEEDED]

ASSIGNMENT, NOTEBOOK = "softmax_regression", "softmax"
SOURCE = ROOT / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
OVERFLOWS = """\
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(dim=1, keepdim=True)"""
POINTS = "8.5 of 10 points"
CODE = "X = torch.tensor([[0.0, 0.0], [100.0, 0.0]])"
HINT = "What is exp(1000) in floating point?"
STUDENT = """\
c = get_config()
c.CourseDirectory.course_id = "deep-learning"
c.Exchange.root = {exchange!r}
c.Exchange.cache = {cache!r}
c.Execute.iopub_timeout = 120  # a busy machine imports torch for longer than nbgrader's 4 seconds
c.Execute.timeout = 300
"""
"""The settings of a student who shares the instructor's machine."""


NOT_OURS = {
    "is not trusted": "Jupyter's, of a notebook that was fetched and not run yet",
    "websocket_ping_timeout": "Jupyter's own settings disagree",
    "extra notebooks submitted": "nbgrader's Submit takes a checkpoint of Jupyter's for a notebook",
}
"""Warnings that no setting of a course ends."""


@dataclass(frozen=True)
class Road:
    """A course, the JupyterLab of its instructor, and that of a student in another folder."""

    course: Path
    instructor: Server
    student: Server
    browser: Browser


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    root = tmp_path_factory.mktemp("road")
    course, home, work = root / "deep-learning", root / "ada", root / "ada" / "work"
    assert main(["init", str(course)]) == 0
    (course / "solutions" / ASSIGNMENT).mkdir()
    shutil.copy(SOURCE, course / "solutions" / ASSIGNMENT)
    (home / "config").mkdir(parents=True)
    work.mkdir()
    exchange, cache = course / "course" / "exchange", home / "cache"
    settings = STUDENT.format(exchange=str(exchange), cache=str(cache))
    (home / "config" / "nbgrader_config.py").write_text(settings)
    with (
        serve(course, root / "instructor") as instructor,
        serve(work, home) as student,
        browse(root / "chromium") as browser,
    ):
        yield Road(course, instructor, student, browser)


def test_released_filled_in_and_handed_in(road: Road) -> None:
    browser = road.browser
    browser.open(road.instructor.page("lab"))
    browser.menu("Nbgrader", "Formgrader")
    browser.driver.switch_to.frame(browser.one("iframe"))
    browser.one("td.name", ASSIGNMENT)
    assert f"Successfully created the student version of '{ASSIGNMENT}'" in (
        browser.formgrader_button("assign")
    )
    assert f"Successfully released '{ASSIGNMENT}'" in browser.formgrader_button("release")
    browser.one("td.status", "released")

    browser.open(road.student.page("lab"))
    browser.menu("Nbgrader", "Assignment List")
    browser.click("#released_assignments_list button", "Fetch")
    browser.click("#fetched_assignments_list .assignment-notebooks-link")
    browser.click("#fetched_assignments_list a", NOTEBOOK)
    browser.type_over(
        browser.cell("NotImplementedError").find_element("css selector", ".cm-content"), OVERFLOWS
    )
    browser.cell("torch.exp(X)")
    save(browser)
    browser.menu("Run", "Run All Cells")
    report = browser.one(".jp-RenderedHTML h4", f"softmax: {POINTS}").find_element("xpath", "..")
    assert CODE in report.text
    assert HINT not in report.text
    browser.click("summary", "Show a hint")
    assert HINT in report.text
    assert browser.violations(".jp-RenderedHTML") == []
    browser.scroll_to(browser.cell("check("))
    browser.picture("report-in-jupyterlab")
    save(browser)
    browser.click(".lm-TabBar-tabLabel", "Assignments")
    browser.click("#fetched_assignments_list button", "Validate")
    verdict = browser.one(".jp-Dialog-content").text
    assert "The following cell failed" in verdict and 'check("softmax")' in verdict
    assert "Partial credit" in verdict
    browser.click(".jp-Dialog-button.jp-mod-accept")
    browser.click("#fetched_assignments_list button", "Submit")
    browser.one("#submitted_assignments_list button", "Fetch Feedback")


def test_collected_graded_and_given_back(road: Road) -> None:
    browser = road.browser
    browser.open(road.instructor.page("formgrader/manage_assignments"))
    assert "Collecting submission" in browser.formgrader_button("collect")
    browser.one("td.num-submissions", "1")
    browser.picture("formgrader", height=420)
    browser.click("td.num-submissions a")
    assert "Successfully autograded" in browser.formgrader_button("autograde")
    browser.one("td.status", "graded")
    browser.one("td.score", "8.5 / 10")

    browser.open(road.instructor.page(f"formgrader/gradebook/{ASSIGNMENT}/{NOTEBOOK}"))
    browser.click("td.name a", "Submission #1")
    shows_the_report(browser)

    browser.open(road.instructor.page(f"formgrader/manage_submissions/{ASSIGNMENT}"))
    assert "Successfully generated feedback" in browser.formgrader_button("generate-feedback")
    assert "Successfully released feedback" in browser.formgrader_button("release-feedback")

    browser.open(road.student.page("lab"))
    browser.menu("Nbgrader", "Assignment List")
    browser.click("#submitted_assignments_list button", "Fetch Feedback")
    browser.click("#submitted_assignments_list a", "(view feedback)")
    file = browser.one(".jp-DirListing-itemText", f"{NOTEBOOK}.html")
    ActionChains(browser.driver).double_click(file).perform()
    browser.driver.switch_to.frame(browser.one(".jp-HTMLViewer iframe"))
    shows_the_report(browser)
    browser.driver.switch_to.default_content()

    [page] = (road.course / "course" / "feedback").rglob(f"{NOTEBOOK}.html")
    browser.open(page.as_uri())
    shows_the_report(browser)
    assert browser.violations(".output_html, .rendered_html") == []
    browser.picture("feedback")
    browser.scroll_to(browser.one(".nbgrader_cell"))
    browser.picture("feedback-report")


def save(browser: Browser) -> None:
    browser.menu("File", "Save Notebook")
    browser.until(lambda: not browser.driver.find_elements("css selector", ".jp-mod-dirty"))


def shows_the_report(browser: Browser) -> None:
    """A page with the report below the answer, and the notebook's formulas laid out above it."""
    browser.one("h4", f"softmax: {POINTS}")
    assert CODE in browser.driver.find_element("tag name", "body").text
    fraction = browser.one("math mfrac")
    line = browser.one("math mi")
    assert fraction.size["height"] > 1.5 * line.size["height"]
    assert (
        browser.one("summary").value_of_css_property("display") == "list-item"
    )  # with its triangle
    assert "$" not in browser.driver.find_element("tag name", "body").text


def test_the_class_page_is_accessible(road: Road, tmp_path: Path) -> None:
    page = tmp_path / "class.html"
    page.write_text(class_page.render(sample(9)), encoding="utf-8")
    road.browser.open(page.as_uri())
    road.browser.one("h1")
    assert road.browser.violations("html") == []


def test_no_page_asks_another_machine(road: Road) -> None:
    road.browser.note_hosts()
    assert road.browser.hosts == {"127.0.0.1"}


def test_the_logs_hold_no_alarm(road: Road) -> None:
    for server in (road.instructor, road.student):
        lines = server.log.read_text().splitlines()
        alarms = [line for line in lines if re.match(r"\[[WEC] ", line) or "Traceback" in line]
        ours = [line for line in alarms if not any(known in line for known in NOT_OURS)]
        assert ours == [], server.home.name
