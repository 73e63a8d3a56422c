"""Every sentence that a student reads about a check, as templates in one place."""

RAISED = "`{function}` raised {kind}: {message}"
AT_LINE = " (line {line})"
NOT_A_TENSOR = "`{function}` returned {got}; it should return a torch tensor"
RETURNED_NONE = "`{function}` returned None: is a `return` missing?"
RESULTS_TYPE = "`{function}` returned {got}; it should return a tuple of {count} results{names}"
RESULTS_COUNT = "`{function}` returned {got} results; it should return {count}{names}"
ONE_TENSOR = "one tensor of shape {shape}"
SHAPE = "the {what} has shape {got}; it should have shape {expected}"
DTYPE = "the {what} is {got}; for {expected} input it should stay {expected}"
NOT_FINITE = (
    "{bad} of {total} elements of the {what} are {kind}; the first, at index {index}, "
    "should be {expected}"
)
ONE_NOT_FINITE = "the {what} is {kind}; it should be {expected}"
VALUES = (
    "{bad} of {total} elements of the {what} differ; the greatest difference is {difference} at index "
    "{index}: it is {got}, it should be {expected} (allowed: {allowed})"
)
ONE_VALUE = "the {what} is {got}; it should be {expected} (allowed difference: {allowed})"
GRADIENT = "gradient with respect to {argument}"
CUT_GRAPH = (
    "the result is not connected to {argument} by autograd, so no gradient flows back; "
    "`.data`, `.item()`, `.detach()`, numpy and `torch.tensor(...)` cut the graph"
)
INPUT_CHANGED = "`{function}` changed its argument {argument}; it should leave it as it was"
INPUT_GRAD = "`{function}` changed `{argument}.grad`; it should leave it alone"
TIMED_OUT = "`{function}` did not finish: {reason}"
CRASHED = "`{function}` ended the process that ran it: {reason}"
MISBEHAVED = "the result cannot be graded: {reason}"
TOO_SLOW = "not run, because a call before it did not finish"
NEEDS = "not run, because it builds on “{needed}”, which failed"
ONE_WAITS = "one more check ({points} points) runs once this passes"
SEVERAL_WAIT = "{count} more checks ({points} points) run once this passes"
NOT_DEFINED = "the notebook does not define `{function}`"
NOT_ATTEMPTED = "not attempted yet"
GRADIENT_FAILED = "going backward through `{function}` raised {kind}: {message}"
CELL_RAISED = "`{function}` is not defined, because cell {cell} raised {kind}: {message}"
INPUT_FLAG = "`{function}` changed `{argument}.requires_grad`; it should leave it as it was"
STATE_OBJECT = (
    "after the call {place} is another tensor; it should be the same object, updated in place"
)
STATE_LEAF = (
    "after the call {place} is no longer a leaf tensor; update it where autograd is switched off"
)
STATE_REQUIRES_GRAD = "after the call {place} no longer requires grad; it should still"
STATE_GRAD = (
    "after the call the grad of {place} is {got}; it should be zero (or None), "
    "or the next backward pass adds to it"
)
STATE_SHAPE = "after the call {place} has shape {got}; it should still have {expected}"
STATE_AUTOGRAD = (
    "after the call autograd is switched off for everything that follows; switch it on again"
)
STATE_LIST = "after the call {place} holds {got} tensors; it should still hold {expected}"
STATE_GROUPS = "after the call {place} holds {got} groups; it should still hold {expected}"
STATE_DECAY = "after the call the weight_decay of {place} is {got}; it should still be {expected}"
NOT_KEPT_OR_DROPPED = (
    "with p = {p}, entry {index} of the input is {value} and became {got}; "
    "it should become 0 or {value} / (1 - p) = {scaled}"
)
NOTHING_DROPPED = "with p = {p}, none of {total} entries was dropped"
NOTHING_KEPT = "with p = {p}, none of {total} entries was kept"
DROP_RATE = (
    "with p = {p}, {got} of {total} entries{where} were dropped ({share:.1%}); it should be between "
    "{low} and {high} (a correct dropout is outside at most once in {odds:.0e} gradings)"
)
AGREEMENT = (
    "with p = {p}, {what} agree in {got} of {total} places; if they were independent, it would be between "
    "{low} and {high} (a correct dropout is outside at most once in {odds:.0e} gradings)"
)
SAME_COUNT = (
    "with p = {p}, {got} of {total} {what} have exactly {count} of {entries} entries dropped; when each "
    "entry is dropped on its own, at most {high} have (a correct dropout has more at most once in {odds:.0e} gradings)"
)
KEPT_GRADIENT = "gradient with respect to X (0 where the entry was dropped, else 1 / (1 - p))"
RAISES_TITLE = "raises {kind}{often}"
RAISES_HINT = (
    "Paste the counterexample into a cell and read the traceback from its last line upwards."
)
PROPERTIES = {
    "type": (
        "does not return a torch tensor",
        "Look at the last line: what does the expression there give?",
    ),
    "results": (
        "does not return its results as a tuple",
        "Look at the last line: several results are returned as `return first, second`, in the contract's order.",
    ),
    "shape": (
        "returns a result of the wrong shape",
        "Compare the shape in the message with the contract: a reduction may keep or drop a dimension.",
    ),
    "dtype": (
        "changes the dtype",
        "The result should have the dtype of the input: look for conversions and new tensors.",
    ),
    "finite": (
        "gives NaN or infinity where the correct result is finite",
        "Which intermediate value is infinite or zero for the input in the message?",
    ),
    "values": (
        "gives wrong values",
        "Work the counterexample out by hand, one operation at a time, and compare.",
    ),
    "gradient": (
        "gives wrong gradients",
        "Some step is treated as a constant, or a backward that you wrote does not match its forward.",
    ),
    "graph": (
        "cuts the autograd graph",
        "Stay with tensor operations from the input to the result: leaving torch loses the gradient.",
    ),
    "input": (
        "changes its input",
        "Operations that end in an underscore, `+=` and item assignment write into the tensor they are given.",
    ),
    "state": (
        "leaves its arguments in the wrong state",
        "The message names what should still hold after the call.",
    ),
    "state:autograd": (
        "leaves autograd switched off",
        "Switch it off for a block only: `with torch.no_grad():` ends by itself, whatever happens inside.",
    ),
    "state:grad": (
        "does not clear every grad",
        "The next backward pass adds to what is there. When, and for which parameters, is it set back?",
    ),
    "state:object": (
        "puts other tensors in the place of the parameters",
        "The model holds the tensors it was given: write into them, instead of making new ones.",
    ),
    "state:list": (
        "changes the list that it was given",
        "Only the tensors inside should change: the model's list has to stay as it is.",
    ),
    "state:leaf": (
        "makes the parameters part of a graph",
        "The update itself should not be recorded by autograd.",
    ),
    "state:requires_grad": (
        "leaves parameters that no longer require grad",
        "The next backward pass needs them: what in the update takes the flag away?",
    ),
    "state:weight_decay": (
        "changes the weight_decay of a group",
        "The groups are used again in the next step: read from them, and leave them as they are.",
    ),
    "random": (
        "does not draw its mask as it should",
        "The message says which count is off: think about what is drawn, how often, and for which entries.",
    ),
}
"""A property that broke, as the title and the hint of a diagnosis."""
RELATIONS = {
    "zero": (
        "gives zeros on every input",
        "Something is multiplied by 0, cleared too early, or never filled.",
    ),
    "factor": (
        "gives {factor} times the correct values on every input",
        "A constant factor is missing, or is applied twice.",
    ),
    "sign": (
        "gives the correct values with the opposite sign",
        "Look for a missing or an extra minus.",
    ),
    "offset": (
        "gives values that are off by {offset} on every input",
        "A constant was added or left out.",
    ),
    "transpose": (
        "gives the transpose of the correct result",
        "Rows are examples: which index is which in your result?",
    ),
    "batch_factor": (
        "divides the correct values by the number of rows",
        "An average over the batch is taken where none is asked for.",
    ),
    "batch_times": (
        "multiplies the correct values by the number of rows",
        "Something is summed over the batch that belongs to one row.",
    ),
}
ONLY_FOR = {
    "one_row": (
        "goes wrong only for an input with one row",
        "What do your reductions and `squeeze` do to a dimension of size 1?",
    ),
    "one_column": (
        "goes wrong only for an input with one column",
        "What do your reductions and `squeeze` do to a dimension of size 1?",
    ),
    "many_rows": (
        "is correct for one row and goes wrong only for several",
        "Rows must not influence one another: check along which dimension you reduce and broadcast.",
    ),
    "many_columns": (
        "is correct for one column and goes wrong only for several",
        "Check along which dimension you reduce and broadcast.",
    ),
    "strided": (
        "goes wrong only for tensors that are not contiguous in memory",
        "A transpose has its elements in another order in memory: avoid relying on that order.",
    ),
    "no_dimensions": (
        "goes wrong only for tensors without dimensions",
        "A single number is a tensor too: don't rely on rows or a length.",
    ),
}
INTERRUPTED = "it was interrupted"
NO_ANSWER = "no answer within {seconds:g} seconds"
NOT_RELEASED = "this check cannot be run here: no cases of it were released with the notebook"
CHECK_INTERRUPTED = "The check was interrupted before it had finished."
CHECK_FAILED = (
    "The check itself failed ({kind}: {message}). That says nothing about your answer: tell your "
    "instructor, and go on."
)
CHECK_BROKEN = (
    "A check could not be run. That says nothing about your answer: copy the .battery file again from "
    "the folder of the assignment, and tell your instructor if that doesn't help."
)
OTHER_VERSION = (
    "The cases beside this notebook were recorded by version {released} of the autograder; installed is "
    "{installed}. The grade may differ from what you see here."
)
PLACE = "cell {cell}, line {line}"
PLACE_AT_HOME = "line {line}"
FORBIDDEN = "`{function}` uses {name} ({place}), which is not allowed in this exercise"
FORBIDDEN_OPERATOR = "`{function}` ends up in {name}, which is not allowed in this exercise"
ADVICE_VECTORIZE = (
    "`{function}` runs {few_operators} operators for {few} rows and {many_operators} for {many}; "
    "operations on the whole tensor need the same number for any number of rows, and are much faster"
)
ADVICE_PRINTS = (
    "`{function}` prints whenever it is called; a training loop calls it thousands of times"
)
ADVICE_SHADOWED = "{place}: the name `{name}` hides Python's built-in of that name; choose another"
ADVICE_NOT_CALLED = "{place}: `{name}` is named but not called; the parentheses are missing"
ADVICE_UNUSED = "{place}: `{name}` is defined but never used"
ADVICE_FLOAT64 = (
    "{place}: `{function}` converts to float64, which takes twice the memory; a numerically stable "
    "formula doesn't need it"
)
ADVICE_STUB = "{place}: the stub's `raise NotImplementedError()` is still there; delete it"
BATTERY_AGAIN = "Copy it again from the folder of the assignment."
BATTERY_OTHER = "{file} is not a file of recorded cases. " + BATTERY_AGAIN
BATTERY_DAMAGED = "{file} is damaged. " + BATTERY_AGAIN
BATTERY_TOO_LARGE = "{file} is too large for recorded cases. " + BATTERY_AGAIN
BATTERY_UNREADABLE = "{file} cannot be read ({reason}). " + BATTERY_AGAIN
BATTERY_OLD = "{file} has the old format {written}; the autograder reads {read}. " + BATTERY_AGAIN
BATTERY_NEW = (
    "{file} has the new format {written}; the autograder reads {read}. Update the autograder."
)
BATTERY_MISSING = "There are no recorded cases of `{exercise}` here. Looked for in: {places}."
BATTERY_SEEN = "There are cases of {names}."
BATTERY_NONE_SEEN = "There are none of any exercise."
BATTERY_GET = (
    "Copy the .battery file that was handed out with the notebook into the notebook's folder, or install your "
    "course's package, and run this cell again. In VS Code, open the folder that holds the notebook."
)
BATTERY_COLAB = (
    "Colab opens a notebook without the files beside it: install your course's package (`%pip install` and its file "
    "or address), or upload the .battery file with `from google.colab import files; files.upload()`, and run this "
    "cell again."
)
CHECKS_MISSING = (
    "The cases of `{exercise}` are here, but not its checks: they are in your course's package, which is not "
    "installed, or is an old one. Install it, and run this cell again."
)
OTHER_NAME = "There is no exercise `{exercise}` here. Did you mean `{close}`?"
NOT_A_NAME = 'check() takes the name of the function as a text, such as check("softmax"); it was given an object of type {kind}.'
CLASH = (
    "Another package that is called autograder, {strangers}, is installed here as well, and both write into the same "
    "folder. Uninstall it, and install ours again: python -m pip uninstall {strangers}; "
    "python -m pip install --force-reinstall --no-deps and the file or address of {ours}."
)
