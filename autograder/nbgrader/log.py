"""nbgrader's log without what a terminal or a CI service would act on."""

import logging

from autograder.text import printable


class Printable(logging.Filter):
    """Escapes messages and tracebacks: nbgrader logs the names of students' folders and files."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; it is never dropped."""
        record.msg, record.args = printable(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = printable(logging.Formatter().formatException(record.exc_info))
        return True


PRINTABLE = Printable()
"""One for all: a logger takes the same filter once, however often it is added."""
