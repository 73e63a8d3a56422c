"""JupyterHub's setting: an instructor and two students are users of one machine, with nbgrader's exchange.

Each command of the guide runs as the user who types it, in docs/without-the-exchange.md's settings.
"""

import re
import shlex
import shutil
from dataclasses import dataclass

import nbformat
import pytest

from tests.bad_notebooks import OVERFLOWS, answer
from tests.nbgrader_steps import STEPS
from tests.one_class import ROOT
from tests.several_users import NEEDED, Machine

pytestmark = [pytest.mark.slow, NEEDED]

ASSIGNMENT, NOTEBOOK = "softmax_regression", "softmax"
SOURCE = ROOT / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
INSTRUCTOR = """\
from autograder.nbgrader import configure

c = get_config()
configure(c)
c.Exchange.root = "/srv/exchange"
"""
EVERYBODY = """\
c = get_config()
c.Exchange.root = "/srv/exchange"
c.CourseDirectory.course_id = "my-course"
"""
POINTS = "8.5 of 10 points"
MISTAKE = "turns large logits into NaN"
COURSE = "/srv/home/teacher/my-course"


@dataclass(frozen=True)
class Hub:
    """The machine, where a course was released and Ada has handed in an answer."""

    machine: Machine

    def run(self, user: str, command: str, at: str = "") -> str:
        """What a command that succeeds prints."""
        done = self.machine.run(user, command, at)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def nbgrader(self, user: str, at: str, *steps: str) -> str:
        """What `nbgrader <step> <assignment>` prints, for one step after the other."""
        lines = [shlex.quote(f"{step} {ASSIGNMENT}") for step in steps]
        return self.run(user, f"python -c {shlex.quote(STEPS)} {' '.join(lines)}", at)

    def refused(self, user: str, command: str) -> bool:
        """Whether the system doesn't allow a command."""
        done = self.machine.run(user, command)
        return done.returncode != 0 and "Permission denied" in done.stderr


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    folder = tmp_path_factory.mktemp("hub") / "machine"
    machine = Machine.with_users(folder, "teacher", "ada", "bob")
    hub = Hub(machine)
    (folder / "exchange").mkdir()
    (folder / "exchange").chmod(0o777)
    (folder / "jupyter").mkdir()
    (folder / "jupyter" / "nbgrader_config.py").write_text(EVERYBODY)
    course = machine.home("teacher") / "my-course"
    (course / "solutions" / ASSIGNMENT).mkdir(parents=True)
    course.chmod(0o700)
    shutil.copy(SOURCE, course / "solutions" / ASSIGNMENT)
    (course / "nbgrader_config.py").write_text(INSTRUCTOR)
    (course / "secret.txt").write_text("a secret of this course alone")
    machine.give("teacher", course)
    hub.nbgrader("teacher", "my-course", "generate_assignment", "release_assignment")

    hub.nbgrader("ada", "", "fetch_assignment")
    answer(machine.home("ada") / ASSIGNMENT / f"{NOTEBOOK}.ipynb", OVERFLOWS)
    hub.run("ada", f"jupyter execute --inplace {NOTEBOOK}.ipynb", ASSIGNMENT)
    hub.nbgrader("ada", "", "submit")
    return hub


def test_the_recorded_cases_arrive_and_check_reads_them(hub: Hub) -> None:
    fetched = hub.machine.home("ada") / ASSIGNMENT
    released = hub.machine.home("teacher") / "my-course" / "assignments" / ASSIGNMENT
    battery = f"{NOTEBOOK}.battery"
    assert (fetched / battery).read_bytes() == (released / battery).read_bytes()
    assert (fetched / battery).stat().st_uid == hub.machine.uid("ada")
    notebook = nbformat.read(fetched / f"{NOTEBOOK}.ipynb", as_version=4)
    [report] = [
        output["data"]["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    ]
    assert POINTS in report
    assert MISTAKE in report


def test_no_student_reads_what_another_handed_in(hub: Hub) -> None:
    inbound = "/srv/exchange/my-course/inbound"
    assert hub.refused("bob", f"ls {inbound}")
    assert hub.refused("ada", f"ls {inbound}")  # not even who handed in
    assert hub.refused("bob", f"cat /srv/home/ada/{ASSIGNMENT}/{NOTEBOOK}.ipynb")
    assert hub.refused("bob", "find /srv/home/ada -name submission_secret.txt")
    [handed_in] = (hub.machine.folder / "exchange" / "my-course" / "inbound").iterdir()
    *known, unknown = handed_in.name.split("+")
    assert known[:2] == ["ada", ASSIGNMENT]
    guess = f"{inbound}/{'+'.join(known)}"  # all that Bob may know: who, what, and the very second
    assert hub.machine.run("bob", f"ls -d {guess} {guess}+*").returncode != 0
    assert len(unknown) == 12  # 9 random bytes


def test_no_student_reads_the_course(hub: Hub) -> None:
    for file in ("secret.txt", f"solutions/{ASSIGNMENT}/{NOTEBOOK}.ipynb", "course/gradebook.db"):
        assert (hub.machine.home("teacher") / "my-course" / file).exists()
        assert hub.refused("ada", f"cat {COURSE}/{file}"), file


def test_no_student_changes_what_others_fetch(hub: Hub) -> None:
    outbound = f"/srv/exchange/my-course/outbound/{ASSIGNMENT}"
    assert hub.refused("ada", f"touch {outbound}/{NOTEBOOK}.battery")
    assert hub.refused("ada", f"rm {outbound}/{NOTEBOOK}.ipynb")


def test_feedback_comes_back_to_its_student_alone(hub: Hub) -> None:
    steps = ("collect", "autograde", "generate_feedback", "release_feedback")
    said = hub.nbgrader("teacher", "my-course", *steps)
    assert not re.search(r"\b(?:WARNING|ERROR|\w*Warning)\b", said), said

    assert hub.refused("bob", "ls /srv/exchange/my-course/feedback")
    hub.nbgrader("ada", "", "fetch_feedback")
    [page] = (hub.machine.home("ada") / ASSIGNMENT / "feedback").rglob(f"{NOTEBOOK}.html")
    name = page.relative_to(hub.machine.folder / "home")
    text = hub.run("ada", f"cat '/srv/home/{name}'")
    assert POINTS in text and MISTAKE in text
    assert hub.refused("bob", f"cat '/srv/home/{name}'")
