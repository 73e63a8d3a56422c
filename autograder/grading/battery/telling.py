"""Telling cases: small inputs on which known mistakes fail, kept beside the exercise.

They depend on the checks and the known mistakes, not on a secret, and come first in every battery.
So most wrong answers are found at once, with a small counterexample, and nothing is shrunk while
grading. `autograder audit --telling` makes them.
"""

import hashlib
from pathlib import Path

import msgspec

from autograder.grading.battery.cases import Drawn
from autograder.notebooks.exercises import Exercise

FILE = "telling.json"
MOST = 15
"""Cases of a check: eleven small ones showed 25 to 28 of 30 other mistakes of softmax and of sgd."""


class Telling(msgspec.Struct, frozen=True):
    """The file's content.

    digest: of the files that the cases were made from; with another one they are outdated, and not used.
    checks: the cases of each check, the simplest first.
    """

    digest: str
    checks: dict[str, list[Drawn]]


def digest_of(exercise: Exercise) -> str:
    """A digest of the files that decide which cases tell: checks, known mistakes and an adapter."""
    digest = hashlib.sha256()
    files = (exercise.path(name) for name in ("misconceptions.py", "adapter.py"))
    for path in (*exercise.check_files(), *files):
        if path.exists():
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def read(exercise: Exercise) -> Telling:
    """The telling cases of an exercise; none where there is no file.

    Raises:
        ValueError: when the file is damaged; the text names it.
    """
    path = exercise.path(FILE)
    if not path.exists():
        return Telling("", {})
    try:
        return msgspec.json.decode(path.read_bytes(), type=Telling)
    except msgspec.MsgspecError as error:
        raise ValueError(
            f"{path}: {error}; make it anew with autograder audit --telling"
        ) from error


def write(exercise: Exercise, checks: dict[str, list[Drawn]]) -> Path:
    """Write the file beside the exercise's checks; the same content gives the same bytes."""
    path = exercise.path(FILE)
    encoded = msgspec.json.encode(Telling(digest_of(exercise), checks), order="deterministic")
    path.write_bytes(msgspec.json.format(encoded, indent=0) + b"\n")
    return path


def cases_of(exercise: Exercise) -> dict[str, list[Drawn]]:
    """The telling cases by check, as far as they are up to date."""
    found = read(exercise)
    return found.checks if found.digest == digest_of(exercise) else {}
