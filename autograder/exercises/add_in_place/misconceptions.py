"""Known wrong implementations of add_in_place: what X becomes, then where it is written, then the edges."""

from autograder.checking import mistake


def _write(X, value):
    """Into X's own memory."""
    X[:] = value


def _in_new_memory(X, value):
    """X itself has the values, but not where its views look."""
    X.data = value


def _add(X, Y, *, total=lambda X, Y: X + Y, write=_write, afterwards=lambda X, Y, old: None,
         prepare=lambda X, Y: (X, Y)):  # fmt: skip
    """What is computed, where it is written, and what else happens."""
    X, Y = prepare(X, Y)
    old = X.clone()
    write(X, total(X, Y))
    afterwards(X, Y, old)


def _with_dimensions_of(X, Y):
    """Y itself, with as many dimensions as X."""
    while Y.dim() < X.dim():
        Y.unsqueeze_(0)
    return Y


def _row_by_row(X, Y, *, rows=lambda X, Y: zip(X, Y, strict=False)):
    """The rows that are iterated over, views of X each."""
    for x, y in rows(X, Y):
        x += y


def _entry_by_entry(X, Y, *, name=lambda X: (len(X), X.shape[1])):
    """By two indices."""
    n, m = name(X)
    Y = Y.expand(X.shape)
    for i in range(n):
        for j in range(m):
            X[i, j] = X[i, j] + Y[i, j]


def _flattened(X, Y, *, flat):
    """Through one long row, which may be a view of X or a copy."""
    flat(X)[:] += Y.expand(X.shape).reshape(-1)


def _nothing(X, value):
    """The name X was bound to something new, or the sum was returned."""


# ---- what X becomes

leaves_x = mistake(
    _add, write=_nothing, trivial=True,
    title="leaves X as it was",
    hint="`X = X + Y` makes a new tensor and lets the name X of your function stand for it. Whose"
    " X should change?",
    source="the book's section on saving memory: the id of X differs after X = X + Y",
)  # fmt: skip
adds_to_y = mistake(
    _add, write=_nothing, afterwards=lambda X, Y, old: Y.copy_(X + Y),
    title="changes Y and leaves X as it was",
    hint="Which of the two should hold the sum after the call?",
    source="the book's own example, which reassigns Y",
)  # fmt: skip
overwrites = mistake(
    _add, total=lambda X, Y: Y,
    title="copies Y into X instead of adding it",
    hint="What X held before is gone. What should be left of it?",
    source="copy_() for add_()",
)  # fmt: skip
subtracts = mistake(
    _add, total=lambda X, Y: X - Y,
    title="subtracts Y",
    hint="Try X = [[1]] and Y = [[1]]. What should X be?",
    source="the update of gradient descent from memory",
)  # fmt: skip
multiplies = mistake(
    _add, total=lambda X, Y: X * Y,
    title="multiplies X by Y",
    hint="Try X = [[2]] and Y = [[3]]. What should X be?",
    source="mul_() for add_()",
)  # fmt: skip
adds_twice = mistake(
    _add, total=lambda X, Y: X + Y + Y,
    title="adds Y twice",
    hint="Count the operations that change X. `add_` adds, and so does `+=`.",
    source="X += X.add_(...), or an operation repeated for its return value",
)  # fmt: skip
doubles = mistake(
    _add, total=lambda X, Y: 2 * X + Y,
    title="adds X to itself as well",
    hint="Try Y = 0: X should stay what it is.",
    source="X += X + Y",
)  # fmt: skip
adds_sum = mistake(
    _add, total=lambda X, Y: X + Y.sum(),
    title="adds the sum of all of Y to every entry",
    hint="Entry (i, j) of X gets entry (i, j) of Y. What do you add to it?",
    source="a reduction left over from another cell",
)  # fmt: skip
adds_first_row = mistake(
    _row_by_row, rows=lambda X, Y: [(X[0], Y[0])],
    title="changes the first row alone",
    hint="Print X after the call, all rows of it. Where does your loop end?",
    source="a return inside the loop",
)  # fmt: skip
forgets_last_row = mistake(
    _row_by_row, rows=lambda X, Y: list(zip(X, Y, strict=False))[:-1],
    title="leaves the last row out",
    hint="range(k) ends at k - 1. How many rows are there?",
    source="range(len(X) - 1)",
)  # fmt: skip
square_alone = mistake(
    _entry_by_entry, name=lambda X: (len(X), len(X)),
    title="takes the number of rows for the number of columns",
    hint="Try an X of two rows and three columns, and another of three rows and two columns.",
    source="len(X) as the end of both loops",
)  # fmt: skip

