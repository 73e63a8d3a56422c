"""Sentences about files, notebooks and code, by the ids under which they are counted.

They are for the instructor; the feedback shows a student those about their own notebook. An id keeps its
meaning: reports of different terms are compared by it. A student's sentences about a check are
in `checking.messages`.
"""

from dataclasses import dataclass
from typing import Any

from autograder.language import tr

TEMPLATES = {
    # A path that was given, or a folder below it; begins with "<path>: ".
    "no_such_path": "no such file or folder",
    "unlisted": "cannot be listed ({reason})",
    "no_notebooks": "no notebooks in this folder",
    # A file that is not graded, and why: completes "<path>: ...".
    "link": "is a link; links are not followed",
    "bad_name": "has a name that no file can have",
    "unreadable": "cannot be read ({reason})",
    "folder": "is a folder",
    "no_file": "is not a regular file",
    "too_large": "has {size:,} bytes (limit {limit:,})",
    "too_much_text": "has too much text in its cells (limit {limit:,})",
    "empty": "is empty",
    "too_many_values": "holds too many JSON values (limit {limit:,})",
    "not_utf8": "is not UTF-8 (byte {place})",
    "too_deep": "is JSON nested too deeply",
    "not_json": "is not JSON ({reason})",
    "no_notebook": "is JSON, but not a notebook",
    "other_format": "is in a notebook format other than 3 and 4",
    "no_cells": "has no list of cells",
    "too_many_cells": "has {count:,} cells (limit {limit:,})",
    "no_match": "matches no source notebook, neither by its name nor by its cells",
    "missing": "is missing",
    "other_cells": "holds the cells of {notebook}",
    "elsewhere": "lies neither where a student's notebooks do nor alone in one folder there; not graded",
    "too_many_notebooks": (
        "holds {count} notebooks (limit {limit}); only those with the course's names are graded"
    ),
    "second_file": "is a second file for {notebook}; {graded} is graded",
    "unclear_file": "is one of {count} files for {notebook}, and none has its name; not graded",
    "grader_failed": "the grader failed ({reason})",
    "ended": "not graded, because the grading was ended before",
    "no_points": "the gradebook has no points for it yet",
    # A notebook in a download of Moodle or Canvas; begins with "<zip>: <name>: ".
    "entry_outside": "has a path that leads out of the archive; not used",
    "entry_link": "is a link; not used",
    "entry_encrypted": "is encrypted; not used",
    "entry_too_large": "has {size:,} bytes (limit {limit:,}); not used",
    "entry_too_much": (
        "is too much: the student's notebooks have more than {limit:,} bytes together; not used"
    ),
    "entry_older": "was handed in again; {newer} counts",
    "entry_archive": "is an archive; unpack its notebooks into {folder}",
    "entry_damaged": "is damaged and cannot be unpacked ({why})",
    # A file in a student's repository; begins with "<path>: ".
    "file_link": "is a link; links are not followed; not fetched",
    "file_too_large": "has {size:,} bytes (limit {limit:,}); not fetched",
    "file_twice": "{other} is taken for the same file",
    "file_elsewhere": "lies in no assignment's folder and has no notebook's name; not fetched",
    "files_too_many": "holds more than {limit} notebooks; the others are not fetched",
    # About a student's folder in nbgrader's course, and changes to it.
    "folder_link": "the folder is a link; links are not followed",
    "extras_left_out": "files beside the notebooks were left out ({reason})",
    "extras_cut": "of the files beside the notebooks, {count} were kept",
    "extra_unusable": "{name} {reason}; it was left out",
    "extra_no_date": "{name} holds no date; it was left out",
    "other_file": "{notebook}.ipynb is missing; {graded} was graded",
    "answered_file": "{notebook} isn't answered; {graded} was graded",
    # Odd cells of a notebook, and their repair.
    "cell_damaged": "cell {cell} is damaged and was left out",
    "cell_too_long": "cell {cell} has {size:,} characters (limit {limit:,}) and was left out",
    "cell_characters": "cell {cell} held characters that no text may hold; they are now ?",
    "cell_missing": "the cell {grade_id} is missing or has lost its nbgrader metadata",
    "cell_put_back": (
        "the cell {grade_id} is missing or has lost its nbgrader metadata; it was put back"
    ),
    "cell_doubled": "the cell {grade_id} is there {count} times; the last one counts",
    "no_grade_id": "cell {cell} has nbgrader metadata without a grade_id",
    "metadata_version": "cell {cell} ({grade_id}) claims another version of nbgrader's metadata",
    "no_code_run": "cell {cell} ({grade_id}) is no longer a code cell; it was run all the same",
    "no_code": "cell {cell} ({grade_id}) is no longer a code cell; the original counts",
    "locked_changed": "cell {cell} ({grade_id}) is locked, but its text was changed",
    "other_kind": "cell {cell} ({grade_id}) claims to be another kind of cell than it is",
    "other_points": "cell {cell} ({grade_id}) claims other points than the course gives",
    "more": "and {count} problems more",
    # How the cells ran.
    "cell_unfinished": "cell {cell} did not finish: {reason}",
    "cell_hit_limit": "cell {cell} raised {kind}: {message}",
    "output_cut": "cell {cell} printed {count:,} more characters than are kept ({limit})",
    "refused": "student code tried {attempts}; {rule}",
    "not_diagnosed": "the mistake in `{exercise}` could not be diagnosed ({kind})",
    # About nbgrader's gradebook.
    "by_hand": "{cell}: {points} points by hand; its checks gave {checks}",
    "waits": "{cell}: waits to be graded by hand",
    "comment": "{cell}: comment by hand: {text}",
    "late": "late: nbgrader subtracts {points} points, which the points here still have",
    # For a person to look at.
    "reaches_forbidden": (
        "cell {cell}, line {line}: {function} can reach {name}, which is not allowed in the exercise"
    ),
    "names_internals": "cell {cell}, line {line}: names {name}, which belongs to {owner}",
    "guard_changed": (
        "a forbidden built-in works in its worker: what makes it raise was changed from a cell"
    ),
    "holds_table": "cell {cell}, line {line}: {function} uses a table of {count} numbers",
    "recognizes": (
        "cell {cell}, line {line}: {function} uses {name}, by which inputs can be recognized"
    ),
}


@dataclass(frozen=True)
class Note:
    """A sentence, and the id by which it is counted, whatever the language of the sentence.

    id: of a template of this module or of `checking.messages`; "" where a report of an earlier version
        doesn't tell it.
    """

    id: str
    text: str

    def __str__(self) -> str:
        return self.text


def note(id: str, **values: Any) -> Note:
    """The sentence with that id, in the current language.

    Bytes that no text may hold are written as escapes: a file's name may hold some that are not UTF-8.

    Raises KeyError for an unknown id and for a missing value.
    """
    text = tr(TEMPLATES[id]).format(**values)
    return Note(id, text.encode("utf-8", "backslashreplace").decode())


def note_on(what: object, id: str, **values: Any) -> Note:
    """The same about a path or a file, which the sentence begins with."""
    said = note(id, **values)
    return Note(id, f"{what}: {said.text}".encode("utf-8", "backslashreplace").decode())
