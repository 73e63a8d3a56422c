"""`autograder grade --scheduler`: a Dask cluster on this machine, whose graders are killed on the way."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.grading.cluster import address
from autograder.grading.cluster.travel import Same, of_this_machine
from autograder.sandbox.isolation import Isolation
from tests.test_grading_again import HALVED, NOTEBOOK, ROOT, hand_in, without_seconds

START_SECONDS = 900.0
"""For a process to get ready: some seconds on an idle machine; nothing is measured by it."""
STUDENTS = 24
ANSWERS = (HALVED, "    return (w * w).sum()", "    return w.sum()", "    return")


@pytest.mark.parametrize(
    "given", ["tls://10.0.0.1:8786", "tcp://127.0.0.1:8786", "localhost:8786", "tcp://[::1]:8786"]
)
def test_addresses_that_may_be_used(given: str) -> None:
    assert address.check_address(given).endswith(given)


@pytest.mark.parametrize(
    "given",
    [
        "tcp://10.0.0.1:8786",
        "10.0.0.1:8786",
        "ws://127.0.0.1:80",
        "tcp://localhost.evil:1",
        "tcp://",
    ],
)
def test_nothing_leaves_the_machine_unencrypted(given: str) -> None:
    with pytest.raises(address.UnsafeAddress, match="use tls://"):
        address.check_address(given)
    with pytest.raises(address.UnsafeAddress):
        address.check_members(["tcp://127.0.0.1:1", given])


def test_student_code_that_might_reach_the_cluster_needs_certificates_there() -> None:
    weak = Isolation("partial", [], ["a network connection"])
    with pytest.raises(address.UnsafeAddress, match="a network connection"):
        address.check_isolation("tcp://127.0.0.1:1", weak)
    address.check_isolation("tls://127.0.0.1:1", weak)
    address.check_isolation("tcp://127.0.0.1:1", Isolation("strict", [], []))


def test_another_machine_has_to_be_alike() -> None:
    here = of_this_machine()
    assert here.difference(here) == ""
    torch = Same(here.autograder, ("x", *here.versions[1:]), here.code, here.libraries)
    assert torch.difference(here) == f"it has {here.versions[0]} in place of x"
    code = Same(here.autograder, here.versions, b"", here.libraries)
    assert "other code" in code.difference(here)
    libraries = Same(
        here.autograder, here.versions, here.code, ["d2l-1.0.dist-info", *here.libraries]
    )
    assert "(d2l-1.0)" in libraries.difference(here)


class Dask:
    """A scheduler and its graders; each is one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[Any]] = []
        self.protocol, self.environment = "tcp", os.environ | {"OMP_NUM_THREADS": "1"}
        if shutil.which("openssl"):
            self.protocol = "tls"
            self.environment |= certificates(folder)
        file = folder / "scheduler.json"
        options = ["--host", f"{self.protocol}://127.0.0.1", "--port", "0"]
        self._start("dask_scheduler", *options, "--no-dashboard", "--scheduler-file", str(file))
        wait_for(file.exists, self.log)
        self.address = str(json.loads(file.read_text())["address"])

    def grader(self) -> "subprocess.Popen[bytes]":
        """Start one more."""
        options = ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        options += ["--local-directory", str(self.folder / f"grader-{len(self._processes)}")]
        return self._start("dask_worker", self.address, *options)

    def _start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{name}", *arguments],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def grade(self, course: Path, *options: str) -> "subprocess.Popen[str]":
        """Start grading the class, with the certificates in the environment."""
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder", "grade", "course/submitted", *options],
            cwd=course,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "log.txt").read_text()

    def close(self) -> None:
        for process in self._processes[::-1]:
            process.terminate()
            process.wait(60)


def certificates(folder: Path) -> dict[str, str]:
    """Settings of Dask for a certificate that stands for everybody."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        ["openssl", "req", "-x509", *kind, "-days", "2", "-subj", "/CN=localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    settings = {f"{prefix}CA_FILE": str(certificate)}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        settings |= {f"{prefix}{role}__CERT": str(certificate), f"{prefix}{role}__KEY": str(key)}
    return settings


def wait_for(condition: Callable[[], bool], log: Callable[[], str]) -> None:
    end = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > end:
            pytest.fail(log())
        time.sleep(0.02)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("on_a_cluster")
    source = root / "solutions" / f"{NOTEBOOK}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes((ROOT / "solutions" / f"{NOTEBOOK}.ipynb").read_bytes())
    (root / "secret.txt").write_text("of the cluster's tests")
    for number in range(STUDENTS):
        hand_in(root, f"student{number:02}", ANSWERS[number % len(ANSWERS)])
    return root


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    cluster = Dask(tmp_path)
    try:
        yield cluster
    finally:
        cluster.close()


def report(root: Path, name: str) -> dict[str, Any]:
    return without_seconds(json.loads((root / name).read_text()))


@pytest.mark.slow
def test_graders_are_killed_and_nothing_is_lost(course: Path, dask: Dask) -> None:
    """Results come while others are graded; the rest goes to a grader that joins when two are lost."""

    def kept() -> int:
        return len(list((course / "course" / "results").glob("*.result")))

    first, second = dask.grader(), dask.grader()
    command = dask.grade(course, "--scheduler", dask.address, "--json", "cluster.json")
    wait_for(lambda: kept() >= 2 or command.poll() is not None, dask.log)
    first.kill()
    dask.grader()
    wait_for(lambda: kept() >= 5 or command.poll() is not None, dask.log)
    second.kill()
    assert kept() < STUDENTS, "the graders were killed too late to prove anything"
    _, errors = command.communicate(timeout=START_SECONDS)
    assert (command.returncode, errors) == (0, ""), errors + dask.log()
    assert kept() == STUDENTS

    here = dask.grade(course, "--again", "--json", "here.json")
    assert here.communicate(timeout=START_SECONDS)[1] == ""
    found = report(course, "cluster.json")
    assert found == report(course, "here.json")
    assert {submission["score"] for submission in found["submissions"]} == {7, 10}

    folders = list(dask.folder.rglob("course-*"))  # of those that had no time to remove theirs
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert not any("secret" in path.name for folder in folders for path in folder.rglob("*"))
