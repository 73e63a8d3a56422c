"""nbgrader's log without characters and commands that a terminal or a CI service would act on."""

import logging

from autograder.text import MAX_CHARACTERS, printable


class Printable(logging.Filter):
    """Escapes messages and tracebacks: nbgrader logs the names of students' folders and files."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; it is never dropped."""
        record.msg, record.args = _whole(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _whole(logging.Formatter().formatException(record.exc_info))
        return True


def _whole(text: str) -> str:
    """Escaped; a long text keeps its end as well, where a traceback says what happened."""
    if len(text) <= MAX_CHARACTERS:
        return printable(text)
    return f"{printable(text[: MAX_CHARACTERS - 1])}…\n{printable(text[-MAX_CHARACTERS:])}"


PRINTABLE = Printable()
"""One for all: a logger takes the same filter once, however often it is added."""
