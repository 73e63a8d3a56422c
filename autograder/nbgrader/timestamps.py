"""Keeps one unreadable timestamp.txt from taking down the formgrader's list of submissions."""

from datetime import datetime

from nbgrader.apps.api import NbGraderAPI

_strict = NbGraderAPI.get_submitted_timestamp


def _lenient(self: NbGraderAPI, assignment_id: str, student_id: str) -> datetime | None:
    try:
        submitted: datetime | None = _strict(self, assignment_id, student_id)
    except Exception:  # dateutil raises many kinds; open() raises for folders and bad bytes
        return None
    return submitted


def install() -> None:
    """Make the formgrader read a timestamp that is no date as none.

    nbgrader has no setting for it, so a method of its API is replaced.
    """
    NbGraderAPI.get_submitted_timestamp = _lenient
