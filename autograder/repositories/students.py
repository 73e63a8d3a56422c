"""The list of a class: who has which repository."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from autograder.text import one_line

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class StudentsError(Exception):
    """Raised when a list of students cannot be used; the text says which line and why."""


@dataclass(frozen=True)
class Student:
    """A student and the address of the repository, which may hold a password."""

    name: str
    address: str = field(repr=False)

    @property
    def shown(self) -> str:
        """The address without a name, a password and a query."""
        return one_line(re.sub(r"://[^/]*@", "://", self.address).partition("?")[0])


def read_students(path: Path) -> tuple[Student, ...]:
    """The students of a file with a line each: a name, spaces, an address; `#` begins a remark.

    Raises:
        StudentsError: when it cannot be read, or a line is something else.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StudentsError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise StudentsError(f"{path}: is not UTF-8") from None
    found: dict[str, Student] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2 or words[1].startswith("-"):
            raise StudentsError(f"{path}, line {number}: is not a name and an address")
        name, address = words
        if not _NAME.fullmatch(name):
            shown = one_line(name)
            raise StudentsError(
                f"{path}, line {number}: {shown!r} is no name of letters, digits, ., _ and -"
            )
        if name.lower() in found:  # one folder on systems that don't tell case
            raise StudentsError(f"{path}, line {number}: {name} is there twice")
        found[name.lower()] = Student(name, address)
    return tuple(found.values())
