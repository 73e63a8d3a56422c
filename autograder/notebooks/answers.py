"""The text of an answer, and what was asked for: for tools that read code and run none."""

from autograder.notebooks.course import BEGIN, END, SourceNotebook
from autograder.notebooks.submission import Submission
from autograder.notebooks.syntax import is_stub

STUB = "raise NotImplementedError()"


def answer_of(submission: Submission, exercise: str) -> str | None:
    """The cell with a student's answer: the last that defines the function, else the one meant for it.

    None where there is neither.
    """
    function = submission.functions.get(exercise, exercise)
    code = [c for c in submission.submitted if c.kind == "code" or c.grade_id == exercise]
    defining = [cell for cell in code if is_stub(cell.source, function) is not None]
    meant = [cell for cell in code if cell.grade_id == exercise]
    found = defining or meant
    return found[-1].source if found else None


def contract_of(source: SourceNotebook, exercise: str) -> str:
    """The cell of an exercise as students get it, with its docstring and without the solution.

    Empty where the cell has no marks around its solution.
    """
    meant = [c.source for c in source.cells if c.grade_id == exercise and c.solution]
    if not meant or BEGIN not in meant[0]:
        return ""
    kept: list[str] = []
    inside = False
    for line in meant[0].splitlines():
        if line.strip() == BEGIN:
            inside = True
            kept.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif line.strip() == END:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept) + "\n"
