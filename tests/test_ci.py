"""The workflows of `autograder init-ci`: their shell steps on repositories with three students' pushes.

Each step's script runs as its system runs it: the same shell, the same variables. Left out are the steps
that need a service or a network: checkout, cache, upload, and the installation, in place of which the
tests' own environment is on PATH. No Docker and no CI system is there: YAML is checked by yamllint and
by the published schemas.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from markdown_it import MarkdownIt
from nbformat.v4 import new_code_cell

from autograder.authoring.init_ci import WORKFLOWS, init_ci
from autograder.authoring.scaffold import write
from autograder.cli import main
from autograder.repositories import fetch as fetching
from autograder.repositories.students import Student
from tests.one_class import ROOT

pytestmark = pytest.mark.slow

NOTEBOOK = "multilayer_perceptron/weight_decay"
EVIL = (
    "::error file=x,line=1::pwned ##[error]pwned ::stop-commands::t ::add-mask::a "
    "section_start:0:x\\r\\x1b[0K \\x1b[31mred </code></details><script>alert(1)</script> `` | ```"
)
ANSWERS = {
    "ada": "    return (w * w).sum() / 2",
    "bob": "    return (w * w).sum()",
    "eve": f'    print("{EVIL}")\n    raise ValueError("""\\n{EVIL}\\n```\\n# pwned\\n""")',
}
SECRET = "the secret of these tests"
IDENTITY = {
    f"GIT_{who}_{what}": "x@example.com"
    for who in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}


def git(folder: Path, *arguments: str) -> str:
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder, env=os.environ | IDENTITY | settings,
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return done.stdout.strip()


def push(clone: Path) -> str:
    """Commit everything and push it; returns the commit before."""
    before = git(clone, "rev-parse", "HEAD")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "an answer")
    git(clone, "push", "--quiet", "origin", "HEAD")
    return before


def answered(path: Path, line: str) -> None:
    """Write the solution's notebook with another body for l2_penalty, and a cell that prints."""
    notebook = nbformat.read(ROOT / "solutions" / f"{NOTEBOOK}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "l2_penalty":
            cell.source = f"def l2_penalty(w):\n{line}"
    notebook.cells.insert(0, new_code_cell(f'print("{EVIL}")', id="printing"))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@dataclass
class Ran:
    """A run of a workflow's steps: what was printed, each step's exit code, the job's folder."""

    folder: Path
    summary: str = ""
    printed: str = ""
    codes: list[int] = field(default_factory=list)

    def report(self, name: str = "report.json") -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / name).read_text())
        return found


def steps(path: Path, given: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """The scripts of a workflow with their variables; `${{ x }}` stands for a given value."""
    whole = yaml.safe_load(path.read_text())
    if "jobs" not in whole:  # GitLab's
        [job] = whole.values()
        return [("\n".join(job["script"]), job["variables"])]
    [job] = whole["jobs"].values()
    found = []
    for step in job["steps"]:
        if "run" in step and step["name"] != "Install":
            variables = {
                name: given[value.removeprefix("${{ ").removesuffix(" }}")]
                for name, value in step.get("env", {}).items()
            }
            found.append((step["run"], whole["env"] | variables))
    return found


def run(system: str, folder: Path, given: dict[str, str], places: Path) -> Ran:
    """Run the steps in a clone, in order, the later ones also after one that failed."""
    name = "grade-class" if (folder / "solutions").is_dir() else "autograder"
    ran = Ran(folder)
    summary = places / "summary.md"
    summary.parent.mkdir(parents=True, exist_ok=True)
    summary.write_text("")
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(summary),
        "XDG_CACHE_HOME": str(places / "cache"),
        "OMP_NUM_THREADS": "1",
    }
    shell = ["bash", "-eo", "pipefail"] if system == "gitlab" else ["bash", "-e"]
    given = given | {"CI_COMMIT_BEFORE_SHA": given.get("github.event.before", "")}
    for script, variables in steps(folder / WORKFLOWS[system].format(name=name), given):
        extra = {key: value for key, value in given.items() if key.isidentifier()}
        done = subprocess.run(
            [*shell, "-c", script], cwd=folder,
            env=environment | (extra if system == "gitlab" else {}) | variables,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        ran.printed += done.stdout + done.stderr
        ran.codes.append(done.returncode)
    ran.summary = summary.read_text()
    return ran


def acts(printed: str) -> list[str]:
    """Lines that a CI system would act on; those that the report itself writes excepted."""
    commands = [
        line
        for line in printed.splitlines()
        if line.strip().startswith("::") and not line.startswith("::error file=eve/weight_decay")
        and not line.startswith("::error file=bob/weight_decay")
    ]  # fmt: skip
    return commands + [
        mark for mark in ("##[", "\x1b", "\r", "section_start:0:x\r") if mark in printed
    ]


def students_repository(root: Path, system: str) -> tuple[Path, list[str]]:
    """A repository with three students' pushes, newest last; returns the clone that CI works in."""
    origin, clone = root / "origin.git", root / "clone"
    root.mkdir()
    git(root, "init", "--quiet", "--bare", str(origin))
    git(root, "clone", "--quiet", str(origin), str(clone))
    for student in ANSWERS:
        (clone / student).mkdir()
        for ending in ("ipynb", "battery"):
            released = ROOT / "assignments" / f"{NOTEBOOK}.{ending}"
            (clone / student / released.name).write_bytes(released.read_bytes())
    write(init_ci(clone, system, 80))
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "released")
    befores = []
    for student, line in ANSWERS.items():
        answered(clone / student / "weight_decay.ipynb", line)
        befores.append(push(clone))
    return clone, befores


def check_pushes(root: Path, system: str) -> list[Ran]:
    """One run, of a push with three students' commits; on GitHub one of the last commit alone, too."""
    clone, befores = students_repository(root, system)
    ran = []
    for number, before in enumerate(
        [befores[0], befores[-1]] if system == "github" else befores[:1]
    ):
        job = root / f"job-{number}"
        git(root, "clone", "--quiet", str(root / "origin.git"), str(job))
        ran.append(run(system, job, {"github.event.before": before}, root / "places"))
    assert git(clone, "rev-parse", "HEAD") == git(job, "rev-parse", "HEAD")
    return ran


def grade_class(root: Path, system: str, kept: Path | None = None) -> list[Ran]:
    """A private course that fetches and grades three repositories.

    kept: the results of an equal course, in the place of those that a job's cache brings; then bob has
        pushed another answer since.
    """
    course = root / "course"
    if kept is not None:
        shutil.copytree(kept, course / "course" / "results")
    (course / "solutions" / NOTEBOOK).parent.mkdir(parents=True)
    source = ROOT / "solutions" / f"{NOTEBOOK}.ipynb"
    (course / "solutions" / f"{NOTEBOOK}.ipynb").write_bytes(source.read_bytes())
    write(init_ci(course, system))
    lines = []
    answers = ANSWERS if kept is None else ANSWERS | {"bob": ANSWERS["ada"]}
    for student, line in answers.items():
        origin, clone = root / f"{student}.git", root / student
        git(root, "init", "--quiet", "--bare", str(origin))
        git(root, "clone", "--quiet", str(origin), str(clone))
        git(clone, "commit", "--quiet", "--allow-empty", "--message", "a template")
        answered(clone / "assignments" / f"{NOTEBOOK}.ipynb", line)
        (clone / "notes.ipynb").write_text("{}")
        (clone / "weight_decay.ipynb").symlink_to(source)
        push(clone)
        lines.append(f"{student} {origin}\n")
    (course / "students.txt").write_text("# the class\n" + "".join(lines))
    given = {
        "secrets.STUDENTS_TOKEN": "",
        "secrets.AUTOGRADER_SECRET": SECRET,
        "AUTOGRADER_SECRET": SECRET,
    }
    ran = run(system, course, given, root / "places")
    ran.printed += (course / "course/report.md").read_text()
    return [ran]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Ran]]:
    """By kind and system; two at a time. GitHub's class is graded; the others have its results."""
    root: Path = tmp_path_factory.mktemp("ci")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(grade_class, root / "class-github", "github")
        started = {
            ("students", system): pool.submit(check_pushes, root / f"students-{system}", system)
            for system in WORKFLOWS
        }
        kept = first.result()[0].folder / "course" / "results"
        for system in ("gitlab", "forgejo"):
            place = root / f"class-{system}"
            started["class", system] = pool.submit(grade_class, place, system, kept)
        return {("class", "github"): first.result()} | {
            key: one.result() for key, one in started.items()
        }


def scores(report: dict[str, Any]) -> dict[str, float]:
    return {Path(one["path"]).parts[0]: one["score"] for one in report["submissions"]}


@pytest.mark.parametrize("system", WORKFLOWS)
def test_a_push_of_three_students_is_checked(runs, system: str) -> None:
    ran = runs["students", system][0]
    assert scores(ran.report()) == {"ada": 10, "bob": 7, "eve": 7}
    assert ran.codes == [0]  # 24 of 30 points, which is not below 80 percent
    assert (ran.folder / "report.xml").is_file()
    assert (
        "| `eve/weight_decay.ipynb` | 7 | 10 | `l2_penalty` |"
        in (ran.folder / "report.md").read_text()
    )


def test_a_push_is_checked_alone_and_fails(runs) -> None:
    _, eve = runs["students", "github"]
    assert scores(eve.report()) == {"eve": 7}
    assert eve.codes == [1]


def test_github_gets_a_summary_and_annotations(runs) -> None:
    ran, _ = runs["students", "github"]
    assert ran.summary == (ran.folder / "report.md").read_text()
    commands = [line for line in ran.printed.splitlines() if line.startswith("::error file=")]
    assert [line.split(",")[0] for line in commands] == [
        "::error file=bob/weight_decay.ipynb", "::error file=eve/weight_decay.ipynb"
    ]  # fmt: skip
    number = int(commands[0].split("line=")[1].split(",")[0])
    lines = (ran.folder / "bob/weight_decay.ipynb").read_text().splitlines()
    assert "def l2_penalty(w)" in lines[number - 1]


def test_gitlab_gets_a_code_quality_report(runs) -> None:
    [ran] = runs["students", "gitlab"]
    found = json.loads((ran.folder / "code-quality.json").read_text())
    assert [one["location"]["path"] for one in found] == [
        "bob/weight_decay.ipynb", "eve/weight_decay.ipynb"
    ]  # fmt: skip
    assert all(one["location"]["lines"]["begin"] > 1 for one in found)


@pytest.mark.parametrize("system", WORKFLOWS)
def test_a_class_is_fetched_and_graded(runs, system: str) -> None:
    [ran] = runs["class", system]
    report = ran.report("course/report.json")
    bob = 7 if system == "github" else 10
    assert [one["score"] for one in report["students"]] == [10, bob, 7]
    assert report["sandbox"]["level"] == "strict"
    assert max(ran.codes) == 2  # each repository holds a link, which is named and not followed
    assert "ada: weight_decay.ipynb: is a link; links are not followed" in ran.printed
    assert "notes.ipynb: lies in no assignment's folder" in ran.printed
    assert SECRET not in ran.printed


def test_only_what_was_pushed_is_graded_again(runs) -> None:
    reports = [runs["class", system][0].report("course/report.json") for system in WORKFLOWS]
    first, *later = [{s["student"]: s["seconds"] for s in one["submissions"]} for one in reports]
    for seconds in later:
        assert (seconds["ada"], seconds["eve"]) == (first["ada"], first["eve"])
        assert seconds["bob"] != first["bob"]


def test_nothing_that_a_student_wrote_acts(runs) -> None:
    for ran in (one for found in runs.values() for one in found):
        assert acts(ran.printed + ran.summary) == []
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(ran.summary)
        kinds = {part.type for token in tokens for part in [token, *(token.children or [])]}
        assert not kinds & {"html_block", "html_inline", "link_open", "image"}
        headings = [tokens[i + 1].content for i, t in enumerate(tokens) if t.type == "heading_open"]
        assert "pwned" not in "".join(headings)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Every workflow, by kind and system."""
    root: Path = tmp_path_factory.mktemp("written")
    found = {}
    for system, path in WORKFLOWS.items():
        for kind, begins, name in (
            ("class", "solutions", "grade-class"), ("students", "x.battery", "autograder")
        ):  # fmt: skip
            (root / kind / system / begins).mkdir(parents=True)
            write(init_ci(root / kind / system, system, 75))
            found[kind, system] = root / kind / system / path.format(name=name)
    return found


def tool(*arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_yaml_and_schemas(written) -> None:
    tool("yamllint", "--strict", *written.values(), ROOT / ".github")
    actions = [path for (_, system), path in written.items() if system != "gitlab"]
    schema = ["check_jsonschema", "--builtin-schema"]
    tool(*schema, "vendor.github-workflows", *actions, ROOT / ".github/workflows/ci.yml")
    others = [path for (_, system), path in written.items() if system == "gitlab"]
    tool(*schema, "vendor.gitlab-ci", "--data-transform", "gitlab-ci", *others)


def test_no_script_holds_an_expression(written) -> None:
    """A value comes as a variable: within a script, a branch's name could hold a command."""
    for (_, system), path in written.items():
        assert 'FAIL_UNDER: "75"' in path.read_text()
        for script, _ in steps(path, dict.fromkeys(GIVEN, "")) if system != "gitlab" else ():
            assert "${{" not in script


GIVEN = ("github.event.before", "secrets.STUDENTS_TOKEN", "secrets.AUTOGRADER_SECRET")


def test_nothing_is_overwritten(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init-ci", "github"]) == 2
    assert "neither a course" in capsys.readouterr().err
    (tmp_path / "solutions").mkdir()
    (tmp_path / "requirements.txt").write_text("mine\n")
    assert main(["init-ci", "gitlab", "--fail-under", "50"]) == 0
    assert capsys.readouterr().out.split()[0] == ".gitlab-ci.yml"
    assert (tmp_path / "requirements.txt").read_text() == "mine\n"
    assert main(["init-ci", "gitlab"]) == 2
    assert "already there; nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("ada", "line 1: is not a name"),
        ("ada --upload-pack=x", "line 1: is not a name"),
        ("# x\n../ada a.git", "line 2: '../ada' is no name"),
        ("ada a.git\nAda b.git", "line 2: Ada is there twice"),
    ],
)
def test_a_list_that_cannot_be_used(lines: str, sentence: str, tmp_path, capsys) -> None:
    (tmp_path / "students.txt").write_text(lines)
    assert main(["fetch", str(tmp_path / "students.txt"), "--to", str(tmp_path / "to")]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "to").exists()


def test_a_repository_that_is_not_there_stops_nobody(tmp_path, capsys) -> None:
    git(tmp_path, "init", "--quiet", "there")
    git(tmp_path / "there", "commit", "--quiet", "--allow-empty", "--message", "x")
    (tmp_path / "students.txt").write_text(
        f"ada {tmp_path}/not-there?password\nbob {tmp_path}/there\n"
    )
    assert main(["fetch", str(tmp_path / "students.txt"), "--to", str(tmp_path / "to")]) == 2
    shown = capsys.readouterr()
    assert "bob: 0 notebooks" in shown.out
    assert "ada: not fetched" in shown.err
    assert "password" not in shown.err
    assert (tmp_path / "to" / "bob").is_dir()


def test_a_repository_that_is_too_large_stops_nobody(tmp_path, capsys, monkeypatch) -> None:
    """Of half a gigabyte, which would take a test minutes; so the limit is lower here."""
    monkeypatch.setattr(fetching, "REPOSITORY_BYTES", 50_000)
    for student, size in (("ada", 200_000), ("bob", 20_000)):
        git(tmp_path, "init", "--quiet", student)
        (tmp_path / student / "data.bin").write_bytes(os.urandom(size))
        git(tmp_path / student, "add", ".")
        git(tmp_path / student, "commit", "--quiet", "--message", "x")
    lines = [f"{student} file://{tmp_path}/{student}\n" for student in ("ada", "bob")]
    (tmp_path / "students.txt").write_text("".join(lines))
    assert main(["fetch", str(tmp_path / "students.txt"), "--to", str(tmp_path / "to")]) == 2
    shown = capsys.readouterr()
    assert "bob: 0 notebooks" in shown.out
    assert (
        f"ada: not fetched: the repository file://{tmp_path}/ada has more than 50,000 bytes"
        in shown.err
    )
    assert not (tmp_path / "to" / "ada").exists()
    assert Student("x", "https://me:sesame@h.org/x.git?key=1").shown == "https://h.org/x.git"
