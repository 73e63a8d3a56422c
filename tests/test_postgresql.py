"""nbgrader's gradebook in PostgreSQL: a real server, and several `nbgrader autograde` at once."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.test_grading_again import HALVED, NOTEBOOK, ROOT, grade, hand_in

pytestmark = pytest.mark.slow

ASSIGNMENT, NAME = NOTEBOOK.split("/")
AT_ONCE = 4
STUDENTS = 12
ANSWERS = ((HALVED, 10.0), ("    return (w * w).sum()", 7.0))
"""Bodies of l2_penalty, and the points of the notebook with each."""
CONFIG = """\
from autograder.nbgrader.settings import configure

c = get_config()
configure(c, root={root!r})
c.CourseDirectory.db_url = {url!r}
c.GenerateAssignment.preprocessors = c.GenerateAssignment.preprocessors[1:]  # without released cases
"""


def programs() -> Path | None:
    """The folder of the server's programs; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    versions = [Path(found)] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].resolve().parent if versions else None


def owner() -> str | None:
    """An account that isn't root, which the server refuses to run as; None for this one."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that listens at a socket in a folder of its own, and nowhere else."""
    folder = programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed (Debian: postgresql)")
    user = owner()
    # Not pytest's folder, which other accounts may not enter; short, as a socket's path has to be.
    place = Path(tempfile.mkdtemp(prefix="autograder-pg-"))
    if user is not None:
        shutil.chown(place, user)

    def run(program: str, *arguments: str) -> None:
        command = [folder / program, *arguments]
        log = place.with_suffix(".log")
        with log.open("ab") as output:
            done = subprocess.run(command, cwd="/", user=user, stdout=output, stderr=output)
        assert done.returncode == 0, log.read_text()

    data = ("-D", str(place / "data"))
    options = f"-k {place} -c listen_addresses='' -c fsync=off"
    try:
        run("initdb", *data, "--username=grader", "--auth=trust", "--no-sync")
        run("pg_ctl", *data, "--wait", "--options", options, "start")
        try:
            yield f"postgresql+psycopg2://grader@/postgres?host={place}"  # initdb makes that database
        finally:
            run("pg_ctl", *data, "--wait", "--mode=fast", "stop")
    finally:
        shutil.rmtree(place)
        place.with_suffix(".log").unlink()


@pytest.fixture(scope="module")
def course(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("postgres") / "course"
    source = root / "solutions" / f"{NOTEBOOK}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes((ROOT / "solutions" / f"{NOTEBOOK}.ipynb").read_bytes())
    (root / "secret.txt").write_text("of these tests")
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root), url=url))
    for number in range(STUDENTS):
        hand_in(root, f"group{number % AT_ONCE}_{number:02}", ANSWERS[number % len(ANSWERS)][0])
    with nbgrader(root, "generate_assignment", ASSIGNMENT) as command:
        assert command.wait(600) == 0, command.stdout and command.stdout.read()
    grade(
        root, "report.json"
    )  # once, in one process: the four commands find its results, and write
    return root


@contextlib.contextmanager
def nbgrader(root: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """An nbgrader command, away from the settings of whoever runs the tests."""
    with subprocess.Popen(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=root,
        env=os.environ
        | dict.fromkeys(("HOME", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"), str(root / ".home"))
        | {"OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as command:
        yield command


def test_four_commands_grade_at_once(course: Path, url: str) -> None:
    """Each writes a part of the class into one gradebook, which then has every score."""
    with contextlib.ExitStack() as stack:
        commands = [
            stack.enter_context(
                nbgrader(course, "autograde", ASSIGNMENT, f"--student=group{group}_*")
            )
            for group in range(AT_ONCE)
        ]
        said = [command.communicate(timeout=900)[0] for command in commands]
    assert [command.returncode for command in commands] == [0] * AT_ONCE, "\n".join(said)
    expected = {
        f"group{number % AT_ONCE}_{number:02}": ANSWERS[number % len(ANSWERS)][1]
        for number in range(STUDENTS)
    }
    with Gradebook(url, "course") as gradebook:
        found = {
            submission.student_id: submission.score
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
        }
        gradebook.engine.dispose()
    assert found == expected
