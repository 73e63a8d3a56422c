"""Puts the recorded cases beside a released notebook, in `nbgrader generate_assignment`."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.authoring.record import record_notebook
from autograder.grading.battery.file import SUFFIX, encode_released
from autograder.notebooks.course import exercise_folders, read_source
from autograder.notebooks.files import language_of


class AttachBattery(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is untyped
    """Records the cases of a notebook's checks; a file `<notebook>.battery` then lies beside it.

    First in GenerateAssignment.preprocessors, since it needs the solutions. nbgrader's exporter writes
    the files in `outputs`. Raises CourseError, with which nbgrader ends the release of the assignment.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Record; the notebook itself stays as it is."""
        name = resources["nbgrader"]["notebook"]
        source = read_source(Path(resources["metadata"]["path"]) / f"{name}.ipynb")
        if source.points:
            self.log.info("recording the cases of %s", ", ".join(source.points))
            folders = exercise_folders(source.path.resolve().parents[2])
            released = record_notebook(source, folders)
            data = encode_released(replace(released, language=language_of(nb.metadata)))
            resources.setdefault("outputs", {})[name + SUFFIX] = data
        return nb, resources
