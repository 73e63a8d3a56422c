"""`autograder notebooks`: write the source notebooks that are edited as text, and the course's page."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.authoring import course_page, texts
from autograder.notebooks.course import Course, CourseError


def run(root: Path, *, check: bool, output: Console, errors: Console) -> int:
    """Write what has changed: 0, or 1 where `check` finds a stale notebook, or 2 for a wrong text.

    Args:
        root: the course's folder.
        check: only say which notebooks differ from their texts.
    """
    try:
        if not texts.text_files(root):
            errors.print(Text(f"{root / texts.TEXTS}: no texts; solutions/ is edited itself"))
            return 2
        changed = texts.stale(root) if check else texts.write(root)
        if (root / course_page.ORDER).is_file():
            path, page = root / course_page.PAGE, course_page.page_of(Course(root))
            if not path.is_file() or path.read_text(encoding="utf-8") != page:
                changed.append(path)
                if not check:
                    path.write_text(page, encoding="utf-8")
    except CourseError as error:
        errors.print(Text(str(error)))
        return 2
    for path in changed:
        said = "is not what its text says" if check else "written"
        output.print(Text(f"{path.relative_to(root)}: {said}"))
    return 1 if check and changed else 0
