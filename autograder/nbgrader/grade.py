"""Grades in `nbgrader autograde`: takes the place of its Execute preprocessor."""

import atexit
import base64
import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from autograder.checking import messages
from autograder.grading.results import ExerciseResult, SubmissionResult
from autograder.grading.service import GradingService
from autograder.language import of_notebook, speaking, tr
from autograder.nbgrader.ahead import Ahead
from autograder.nbgrader.kept_reports import metadata_of
from autograder.nbgrader.repair import cell_id
from autograder.nbgrader.staging import Staged, SubmissionExporter
from autograder.notebooks.course import CHECK_PREFIX, Course
from autograder.notebooks.secret import PUBLIC_NOTE
from autograder.reports import html
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import CellRun, self_test
from autograder.text import one_line, score, visible

PNG = b"\x89PNG\r\n\x1a\n"


class GradeInWorker(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is untyped
    """Grades the submitted file as `autograder grade` does, and writes the outputs that nbgrader reads.

    A check cell gets one execute_result: text/plain is the points, text/html the report. The
    student's cells get their printed text, pictures and exceptions. Needs SubmissionExporter as exporter.

    Raises GradingFailed when the grader itself fails: nbgrader then names the student, stores no
    grade, and goes on with the class.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Fill the outputs of all code cells of a staged notebook."""
        exporter = self.parent
        if not isinstance(exporter, SubmissionExporter):
            raise TypeError("GradeInWorker needs c.Autograde.exporter_class = SubmissionExporter")
        where = resources["nbgrader"]
        staged = exporter.staged[where["student"], where["assignment"], where["notebook"]]
        result: SubmissionResult | None = None
        if staged.submission is not None:
            if exporter.ahead is None:
                service = self._service(exporter.course, exporter.chosen_limits)
                exporter.ahead = Ahead(service, exporter.expected)
            key = where["student"], where["assignment"], where["notebook"]
            result = exporter.ahead.of(key, staged.submission)
            staged = self._noted(staged, result)
            before = exporter.scores_before(
                where["student"], where["assignment"], where["notebook"]
            )
            self._compare(before, result)
        with speaking(of_notebook(staged.submission.language if staged.submission else "")):
            fill(nb, result, staged)
        return nb, resources

    def _service(self, course: Course, limits: Limits) -> GradingService:
        """The service of this process, once its workers are known to work."""
        before = _running
        service = _service_for(course, limits)
        if _running is not before:
            isolation = service.server.isolation
            if isolation.level != "strict":
                missing = "; ".join(isolation.missing)
                self.log.warning("student code is isolated in part (%s)", missing)
            self_test(service.server)
            if course.found_secret.is_public:
                self.log.warning("%s", PUBLIC_NOTE)
        return service

    def _compare(self, before: dict[str, float], result: SubmissionResult) -> None:
        """Log which scores in the gradebook are about to change."""
        for exercise in result.exercises:
            old = before.get(f"{CHECK_PREFIX}{exercise.name}")
            if old is not None and round(old, 6) != round(exercise.score, 6):
                where = one_line(f"{result.student}, {result.assignment}/{result.notebook}")
                points = f"{score(old)} -> {score(exercise.score)}"
                self.log.warning("%s: %s changes: %s", where, exercise.name, points)

    def _noted(self, staged: Staged, result: SubmissionResult) -> Staged:
        """Add the problems that grading found to those found before, and log them."""
        assert staged.submission is not None
        known = set(staged.submission.problems)
        found = [
            replace(problem, text=one_line(problem.text))
            for problem in result.problems
            if problem not in known
        ]
        if found:
            where = f"{result.student}, {result.assignment}/{result.notebook}"
            self.log.warning("%s: %s", where, "; ".join(map(str, found)))
        return replace(staged, problems=(*staged.problems, *found))


def fill(nb: NotebookNode, result: SubmissionResult | None, staged: Staged) -> None:
    """Write points, reports and the student's outputs into a notebook; no result: 0 points."""
    exercises = {} if result is None else {e.name: e for e in result.exercises}
    runs = {} if result is None else {cell_id(run.cell.number): run for run in result.cells}
    notes = staged.problems
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        if is_grade(cell) and not is_solution(cell):
            most = float(cell.metadata.nbgrader["points"])
            name = str(cell.metadata.nbgrader["grade_id"]).removeprefix(CHECK_PREFIX)
            texts = tuple(one.text for one in notes)
            exercise = exercises.get(name)
            if exercise is None:
                nothing = ExerciseResult(name, 0.0, most, "failed", ())
                if result is None:
                    why = (*texts, messages.NOTHING_GRADED)
                    cell.outputs = [_points(nothing, most, why, metadata_of(None, notes))]
                else:
                    why = (messages.NO_CHECKS,)
                    cell.outputs = [_points(nothing, most, why, metadata_of(nothing, ()))]
            else:
                cell.outputs = [_points(exercise, most, texts, metadata_of(exercise, notes))]
                notes = ()  # once a notebook is enough
        else:
            cell.outputs = list(_shown(runs[cell.id])) if cell.id in runs else []


def _points(
    exercise: ExerciseResult, most: float, notes: tuple[str, ...], metadata: dict[str, Any]
) -> NotebookNode:
    """The output of a check cell.

    nbgrader takes a text that is no number for full marks, and stops at more points than the cell has.
    """
    earned = exercise.score if math.isfinite(exercise.score) else 0.0
    points = round(min(max(earned, 0.0), most), 6)
    data = {"text/plain": repr(points), "text/html": html.render(exercise, notes)}
    output: NotebookNode = new_output(
        "execute_result", data=data, execution_count=None, metadata=metadata
    )
    return output


def _shown(run: CellRun) -> Iterable[NotebookNode]:
    """Turn the text, pictures and exception of a student's cell into outputs; the text is made harmless."""
    output = run.output
    if output is None:
        yield _error(type(run.failure).__name__, str(run.failure), "")
        return
    text = output.text
    if output.dropped:
        text += f"\n{tr('({count:,} more characters were printed)').format(count=output.dropped)}\n"
    if text:
        yield new_output("stream", name="stdout", text=_lines(text))
    for picture in output.pictures:
        if picture.startswith(PNG):
            data = {"image/png": base64.b64encode(picture).decode()}
            yield new_output("display_data", data=data)
    if output.value is not None:
        value = {"text/plain": _lines(output.value)}
        yield new_output("execute_result", data=value, execution_count=None)
    if output.raised is not None:
        raised = output.raised
        yield _error(raised.kind, raised.message, raised.line)


def _error(kind: str, message: str, line: str) -> NotebookNode:
    where = [tr("in line {line}").format(line=line)] if line else []
    shown = [*where, f"{kind}: {message}"]
    output: NotebookNode = new_output(
        "error",
        ename=visible(kind),
        evalue=visible(message),
        traceback=[_lines(text) for text in shown],
    )
    return output


def _lines(text: str) -> str:
    return "\n".join(visible(line) for line in text.split("\n"))


_running: tuple[object, GradingService] | None = None


def _service_for(course: Course, limits: Limits) -> GradingService:
    """The one service of this process; a new one when a solution or a limit has changed."""
    global _running
    files: list[tuple[Path, int]] = [(n.path, n.path.stat().st_mtime_ns) for n in course.notebooks]
    key = (files, limits)
    if _running is None or _running[0] != key:
        close_service()
        _running = (key, GradingService(course, limits, keep=True))
    return _running[1]


@atexit.register
def close_service() -> None:
    """End the service's fork server, if there is one."""
    global _running
    if _running is not None:
        _running[1].close()
        _running = None
