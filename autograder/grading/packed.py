"""A result as bytes, for a later run or for another machine. Reading them runs nothing."""

from dataclasses import replace

import msgspec

from autograder.grading.results import SubmissionResult
from autograder.notebooks.submission import Submission
from autograder.sandbox.session import CellRun
from autograder.sandbox.wire.messages import CellOutput


class _Content(msgspec.Struct, array_like=True):
    """A result without file, student and the runs of its cells; the outputs of those that ended well."""

    result: SubmissionResult
    outputs: list[CellOutput]


def pack(result: SubmissionResult) -> bytes:
    """The bytes of a result, without the names of file and student: those may have bytes that are no text.

    Values of a counterexample that have no form there travel as the text that reports show of them.

    Raises:
        OverflowError: for an integer of more than 64 bits.
    """
    outputs = [run.output for run in result.cells if run.output is not None]
    content = _Content(replace(result, path="", student="", cells=()), outputs)
    return msgspec.msgpack.encode(content, enc_hook=str)


def unpack(content: bytes, submission: Submission) -> SubmissionResult | None:
    """The result of a submission; None where the bytes are none.

    It gets the submission's path and student, and its cells' runs where all of them ended well.
    """
    try:
        found = msgspec.msgpack.decode(content, type=_Content)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    whole = len(found.outputs) == len(submission.cells)
    runs = map(CellRun, submission.cells, found.outputs) if whole else ()
    return replace(
        found.result, path=str(submission.path), student=submission.student, cells=tuple(runs)
    )
