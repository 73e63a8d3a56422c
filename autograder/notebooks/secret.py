"""The secret of a course, from which the inputs of a grading run are derived. It is never released."""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

SECRET_VARIABLE = "AUTOGRADER_SECRET"
SECRET_FILE = "secret.txt"
PUBLIC_SECRET = "public"
"""The secret of a course without one: a constant, so that a new notebook changes no other's inputs."""
PUBLIC_NOTE = (
    "the course has no secret of its own, so anybody can know the inputs that it grades with: "
    f"write something long and random into {SECRET_FILE} in the course's folder (git must ignore it), "
    f"or set {SECRET_VARIABLE}"
)
_SALT = b"autograder fingerprint"
LONGEST = 10_000
"""Characters that are read of a secret's file."""


class SecretError(Exception):
    """Raised when a course's secret cannot be read; the text says which file and why."""


@dataclass(frozen=True)
class Secret:
    """A secret and where it comes from.

    value: never printed.
    origin: in words, for the instructor.
    is_public: true when everybody can know it.
    """

    value: str = field(repr=False)
    origin: str
    is_public: bool = False

    @property
    def fingerprint(self) -> str:
        """Tells it from other secrets without giving it away.

        One that is not random could be guessed, so each guess costs a twentieth of a second: scrypt with
        the parameters that its author gives for interactive use (Percival 2009, 2^14 rounds).
        """
        digest = hashlib.scrypt(self.value.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=8)
        return digest.hex()


def read_secret(root: Path) -> Secret:
    """The secret of the course in a folder: the environment's, else its file's, else the public one.

    Raises:
        SecretError: when there is a file that holds no secret, or cannot be read.
    """
    chosen = os.environ.get(SECRET_VARIABLE)
    if chosen:
        return Secret(chosen, f"the environment variable {SECRET_VARIABLE}")
    path = root / SECRET_FILE
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST).strip()
    except FileNotFoundError:
        return Secret(PUBLIC_SECRET, "none of its own: the public default", is_public=True)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise SecretError(f"{path}: cannot be read ({reason})") from error
    if not text:
        raise SecretError(f"{path}: is empty; write something long and random into it")
    return Secret(text, f"the file {SECRET_FILE}")


def new_secret() -> str:
    """A random secret: 256 bits, as many as the digest that seeds are taken from."""
    return secrets.token_hex(32)