# ---- where it is written

moves = mistake(
    _add, write=_in_new_memory,
    title="gives X other memory instead of writing into the memory that it has",
    hint="Take V = X[:] before the call. Does V see the sum? Assigning to X.data replaces, X[:] writes.",
    source="threads on .data = against in-place methods",
)  # fmt: skip
leaves_sum_in_y = mistake(
    _add, afterwards=lambda X, Y, old: Y.add_(old),
    title="changes Y as well",
    hint="Print Y before and after the call.",
    source="Y += X on the way, with the result copied to X",
)  # fmt: skip
clears_y = mistake(
    _add, afterwards=lambda X, Y, old: Y.zero_(),
    title="sets Y to 0 afterwards",
    hint="Print Y before and after the call.",
    source="the habit of clearing a gradient after it has been used",
)  # fmt: skip
reshapes_y = mistake(
    _add, prepare=lambda X, Y: (X, Y if Y.dim() == X.dim() else _with_dimensions_of(X, Y)),
    title="gives Y other dimensions",
    hint="Print the shape of Y before and after the call. Does broadcasting need your help at all?",
    source="Y.unsqueeze_(0), which changes the caller's tensor",
)  # fmt: skip

# ---- edges

pairs_rows = mistake(
    _row_by_row, rows=lambda X, Y: zip(X, Y if Y.dim() else [Y], strict=False),
    title="adds row by row, and ends where Y has no more rows",
    hint="A Y of one row belongs to every row of X. What does zip do when one of two is shorter?",
    source="for x, y in zip(X, Y)",
)  # fmt: skip
indexes_rows = mistake(
    _row_by_row, rows=lambda X, Y: ((X[i], Y[i]) for i in range(len(X))),
    title="adds row i of Y to row i of X, also where Y is no table of as many rows",
    hint="A Y of shape (3,) belongs to every row of X as a whole. What is its Y[0]?",
    source="how it comes about: for i in range(len(X)): X[i] += Y[i]",
)  # fmt: skip
matrices_alone = mistake(
    _entry_by_entry, name=lambda X: X.shape,
    title="works for two dimensions alone",
    hint="Try a vector. How many indices does your code use?",
    source="n, m = X.shape",
)  # fmt: skip
turns_vectors = mistake(
    _add, total=lambda X, Y: X + (Y[:, None] if Y.dim() == 1 else Y),
    title="turns a vector Y into a column before adding it",
    hint="Broadcasting lines shapes up from the last dimension. Along which one does (3,) go?",
    source="unsqueeze(1) for a bias",
)  # fmt: skip
needs_equal_shapes = mistake(
    _add, prepare=lambda X, Y: (X, Y.view(X.shape)),
    title="refuses a Y of another shape",
    hint="Y may be smaller than X and broadcast to its shape.",
    source="view() to make shapes agree",
)  # fmt: skip
writes_into_copy = mistake(
    _flattened, flat=lambda X: X.reshape(-1),
    title="leaves an X as it was that is not contiguous",
    hint="reshape, flatten and contiguous give a view where they can, and a copy where they can't."
    " Into which did you write?",
    source="threads about reshape() that sometimes copies",
)  # fmt: skip
writes_into_contiguous_copy = mistake(
    _flattened, flat=lambda X: X.contiguous().view(-1),
    title="leaves an X as it was that is not contiguous",
    hint="reshape, flatten and contiguous give a view where they can, and a copy where they can't."
    " Into which did you write?",
    source="contiguous() against the error of view()",
)  # fmt: skip
needs_view = mistake(
    _flattened, flat=lambda X: X.view(-1),
    title="raises an error for an X that is not contiguous",
    hint="A transpose has no view as one long row. Do you need one?",
    source="view(-1) before a loop over entries",
)  # fmt: skip
single_precision = mistake(
    _add, total=lambda X, Y: (X.float() + Y.float()).to(X.dtype),
    title="computes float64 in float32",
    hint="Look at the dtype of every step, not at that of X alone.",
    source="float() on the way in",
)  # fmt: skip
rounds_to_float32 = mistake(
    _add, total=lambda X, Y: (X + Y).float(), write=_in_new_memory,
    title="leaves X as another tensor of float32, whatever its dtype was",
    hint="Print X.dtype before and after the call.",
    source="X.data = a tensor that was made without a dtype",
)  # fmt: skip

PAIRS = [
    ("moves", "subtracts"),
    ("moves", "leaves_sum_in_y"),
    ("subtracts", "clears_y"),
    ("moves", "turns_vectors"),
]
