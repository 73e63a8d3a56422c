"""The HTML report of one exercise: what a notebook, the feedback page and the formgrader show."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.grading.results import ExerciseResult
from autograder.text import score, visible

_environment = Environment(
    loader=PackageLoader("autograder.reports", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {"visible": visible, "score": score}


def render(exercise: ExerciseResult, problems: tuple[str, ...] = ()) -> str:
    """The report as an HTML fragment with its own style; everything in it is escaped."""
    template = _environment.get_template("exercise.html")
    return template.render(exercise=exercise, problems=problems)
