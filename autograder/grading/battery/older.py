"""Battery files of the format before this one: they are still read, for one release."""

import msgspec

OLDER = 1
"""The format whose calls and gradients had one cotangent, for a result that is one tensor."""


def from_older(content: bytes) -> bytes:
    """The content of a file in format 1 as it would be in format 2: the cotangent is a list, with a path.

    Raises:
        ValueError: for a content that isn't of format 1.
    """
    released = msgspec.msgpack.decode(content)
    try:
        batteries = [battery for exercise in released[3] for battery in exercise[2]]
        for case in (case for battery in batteries for case in battery[1]):
            for recorded in case[4]:
                call, _, pulled = recorded
                call[6] = [] if call[6] is None else [[[], call[6]]]
                recorded[2] = [[[[[], cotangent]], gradients] for cotangent, gradients in pulled]
    except (TypeError, LookupError) as error:
        raise ValueError("not in format 1") from error
    return msgspec.msgpack.encode(released)
