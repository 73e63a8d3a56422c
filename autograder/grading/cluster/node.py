"""A grader of the cluster: it keeps its fork server and the course that it grades now."""

import gc
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import torch
from distributed import get_worker

from autograder.grading.battery import store
from autograder.grading.cluster.travel import (
    Answered,
    Asked,
    Settings,
    encode,
    of_this_machine,
    unpack_course,
    write_course,
)
from autograder.grading.grader import Grader
from autograder.grading.judges import Judges
from autograder.grading.packed import pack
from autograder.language import speaking
from autograder.notebooks.course import Course
from autograder.notebooks.secret import Secret
from autograder.notebooks.submission import Submission
from autograder.sandbox.isolation import LEVELS
from autograder.sandbox.session import self_test
from autograder.sandbox.spawning import ForkServer, SandboxError

_ONE_AT_A_TIME = threading.Lock()
"""Grading seeds generators and speaks a language, for the whole process."""


class Refused(Exception):
    """Raised where a machine would not grade as it is asked to; the text says why."""


class _Course:
    """A course that came as bytes, in a folder that no other user reads."""

    def __init__(self, data: bytes, server: ForkServer) -> None:
        self.data = data
        bundle = unpack_course(data)
        self.settings = bundle.settings
        self._folder = TemporaryDirectory(prefix="course-", dir=get_worker().local_directory)
        write_course(bundle, Path(self._folder.name))
        for name, content in bundle.recorded.items():
            store.put(name, bundle.secret, content)
        course = Course(Path(self._folder.name), Secret(bundle.secret, "who asks for grading"))
        self._sources = {(source.assignment, source.name): source for source in course.notebooks}
        self._functions = {
            name: course.function_of(name) for nb in course.notebooks for name in nb.points
        }
        self._grader = Grader(Judges(course), server)
        gc.collect()
        gc.freeze()  # torch and its like stay: looking through them at every collection is slow

    def grade(self, asked: Asked) -> bytes:
        """The packed result of a submission. Raises the exception that the grader itself fails with."""
        source = self._sources[asked.assignment, asked.notebook]
        functions = {name: self._functions[name] for name in source.points}
        submission = Submission(
            source.path, "", source, asked.cells, asked.problems, functions=functions
        )
        with speaking(asked.language):
            return pack(self._grader.grade(submission))

    def remove(self) -> None:
        """Remove its folder."""
        self._folder.cleanup()


class _Node:
    """The fork server and the course of this process."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._server: ForkServer | None = None
        self._course: _Course | None = None

    def server(self, settings: Settings) -> ForkServer:
        """The fork server for some settings. Raises Refused and SandboxError."""
        if self._server is not None and settings == self._settings:
            return self._server
        self._leave()
        if difference := settings.same.difference(of_this_machine()):
            raise Refused(f"{difference}, so results might not be the same")
        server = ForkServer(settings.limits, isolate=settings.isolate)
        try:
            if settings.strict and server.isolation.level != LEVELS[-1]:
                raise Refused(f"--sandbox=require: {'; '.join(server.isolation.missing)}")
            self_test(server)
        except BaseException:
            server.close()
            raise
        self._server, self._settings = server, settings
        return server

    def course(self, data: bytes) -> _Course:
        """The course of those bytes. Raises Refused and SandboxError."""
        if self._course is None or self._course.data != data:
            server = self.server(unpack_course(data).settings)
            if self._course is not None:
                self._course.remove()
            self._course = _Course(data, server)
        return self._course

    def _leave(self) -> None:
        """End the server and remove the course that used it."""
        if self._server is not None:
            self._server.close()
        if self._course is not None:
            self._course.remove()
        self._server = self._course = None


_NODE = _Node()


def look(settings: bytes) -> bytes:
    """As `tasks.look`."""
    with _ONE_AT_A_TIME:
        address = str(get_worker().address)
        try:
            server = _NODE.server(msgspec.msgpack.decode(settings, type=Settings))
            return encode(Answered(address, server.isolation))
        except (Refused, SandboxError) as error:
            return encode(Answered(address, refused=str(error)))


def grade(data: bytes, asked: bytes) -> bytes:
    """As `tasks.grade`."""
    with _ONE_AT_A_TIME:
        torch.set_num_threads(1)  # as `autograder grade` does; of this thread alone
        address = str(get_worker().address)
        try:
            course = _NODE.course(data)
            isolation = _NODE.server(course.settings).isolation
        except (Refused, SandboxError) as error:
            return encode(Answered(address, refused=str(error)))
        try:
            result = course.grade(msgspec.msgpack.decode(asked, type=Asked))
        except Exception as error:  # the grader's own failure: nobody loses points by it
            failed = f"{type(error).__name__}: {error}"
            return encode(Answered(address, isolation, failed=failed))
        return encode(Answered(address, isolation, result=result))
