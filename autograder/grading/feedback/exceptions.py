"""The topic of an exception in a student's function, read from its kind and its text.

Two exceptions are the same where they are about the same thing: one line of a known mistake and another
of a student word PyTorch's text differently, and a misspelt name is no known mistake at all.
"""

import re
from dataclasses import dataclass

from autograder.checking import messages
from autograder.grading.feedback.nearest import Names, Near
from autograder.grading.results import Diagnosis
from autograder.sandbox.wire.messages import Raised
from autograder.text import joined

LONGEST_TEXT = 100
"""Characters of an exception's own text that a title quotes."""
NO_RESULT = "Unreadable"
"""In place of an exception's kind, where the function ended well and its result cannot be graded."""

_TOPICS: tuple[tuple[str, str, str], ...] = (
    ("undefined", "NameError", r"^name '(?P<name>\w+)' is not defined"),
    ("unassigned", "UnboundLocalError", r"variable '(?P<name>\w+)'"),
    ("none", "AttributeError|TypeError", r"'?NoneType'?"),
    ("module_attribute", "AttributeError",
     r"^module '(?P<owner>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    ("attribute", "AttributeError", r"^'(?P<owner>[\w.]+)' object has no attribute '(?P<name>\w+)'"),
    ("gpu", "AssertionError|RuntimeError|NotImplementedError|AcceleratorError",
     (r"not compiled with (?:CUDA|XPU)|NVIDIA driver|No CUDA GPUs|'(?:CUDA|MPS)' (?:backend|device)|"
     r"MPS (?:backend|is not)|not linked with support for mps|Cannot access accelerator|"
     r"tensors to be on the same device")),
    ("device", NO_RESULT, r"a tensor on (?P<name>[\w:]+); it should be where the input is"),
    ("no_result", NO_RESULT, r"cannot be graded: (?P<name>.*)"),
    ("sizes", "RuntimeError",
     (r"The size of tensor a \((?P<first>\d+)\) must match the size of tensor b "
     r"\((?P<second>\d+)\)")),
    ("array_sizes", "ValueError",
     (r"^operands could not be broadcast together with shapes (?P<first>\([\d,]*\)) "
     r"(?P<second>\([\d,]*\))")),
    ("matrices", "RuntimeError",
     r"shapes cannot be multiplied \((?P<first>\d+x\d+) and (?P<second>\d+x\d+)\)"),
    ("array_product", "ValueError",
     r"mismatch in its core dimension .* \(size (?P<second>\d+) is different from (?P<first>\d+)\)"),
    ("array_product", "ValueError",
     r"not aligned: (?P<first>\d+) \(dim \d+\) != (?P<second>\d+) \(dim \d+\)"),
    ("product_of_number", "ValueError",
     r"^matmul: Input operand \d does not have enough dimensions \(has 0,"),
    ("singular", "_?LinAlgError", r"[Ss]ingular matrix|matrix is singular"),
    ("not_square", "LinAlgError|RuntimeError", r"must be square$|must be batches of square matrices"),
    ("reshape", "RuntimeError",
     r"^shape '(?P<first>\[[-\d, ]*\])' is invalid for input of size (?P<second>\d+)"),
    ("reshape", "ValueError",
     r"^cannot reshape array of size (?P<second>\d+) into shape (?P<first>\([-\d,]*\))"),
    ("expand", "RuntimeError",
     r"Target sizes: (?P<second>\[[-\d, ]*\])\.\s+Tensor sizes: (?P<first>\[[-\d, ]*\])"),
    ("assigned", "RuntimeError",
     (r"^shape mismatch: value tensor of shape (?P<first>\[[\d, ]*\]) cannot be broadcast to "
     r"indexing result of shape (?P<second>\[[\d, ]*\])")),
    ("assigned", "ValueError",
     (r"^could not broadcast input array from shape (?P<first>\([\d,]*\)) into shape "
     r"(?P<second>\([\d,]*\))")),
    ("indices", "IndexError",
     (r"^shape mismatch: indexing tensors could not be broadcast together with shapes "
     r"(?P<first>\[[\d, ]*\]), (?P<second>\[[\d, ]*\])")),
    ("inference", "RuntimeError", r"^Inference tensors cannot|inference tensor"),
    ("indices", "IndexError",
     (r"^shape mismatch: indexing arrays could not be broadcast together with shapes "
     r"(?P<first>\([\d,]*\)) (?P<second>\([\d,]*\))")),
    ("leaf", "RuntimeError", r"leaf Variable that requires grad"),
    ("numpy", "RuntimeError", r"Can't call numpy\(\) on Tensor that requires grad"),
    ("bool_minus", "RuntimeError", r"`-` operator, (?:with|on) (?:a|two) bool tensor"),
    ("array_bool_minus", "TypeError", r"numpy boolean (?:negative|subtract), the `-` operator"),
    ("xor", "NotImplementedError|RuntimeError|TypeError", r"bitwise_xor|for \^=?: "),
    ("overwritten", "RuntimeError", r"modified by an inplace operation"),
    ("no_graph", "RuntimeError", r"does not require grad and does not have a grad_fn"),
    ("view", "RuntimeError", r"^view size is not compatible"),
    ("out_of_range", "IndexError|RuntimeError",
     (r"index (?P<name>-?\d+) is out of bounds for (?:dimension|axis) (?P<owner>\d+) with size "
     r"(?P<size>\d+)")),
    ("no_dimension", "IndexError", r"^Dimension out of range .* but got (?P<name>-?\d+)"),
    ("no_axis", "AxisError",
     r"^axis (?P<name>-?\d+) is out of bounds for array of dimension (?P<size>\d+)"),
    ("list_index", "IndexError", r"^(?:list|tuple|pop) ?(?:assignment )?index out of range"),
    ("no_dimensions", "IndexError", r"0-dim tensor|too many indices for tensor of dimension 0"),
    ("no_rows", "TypeError", r"^(?:len\(\) of|iteration over) a 0-d tensor"),
    ("array_no_dimensions", "IndexError", r"^too many indices for array: array is 0-dimensional"),
    ("array_no_rows", "TypeError", r"^len\(\) of unsized object|^iteration over a 0-d array"),
    ("many_indices", "IndexError", r"^too many indices for tensor of dimension (?P<size>\d+)"),
    ("array_many_indices", "IndexError",
     r"^too many indices for array: array is (?P<size>\d+)-dimensional"),
    ("number", "TypeError",
     (r"^(?P<name>\w+)\(\): argument '\w+' \(position \d+\) must be Tensor, not "
     r"(?P<owner>float|int|bool|complex)$")),
    ("index_dtype", "IndexError|RuntimeError",
     (r"(?:tensors|arrays) used as indices must be|Expected dtype int(?:32/int)?64 for index|"
     r"^only integers, .* \(got float\)$")),
    ("dtypes", "RuntimeError",
     (r"expected (?:m1 and m2|scalar type|both)|can't be cast to the desired output type|same "
     r"dtype")),
    ("scalar", "RuntimeError|ValueError",
     r"cannot be converted to Scalar|[Oo]nly one element tensors can be converted"),
    ("array_scalar", "TypeError|ValueError",
     (r"^only (?:length-1|size-1|0-dimensional) arrays can be converted|"
     r"^can only convert an array of size 1")),
    ("truth", "RuntimeError", r"^Boolean value of Tensor with more than one value is ambiguous"),
    ("array_truth", "ValueError", r"^The truth value of an array with more than one element"),
    ("unpack", "ValueError", r"values to unpack \(expected (?P<first>\d+)"),
    ("zero_division", "ZeroDivisionError", r"division|modulo"),
    ("recursion", "RecursionError", r""),
    ("missing_key", "KeyError", r"^'(?P<name>[^']*)'"),
    ("missing_module", "ModuleNotFoundError", r"^No module named '(?P<name>[\w.]+)'"),
    ("stub", "NotImplementedError", r"^$"),
    ("missing_argument", "TypeError", r"^(?P<owner>[\w.<>]+)\(\) missing \d+ required .*argument"),
    ("extra_argument", "TypeError",
     (r"^(?P<owner>[\w.<>]+)\(\) (?:takes .* given|got an unexpected keyword argument "
     r"'(?P<name>\w+)'|got multiple values)")),
    ("not_callable", "TypeError", r"^'(?P<owner>[\w.]+)' object is not callable"),
    ("not_subscriptable", "TypeError", r"^'(?P<owner>[\w.]+)' object is not subscriptable"),
)  # fmt: skip
"""(topic, kinds, what its text holds): texts of PyTorch 2, NumPy 2 and CPython 3.11; the first that fits.

Neither has more than a text for most of these: some of Python's own exceptions have an attribute with the
name, and none that torch raises has. `tests/test_exception_texts.py` holds the texts of what is installed.
"""
_PATTERNS = [(topic, re.compile(kinds), re.compile(text)) for topic, kinds, text in _TOPICS]
_BY_TEXT = frozenset(
    {"undefined", "unassigned", "module_attribute", "attribute", "missing_key", "missing_module"}
)
"""Topics of which the names are a part: another misspelt name is another mistake."""


@dataclass(frozen=True)
class Topic:
    """The topic of an exception: a name of ours, and parts of its text.

    id: "" where the text is not known.
    values: by name, parts of the text: `name`, `owner`, `first`, `second`, `size`.
    """

    id: str
    values: dict[str, str]


def topic_of(raised: Raised) -> Topic:
    """The topic of an exception, by its kind and its text."""
    for id, kinds, text in _PATTERNS:
        if kinds.fullmatch(raised.kind):
            found = text.search(raised.message)
            if found:
                return Topic(id, {k: v for k, v in found.groupdict().items() if v is not None})
    return Topic("", {})


def signature_of(raised: Raised) -> str:
    """A text that is the same for two exceptions that are about the same thing."""
    topic = topic_of(raised)
    if topic.id in ("missing_argument", "extra_argument"):
        # Where no line of the student's is known, the call of the function itself failed.
        return f"{raised.kind} {topic.id} {'inside' if raised.line else 'of the function'}"
    if topic.id and topic.id not in _BY_TEXT:
        return f"{raised.kind} {topic.id}"
    return f"{raised.kind} {topic.id} " + re.sub(r"\d+", "#", raised.message)


def same_exception(one: Raised | None, other: Raised | None) -> bool:
    """Whether neither was raised, or both are about the same thing."""
    if one is None or other is None:
        return one is other
    return signature_of(one) == signature_of(other)


def describe_exception(
    raised: Raised, where: str, names: Names, *, of_arrays: bool = False
) -> Diagnosis:
    """A diagnosis that says what an exception is about.

    Args:
        raised: the exception.
        where: on which inputs it was raised, as a key of `messages.RAISED_FOR`; "every" on all.
        names: for the nearest existing name; one that the exercise forbids is not named.
        of_arrays: whether the function is asked with NumPy arrays.
    """
    topic = topic_of(raised)
    values = {"kind": raised.kind, **topic.values}
    if topic.id == "no_result":
        values["name"] = _short(values["name"])
    id = topic.id
    near = _nearest(topic, names)
    if near is not None and not near.is_forbidden:
        id, values["near"] = f"{id}_near", near.name
    if id == "extra_argument" and "name" in topic.values and raised.line:
        id = "extra_keyword"
    if not id:
        values["text"] = text = _short(raised.message)
        id = "other" if text else "silent"
    title, hint = messages.EXCEPTIONS[id]
    if near is not None and near.is_forbidden and id != "unassigned":
        hint = messages.NEAREST_FORBIDDEN
    sentences = [hint.format(**values)]
    if raised.kind != NO_RESULT:
        asked = messages.RAISED_FOR_ARRAYS if of_arrays else {}
        sentences.append(asked.get(where) or messages.RAISED_FOR.get(where, ""))
    if raised.line:
        sentences.append(messages.RAISED_AT.format(line=raised.line))
    return Diagnosis(
        f"property:raises:{topic.id or 'other'}",
        title.format(**values),
        joined(sentences),
    )


def _short(text: str) -> str:
    """An exception's own text on one line, as far as a title quotes it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else line[:LONGEST_TEXT] + "…"


def _nearest(topic: Topic, names: Names) -> Near | None:
    """The existing name that is nearest to one that isn't there; None where none is near."""
    wrong = topic.values.get("name", "")
    if topic.id in ("undefined", "unassigned"):
        return names.near_variable(wrong)
    if topic.id in ("module_attribute", "attribute"):
        return names.near_attribute(wrong, topic.values["owner"])
    return None
