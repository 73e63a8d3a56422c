"""Every sentence that a student reads about a check, as templates in one place.

Every template that is read from this module is in the language of `autograder.language`.
"""

import sys

from autograder.language import Translated

RAISED = "`{function}` raised {kind}: {message}"
AT_LINE = " (line {line})"
MISSING_MODULES = (
    "{message}. It imports {modules}, which is not installed where it is graded: the names that come from "
    "there are missing."
)
NOTHING_CHECKED = "{path}: no cell calls `check(...)`, so nobody knows which function to check"
CELL_FAILED = (
    "the cell with `{function}` last failed ({kind}{line}), so there are no points; what follows is about "
    "the version that was run before it"
)
AT_CELL_LINE = ", line {line}"
NOT_SAVED = "the answer that you ran is not saved yet: save the notebook before you hand it in"
STUB_LEFT = "`raise NotImplementedError()` is still there (line {line}): delete it"
NOT_DETACH = "{message}. Don't follow this advice here: after `detach()` no gradient flows back."
NOT_A_TENSOR = "`{function}` returned {got}; it should return a torch tensor"
NOT_AN_ARRAY = (
    "the {what} of `{function}` is {got}; it should be a NumPy array of float32 or float64"
)
NO_TENSOR_AMONG_RESULTS = "the {what} of `{function}` is {got}; it should be a torch tensor"
RETURNED_NONE = "`{function}` returned None: is a `return` missing?"
RESULTS_TYPE = "`{function}` returned {got}; it should return a tuple of {count} results{names}"
RESULTS_COUNT = "`{function}` returned {got} results; it should return {count}{names}"
NOT_A_NUMBER = (
    "the {what} is {got}; it should be a number (of Python, or a tensor without dimensions)"
)
ONE_NUMBER = "the {what} is {got}; it should be {expected}"
BATCHES_LIST = "`{function}` changed the list {name}; it should leave it as it was"
ONE_TENSOR = "one tensor of shape {shape}"
TORCH_TENSOR = "a torch tensor"
NUMPY_NUMBER = "a NumPy number"
NUMPY_ARRAY = "a NumPy array"
NUMBER_OF_DTYPE = "a single {dtype} number"
PYTHON_VALUE = "the Python {kind} {value}"
PYTHON_CONTAINER = "a Python {kind}"
A_TENSOR = "a tensor"
ATTEMPTS = (
    "to open a socket",
    "to open {path}",
    "to run {program}",
    "to start a process",
    "to signal another process",
    "to change {path}",
    "to call the C library",
)
"""A worker's names for attempts of student code (`sandbox.worker.attempts`)."""
OBJECTS = (
    "a numpy.ndarray of shape {shape} and dtype {dtype}",
    "a dict with a key that is a {kind}",
    "the dtype {dtype}",
    "a {kind}",
)
"""A worker's names for objects that are no tensor, no number and no text (`sandbox.wire.packing`)."""
SHAPE = "the {what} has shape {got}; it should have shape {expected}"
DTYPE = "the {what} is {got}; for {expected} input it should stay {expected}"
OTHER_DTYPE = "the {what} is {got}; it should be {expected}"
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
RESULT = "result"
CALLED = (
    "result[{place}]",
    "result with training=False and p = {p}",
    "result with p = {p}",
    "gradient with p = 0",
    "a mask and the next, moved by one,",
    "a mask and the next, moved by one, back",
    "neighbours along dimension {dim}",
    "the halves along dimension {dim}",
    " that are 0 in X",
    " that are positive",
    " that are negative",
    " that are small",
    " that are large",
    " in {calls} calls",
    " at place {place}, one in each of {calls} calls,",
    "tensor of features",
    "tensor of labels",
    "mean",
    "variance",
    "slope where X is 0 (anything from 0 to 1 is correct)",
    "{what} exceeds {limit}",
    "the magnitude of an input",
    "an input of column {column} is positive",
    "the two inputs of an example have the same sign",
    "neighbouring rows of the inputs have the same signs",
    "the two halves of the inputs have the same signs",
    "the inputs of two calls have the same signs",
    "y - (Xw + b) has the sign of input {column}",
    "the noise of a label is positive",
    "the magnitude of a label's noise, divided by 0.01,",
    "the noise of neighbouring labels has the same sign",
    "the noise in the two halves has the same sign",
    "the noise of two calls has the same sign",
    "result {name}",
)
"""Names that the engine's own checks give to compared things, where it isn't a constant `what=`; a value
called `what` is one of these, too."""
INFINITE = "infinite"
NAN_OR_INFINITE = "nan or infinite"
UP_TO = "up to {got}"
NEXT_TO = "{one}, {other}"
SIZES = "{sizes} ({count} batches)"
AS_IT_WAS = "as it was"
ZERO_OR_NONE = "zero or None"
STANDS_FOR = "stands for {count} values"
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
NEEDS = "not run, because it builds on “{needed}”, which did not pass"
ONE_WAITS = "one more check ({points} points) runs once this passes"
SEVERAL_WAIT = "{count} more checks ({points} points) run once this passes"
NOT_DEFINED = "the notebook does not define `{function}`"
DEFINED_NEAR = ", but it defines `{near}`: the name has to be exactly the same"
NOT_ATTEMPTED = "not attempted yet"
NO_NOTEBOOK = "No notebook of this assignment was found in what was handed in."
NOT_HANDED_IN = "{notebook}.ipynb was not handed in"
NOT_GRADED = "{notebook}.ipynb could not be graded"
NOTHING_GRADED = (
    "The notebook could not be read, so nothing in it was graded. Open it in Jupyter, run its cells, "
    "save it, and ask your instructor how to hand it in again."
)
NO_CHECKS = "this cell has no checks in the course, so an instructor has to grade it"
GRADIENT_FAILED = "going backward through `{function}` raised {kind}: {message}"
CELL_RAISED = "`{function}` is not defined, because cell {cell} raised {kind}: {message}"
CELL_UNFINISHED = "`{function}` is not defined, because cell {cell} did not finish: {reason}"
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
STATE_GRAPH = (
    "after the call {place} requires grad: it is part of a graph that grows with every call; "
    "update it where autograd is switched off"
)
STATE_LIST = "after the call {place} holds {got} tensors; it should still hold {expected}"
STATE_TENSOR = "after the call {place} is {got}; it should still be a tensor"
STATE_NO_LIST = "after the call {place} is {got}; it should still be a list"
STATE_GROUPS = "after the call {place} holds {got} groups; it should still hold {expected}"
STATE_DECAY = "after the call the weight_decay of {place} is {got}; it should still be {expected}"
NOT_ZERO_BEYOND = "beyond the length the result holds {largest}; it should be exactly 0 there"
SAME_TENSOR = (
    "a caller wrote {value} into the first result, and the next result holds it, too; every call should give a "
    "tensor of its own"
)
CONSTANT_REQUIRES_GRAD = "the result requires grad; it is a constant, and needs none"
GRAD_OF = "grad of {place}"
GRAD_LOST = "after the call the {what} is None; it should still be a tensor"
GRAD_NOT_KEPT = (
    "the {what} changed, by up to {difference}, though the grads are not to be scaled here; it should stay as "
    "it is, to the last bit"
)
VALUES_NOT_KEPT = "after the call {place} has other values; the call should change grads alone"
NOT_KEPT_OR_DROPPED = (
    "with p = {p}, entry {index} of the input is {value} and became {got}; "
    "it should become 0 or {value} / (1 - p) = {scaled}"
)
NOTHING_DROPPED = "with p = {p}, none of {total} entries was dropped, in {calls} calls"
NOTHING_KEPT = "with p = {p}, none of {total} entries was kept, in {calls} calls"
DROP_RATE = (
    "with p = {p}, {got} of {total} entries{where} were dropped ({share:.1%}); it should be between "
    "{low} and {high} (a correct dropout is outside at most once in {odds:.0e} gradings)"
)
AGREEMENT = (
    "with p = {p}, {what} agree in {got} of {total} places; if they were independent, it would be between "
    "{low} and {high} (a correct dropout is outside at most once in {odds:.0e} gradings)"
)
SAME_COUNT = (
    "with p = {p}, {got} of {total} {what} have {count} of {entries} entries dropped, give or take one; when each "
    "entry is dropped on its own, at most {high} have (a correct dropout has more at most once in {odds:.0e} gradings)"
)
NO_CATEGORY = "{got} of {total} draws are no category; the first of them is {value}, and the categories are 0 to {last}"
CATEGORY_COUNT = (
    "category {category} has probability {probability} and came up in {got} of {total} draws ({share:.1%}); it "
    "should be between {low} and {high} (a correct answer is outside at most once in {odds:.0e} gradings)"
)
IMPOSSIBLE_CATEGORY = "category {category} has probability 0, and yet categories of probability 0 came up in {got} of {total} draws"
DRAWS_AGREE = (
    "{what} agree in {got} of {total} places; if the draws were independent, it would be between {low} and {high} "
    "(a correct answer is outside at most once in {odds:.0e} gradings)"
)
SAME_CATEGORY_COUNT = (
    "in {got} of {total} calls category {category} came up about {count} times in {n} draws, give or take one; of "
    "independent draws at most {high} calls do (a correct answer has more at most once in {odds:.0e} gradings)"
)
COUNT = (
    "in {got} of {total} cases {what}; it should be between {low} and {high} "
    "(a correct answer is outside at most once in {odds:.0e} gradings)"
)
COINCIDENCES = (
    "{got} of {total} examples {what}; where all of them are mixed anew, at most {most} do "
    "(a correct answer has more at most once in {odds:.0e} gradings)"
)
SAME_HALF = (
    "{got} of the first {half} examples come in the first half; in a random order it is between {low} and "
    "{high} (a correct answer is outside at most once in {odds:.0e} gradings)"
)
SAME_HALVES = (
    "{got} of the {half} examples in the first half of one call are in the first half of another, too; in random "
    "orders it is between {low} and {high} (a correct answer is outside at most once in {odds:.0e} gradings)"
)
SAME_END = (
    "example {index} comes at place {place} in each of {calls} calls; where every order is random, another one comes "
    "there in some call (a correct answer misses that at most once in {odds:.0e} gradings)"
)
SAME_ORDER = "two calls gave the examples in exactly the same order; each call should mix them anew"
ZERO_INPUTS = "the inputs of a single example are all 0; they should be random"
REPEATED_ROWS = (
    "{repeated} of {total} rows of X are copies of others; every example is drawn on its own"
)
NOT_EXPLAINED = "y differs from Xw + b by {mean} on average; the mean of the noise is 0"
NO_NOISE = (
    "y differs from Xw + b by up to {largest}; noise with a standard deviation of {std} is never more "
    "than {most} away"
)
NO_BATCHES = (
    "`{function}` gave {got}; it should give pairs (features, labels), a minibatch after the other"
)
NO_PAIR = (
    "`{function}` gave {got} as batch {place}; it should be a pair of tensors (features, labels)"
)
HOLDS = "a {kind} of {count} ({inside})"
BATCH_SIZES = "the batches hold {got} examples; they should hold {expected}"
BATCH_FEATURES = "tensor of features in batch {place}"
BATCH_LABELS = "tensor of labels in batch {place}"
UNKNOWN_EXAMPLE = "batch {place} holds {row}, which is no row of the features"
EXAMPLE_COUNT = "example {index} comes {count} times; every example should come exactly once"
OTHER_LABEL = "example {index} comes with the label {got}; its own label is {expected}"
KEPT_GRADIENT = "gradient with respect to X (0 where the entry was dropped, else 1 / (1 - p))"
EXCEPTIONS = {
    "undefined": (
        "raises {kind}: the name `{name}` is not defined",
        "Is it a variable of another function, a slip of the keyboard, or an import that is missing?",
    ),
    "undefined_near": (
        "raises {kind}: the name `{name}` is not defined, but `{near}` is",
        "Compare the two names, letter by letter.",
    ),
    "unassigned": (
        "raises {kind}: the variable `{name}` is used before it has a value",
        (
            "On which way through your function does it get no value? A name that is assigned anywhere in a function "
            "is the function's own."
        ),
    ),
    "unassigned_near": (
        "raises {kind}: the variable `{name}` is used before it has a value; there is also `{near}`",
        (
            "On which way through your function does it get no value? A name that is assigned anywhere in a function "
            "is the function's own."
        ),
    ),
    "none": (
        "raises {kind}: it uses None as if it were a value",
        "Which operation gives None: a function without `return`, a `.grad` that was cleared, an in-place method?",
    ),
    "module_attribute": (
        "raises {kind}: `{owner}` has no `{name}`",
        "Look the function up in the documentation: what is it called, and where is it?",
    ),
    "module_attribute_near": (
        "raises {kind}: `{owner}` has no `{name}`, but it has `{near}`",
        "Compare the two names, letter by letter, and look up what the existing one does.",
    ),
    "attribute": (
        "raises {kind}: an object of type `{owner}` has no `{name}`",
        "What is the object at that place? Print its type.",
    ),
    "attribute_near": (
        "raises {kind}: an object of type `{owner}` has no `{name}`, but it has `{near}`",
        "Compare the two names, letter by letter.",
    ),
    "device": (
        "gives a tensor on {name}, not where its input is",
        (
            "The function has to work wherever its input is, and notebooks are graded on a CPU. Make new tensors on "
            "`X.device`, and call neither `.cuda()` nor `.to('cuda')`."
        ),
    ),
    "no_result": (
        "gives something that cannot be graded: {name}",
        "Print the result's type, its dtype and its device: are they what the exercise asks for?",
    ),
    "sizes": (
        "raises {kind}: dimensions of sizes {first} and {second} do not broadcast",
        "Print the shapes of both operands: which one lacks a dimension of size 1 (`keepdim`, `unsqueeze`)?",
    ),
    "array_sizes": (
        "raises {kind}: arrays of shapes {first} and {second} do not broadcast",
        "Print the shapes of both operands: which one lacks a dimension of size 1 (`keepdims`, `None`)?",
    ),
    "array_product": (
        "raises {kind}: a matrix of {first} columns cannot be multiplied by one of {second} rows",
        "The columns of the first have to be as many as the rows of the second.",
    ),
    "product_of_number": (
        "raises {kind}: it uses an array without dimensions in a matrix product",
        "Which `squeeze`, index or reduction leaves no dimension where there is a single entry?",
    ),
    "singular": (
        "raises {kind}: it inverts, or solves with, a matrix that has no inverse",
        "Which matrix is it? Print it, and its shape: why are its columns not independent?",
    ),
    "not_square": (
        "raises {kind}: it needs a square matrix and is given another one",
        "Print the shape of the matrix. An inverse needs as many rows as columns: which matrix here has them?",
    ),
    "matrices": (
        "raises {kind}: matrices of shapes {first} and {second} cannot be multiplied",
        "The columns of the first have to be as many as the rows of the second.",
    ),
    "reshape": (
        "raises {kind}: the number of elements, {second}, does not fit the shape {first}",
        "Which sizes does the new shape take from the input, and which are written as constants?",
    ),
    "expand": (
        "raises {kind}: a tensor of shape {first} does not fit into the shape {second}",
        "Print the shapes on both sides. Which dimension is missing, or in the wrong place?",
    ),
    "assigned": (
        "raises {kind}: values of shape {first} do not fit into a place of shape {second}",
        "Print the shapes on both sides of the assignment.",
    ),
    "indices": (
        "raises {kind}: indices of shapes {first} and {second} do not go together",
        "Each pair of indices picks one element: there have to be as many of the first as of the second.",
    ),
    "xor": (
        "raises {kind}: `^` compares bits, which these numbers don't have",
        "In a formula on paper `^` often means a power. Which operator is that in Python?",
    ),
    "inference": (
        "raises {kind}: a tensor from `torch.inference_mode()` meets autograd",
        "What is made in that mode stays without gradients for ever. Which block only stops recording?",
    ),
    "leaf": (
        "raises {kind}: it changes a tensor that requires grad in place while autograd records",
        (
            "A parameter may be changed in place, but the update should not be recorded: for which lines should autograd "
            "be off? An input that isn't yours to change should stay as it is: make a new tensor instead."
        ),
    ),
    "gpu": (
        "raises {kind}: it uses a GPU",
        (
            "The function has to work wherever its input is, and notebooks are graded on a CPU. Make new tensors on "
            "`X.device`, and call neither `.cuda()` nor `.to('cuda')`."
        ),
    ),
    "numpy": (
        "raises {kind}: it turns a tensor that requires grad into a NumPy array",
        (
            "Stay with torch's own operations. Don't follow PyTorch's advice to call `detach()` here: the gradient would be "
            "lost."
        ),
    ),
    "bool_minus": (
        "raises {kind}: it uses minus with a tensor of booleans",
        "The opposite of a mask is `~mask`; or turn it into numbers first.",
    ),
    "array_bool_minus": (
        "raises {kind}: it uses minus with an array of booleans",
        "The opposite of a mask is `~mask`; or turn it into numbers first.",
    ),
    "overwritten": (
        "raises {kind}: a tensor that the backward pass needs was overwritten in place",
        "Which operation writes into an intermediate result (`+=`, item assignment, a trailing underscore)?",
    ),
    "no_graph": (
        "raises {kind}: it calls for the gradient of something that has no graph",
        "Which tensor requires grad, and does every step from it to the result stay in torch?",
    ),
    "view": (
        "raises {kind}: `view` cannot give a tensor that is not contiguous another shape",
        "A transpose has its elements in another order in memory. Which function makes a copy where it must?",
    ),
    "out_of_range": (
        "raises {kind}: it asks for index {name} of a dimension that has {size} entries",
        "Indices count from 0. From which shape does the index, or the bound of the loop, come?",
    ),
    "no_dimension": (
        "raises {kind}: it asks for dimension {name} of a tensor that has not as many",
        "Dimensions count from 0. Print the shape of the tensor at that place.",
    ),
    "no_axis": (
        "raises {kind}: it asks for axis {name} of an array that has {size} dimensions",
        "Axes count from 0. Print the shape of the array at that place.",
    ),
    "list_index": (
        "raises {kind}: it asks for an entry that a list or tuple does not have",
        "Indices count from 0. From where does the bound come?",
    ),
    "no_dimensions": (
        "raises {kind}: it indexes a tensor that has no dimensions",
        "A single number is a tensor, too: rows and `[:]` are not there. Does your code need them?",
    ),
    "no_rows": (
        "raises {kind}: it asks for the rows of a tensor that has no dimensions",
        "A single number is a tensor, too. Does a `squeeze`, or a reduction, leave too few dimensions?",
    ),
    "array_no_dimensions": (
        "raises {kind}: it indexes an array that has no dimensions",
        "A single number is an array, too: rows and `[:]` are not there. Does your code need them?",
    ),
    "array_no_rows": (
        "raises {kind}: it asks for the length, or the rows, of an array that has no dimensions",
        "A single number is an array, too. Does your code need its length?",
    ),
    "array_many_indices": (
        "raises {kind}: it uses more indices than the {size} dimensions of an array",
        "Print the shape of the array at that place: which reduction has removed a dimension?",
    ),
    "many_indices": (
        "raises {kind}: it uses more indices than the {size} dimensions of a tensor",
        "Print the shape of the tensor at that place: which reduction has removed a dimension?",
    ),
    "number": (
        "raises {kind}: `{name}` is given a Python {owner} where it needs a tensor",
        "For plain numbers there is the module `math`; or compute with tensors from the beginning.",
    ),
    "index_dtype": (
        "raises {kind}: it indexes with numbers that are not integers",
        "Labels are integers. Which operation made floating-point numbers of them?",
    ),
    "dtypes": (
        "raises {kind}: it combines values of different dtypes",
        "Print the dtypes of both operands. Which of your lines names a dtype, or makes a new tensor?",
    ),
    "scalar": (
        "raises {kind}: it turns a tensor that has not exactly one element into one Python number",
        "`item`, `float` and `math` take a single element. Which operations of torch work on all elements at once?",
    ),
    "array_scalar": (
        "raises {kind}: it turns an array into one Python number",
        "`float` and `math` take a single number. Which operations of NumPy work on all elements at once?",
    ),
    "array_truth": (
        "raises {kind}: it uses an array of several elements as a condition",
        "An `if` takes one decision. To decide for each element, use a mask or `np.where`.",
    ),
    "truth": (
        "raises {kind}: it uses a tensor of several elements as a condition",
        "An `if` takes one decision. To decide for each element, use a mask or `torch.where`.",
    ),
    "unpack": (
        "raises {kind}: it unpacks {first} values where there is another number of them",
        "How many entries are there: does the tensor have another number of dimensions than you expect?",
    ),
    "zero_division": (
        "raises {kind}: it divides by zero",
        "For which arguments is the divisor zero, and what should come out then?",
    ),
    "recursion": (
        "raises {kind}: its calls are nested too deeply",
        (
            "Does it call itself without end? Is there another function of the same name that you mean, such as "
            "Python's own?"
        ),
    ),
    "missing_key": (
        "raises {kind}: a dict has no entry `{name}`",
        "Is the entry optional? Then say what counts where it is missing.",
    ),
    "missing_module": (
        "raises {kind}: there is no module `{name}`",
        "torch and NumPy are there, also where answers are graded. Do without the other.",
    ),
    "stub": (
        "raises {kind}: the stub's line is still there, or a case is not implemented",
        "Delete `raise NotImplementedError()` once there is an answer.",
    ),
    "missing_argument": (
        "raises {kind}: `{owner}` is called with too few arguments",
        "Compare the call with the `def` line.",
    ),
    "extra_keyword": (
        "raises {kind}: it passes `{name}=` to `{owner}`, which has no such argument",
        "Is it a slip, or another library's word? NumPy says `axis` and `keepdims`, PyTorch `dim` and `keepdim`.",
    ),
    "extra_argument": (
        "raises {kind}: `{owner}` is called with other arguments than it takes",
        "Compare the call with the `def` line: a contract's argument may be missing in yours.",
    ),
    "not_callable": (
        "raises {kind}: it calls an object of type `{owner}`, which is no function",
        "Are there parentheses in the place of brackets, or does a variable hide a function of the same name?",
    ),
    "not_subscriptable": (
        "raises {kind}: it indexes an object of type `{owner}`, which cannot be indexed",
        "Are there brackets in the place of parentheses? What is the object at that place?",
    ),
    "other": (
        "raises {kind}: {text}",
        "Paste the counterexample into a cell and read the traceback from its last line upwards.",
    ),
    "silent": (
        "raises {kind}",
        "Paste the counterexample into a cell and read the traceback from its last line upwards.",
    ),
}
"""The topic of an exception (grading/feedback/exceptions.py), as title and hint of a diagnosis."""
NEAREST_FORBIDDEN = "The nearest existing name is not allowed in this exercise. Which other operations would do the same?"
"""The hint about a name that isn't there, where the nearest one is forbidden: then it is not suggested."""
RAISED_AT = "It was raised in line {line}."
RAISED_FOR = {
    "every": "It is raised for every input of the check.",
    "some": "It is raised for some inputs only.",
    "backward": "It is raised in the backward pass.",
    "grad": "It is raised only for inputs that require gradients.",
    "one_row": "It is raised only for inputs with one row.",
    "one_column": "It is raised only for inputs with one column.",
    "one_entry": "It is raised only where a dimension has a single entry.",
    "many_rows": "It is raised only for inputs with several rows.",
    "many_columns": "It is raised only for inputs with several columns.",
    "strided": "It is raised only for tensors that are not contiguous in memory.",
    "no_dimensions": "It is raised only for tensors without dimensions.",
    "not_matrix": "It is raised only for tensors that are no matrices.",
    "later_call": "It is raised only in calls that go on from one before.",
    "square": "It is raised only for inputs with as many rows as columns.",
    "not_square": "It is raised only for inputs with another number of rows than of columns.",
    "float64": "It is raised only for float64.",
    "extreme": "It is raised only for inputs of great magnitude.",
    "tiny": "It is raised only for inputs of small magnitude.",
    "missing_class": "It is raised only where the last class is not among the labels.",
    "has_zero": "It is raised only for inputs with an entry that is 0.",
    "evaluation": "It is raised only when training is False.",
}
PROPERTIES = {
    "type": (
        "returns another type than is asked for",
        "Look at the last line: what does the expression there give?",
    ),
    "type:part": (
        "gives another kind of object in the place of a result",
        "Which of the results is it, and which line makes it? Compare what it is with the contract.",
    ),
    "type:batches": (
        "returns an object that a loop cannot go through",
        "for X, y in data_iter(...): what does your last line return? A function has to be called first.",
    ),
    "type:number": (
        "does not return a number",
        "Look at the last line: which kind of value does the expression there give, and of which shape?",
    ),
    "results": (
        "does not return its results as a tuple",
        "Look at the last line: several results are returned as `return first, second`, in the contract's order.",
    ),
    "results:count": (
        "returns the wrong number of results: {count} where {due} are asked for",
        "Look at the last line, and at the contract: which results are asked for, and in which order?",
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
    "finite:gradient": (
        "gives a gradient of NaN or infinity where the correct one is finite",
        "Which operation has no finite slope for the input in the message: a root at 0, a power, a division?",
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
        (
            "Follow the input to the result: a copy made of numbers, `.detach()`, `.data`, `no_grad`, NumPy and a new tensor "
            "all lose the gradient."
        ),
    ),
    "graph:argument": (
        "lets no gradient flow back to {argument}",
        (
            "Follow {argument} to the result: a copy made of numbers, `.detach()`, `.data`, `no_grad`, NumPy and a new tensor "
            "all lose the gradient."
        ),
    ),
    "input:array": (
        "changes its input",
        "`+=` and its like, item assignment, `out=` and methods such as `sort` write into the array they are given.",
    ),
    "input:list": (
        "changes the list that it was given",
        "The caller goes on using the list. Which of your lines takes something out of it, or puts something in?",
    ),
    "input:dict": (
        "changes the dict that it was given",
        "A list in the dict is the caller's own. Which of your lines writes into one, or takes one out of the dict?",
    ),
    "input": (
        "changes its input",
        "Operations that end in an underscore, `+=` and item assignment write into the tensor they are given.",
    ),
    "shape:batches": (
        "gives batches of other sizes than asked for",
        "Follow your loop by hand for 5 examples in batches of 2: which examples does each round take?",
    ),
    "shape:batch": (
        "gives batches whose shape is not that of the data",
        "The first dimension counts the examples of a batch. Which of your steps changes the others?",
    ),
    "results:pair": (
        "gives batches that are no pair of tensors",
        "for X, y in data_iter(...): what would X and y be? Print the type of each.",
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
    "state:graph": (
        "keeps a graph in the state that it updates",
        "What is kept from call to call should be plain numbers: which lines should autograd not record?",
    ),
    "state:requires_grad": (
        "leaves parameters that no longer require grad",
        "The next backward pass needs them: what in the update takes the flag away?",
    ),
    "state:shared": (
        "returns the same tensor at every call",
        "What happens to what your function keeps when a caller writes into the result?",
    ),
    "state:constant": (
        "returns a tensor that requires grad",
        "Is what you return learned, or a constant?",
    ),
    "state:lost": (
        "leaves None in the place of a grad",
        "Print `params[0].grad` after the call: the optimizer still needs it.",
    ),
    "state:touched": (
        "changes grads that should stay as they are",
        "Multiplying by a factor of nearly 1 is a change, too. When should nothing be multiplied at all?",
    ),
    "state:values": (
        "changes the values of the parameters",
        "Print a parameter before and after the call: only its grad should change.",
    ),
    "values:scaled": (
        "leaves wrong grads",
        "Work the counterexample out by hand, one operation at a time, and compare.",
    ),
    "state:weight_decay": (
        "changes the weight_decay of a group",
        "The groups are used again in the next step: read from them, and leave them as they are.",
    ),
    "random": (
        "does not draw its random numbers as it should",
        "The message says which count is off: think about what is drawn, how often, and for which entries.",
    ),
}
"""A property that broke, as the title and the hint of a diagnosis."""
SUBJECTS = {
    "result": "values",
    "gradient": "gradients",
    "update": "values",
    "grad": "grads",
    "scaled": "grads",
}
"""The wrong thing that a title names."""
RELATIONS = {
    "factor": (
        "gives {factor} times the correct {what}",
        "By what are the {what} multiplied or divided, in all? A factor is missing, or there once too often.",
    ),
    "factor_zero": (
        "gives {what} of zero on every input",
        "Something is multiplied by 0, cleared too early, or never filled.",
    ),
    "factor_sign": (
        "gives the correct {what} with the opposite sign",
        "Look for a missing or an extra minus.",
    ),
    "step": (
        "moves the parameters by {factor} times the correct step",
        "Follow each factor of the step through your code: which one is missing, or there once too often?",
    ),
    "step_zero": (
        "does not move any parameter",
        "`w = w - ...` makes a new tensor and leaves the old one as it was. Which operations change the tensor itself?",
    ),
    "step_sign": (
        "moves the parameters by the correct step in the opposite direction",
        "The gradient points to where the loss grows.",
    ),
    "decay": (
        "adds {factor} times the correct decay",
        "By what is the weight multiplied, in all, in the term of the decay?",
    ),
    "no_decay": (
        "moves the parameters along their gradients, without any decay",
        "With all gradients zero, what should happen to a weight whose group decays?",
    ),
    "kept_factor": (
        "multiplies the entries that it keeps by {factor}",
        "With which factor is the mean of an entry, over many calls, the entry itself?",
    ),
    "kept_unchanged": (
        "leaves the entries that it keeps as they are",
        "With which factor is the mean of an entry, over many calls, the entry itself?",
    ),
    "columns_add_up": (
        "gives columns that add up to 1, where rows should",
        "Each row is one example. Along which dimension do you add up?",
    ),
    "all_adds_up": (
        "gives entries that add up to 1 all together, where each row should",
        "Along which dimension do you add up? Try two identical rows.",
    ),
    "rows_add_up": (
        "gives rows that add up to {sum}, where they should add up to 1",
        "Which sum is each row divided by?",
    ),
    "rows_still_add_up": (
        "gives rows that add up to 1, as they should, but with wrong entries",
        "The division is as it should be. What do you divide: try the row [0, 1] by hand.",
    ),
    "negative": (
        "gives negative entries where none should be",
        "Which operation should make every entry positive?",
    ),
    "above_one": (
        "gives entries above 1, where none should be",
        "Which sum is each row divided by?",
    ),
    "log": (
        "gives the logarithm of the correct {what}",
        "Which last step is one too many?",
    ),
    "exp": (
        "gives the exponential of the correct {what}",
        "Which last step is one too many, or which logarithm is missing?",
    ),
    "square": ("gives the square of the correct {what}", "Which power is one too many?"),
    "root": ("gives the square root of the correct {what}", "Which root is one too many?"),
    "reciprocal": (
        "gives 1 divided by the correct {what}",
        "Which two sides of a fraction are the wrong way round?",
    ),
    "complement": (
        "gives 1 minus the correct {what}",
        "Is it the share of what you want, or of everything else?",
    ),
    "absolute": (
        "gives the correct {what} without their signs",
        "Where do the signs get lost: `abs`, a square, a norm?",
    ),
    "transpose": (
        "gives the transpose of the correct {what}",
        "Rows are examples: which index is which in your result?",
    ),
    "rows_reversed": (
        "gives the correct {what} with the rows in reverse order",
        "In which order do you collect the rows?",
    ),
    "columns_reversed": (
        "gives the correct {what} with the columns in reverse order",
        "In which order do you collect the columns?",
    ),
    "cumulated": (
        "adds up the correct {what} from row to row",
        "Which variable keeps what earlier rows left in it?",
    ),
    "mean_for_each": (
        "gives each entry the mean of the correct {what}",
        "An average is taken where none is asked for.",
    ),
    "sum_for_each": (
        "gives each entry the sum of the correct {what}",
        "A sum is taken where none is asked for.",
    ),
    "first_for_each": (
        "gives every row the correct {what} of the first",
        "Which index does not change from row to row?",
    ),
    "last_for_each": (
        "gives every row the correct {what} of the last",
        "Which variable is overwritten by each row, and used for all?",
    ),
    "angle": (
        "gives angles whose cosines are the correct {what}",
        "Which last step is one too many?",
    ),
    "rounded": (
        "rounds the correct {what}",
        "Rounding is for printing: the caller needs every digit.",
    ),
    "clipped_at_zero": (
        "replaces negative {what} by 0",
        "Which operation leaves nothing below 0 (`clamp`, `relu`, `maximum`)?",
    ),
    "offset": (
        "gives {what} that are off by {offset}, on every input",
        "A constant was added or left out.",
    ),
    "row_factor": (
        "gives rows that are the correct ones, each times a number of its own",
        "By what do you divide or multiply each row?",
    ),
    "row_offset": (
        "gives rows that are the correct ones, each plus a number of its own",
        "What do you add to each row, or leave out?",
    ),
    "column_factor": (
        "gives columns that are the correct ones, each times a number of its own",
        "By what do you divide or multiply each column?",
    ),
    "column_offset": (
        "gives columns that are the correct ones, each plus a number of its own",
        "What do you add to each column, or leave out?",
    ),
    "answer_factor": (
        "gives the correct {what} times a number that differs from call to call",
        "By what do you divide or multiply the whole result? It depends on the input.",
    ),
    "answer_offset": (
        "gives the correct {what} plus a number that differs from call to call",
        "What do you add to the whole result, or leave out? It depends on the input.",
    ),
    "epsilon": (
        "takes the logarithm of numbers that are {epsilon} too large",
        "What is added before the logarithm? Small numbers are lost beside it.",
    ),
    "capped": (
        "gives {what} of {limit} at most, where some of the correct ones are larger",
        "Which operation lets nothing pass above a limit (`clamp`, `clip`, `minimum`)?",
    ),
    "floored": (
        "gives {what} of {limit} at least, where some of the correct ones are smaller",
        "Which operation lets nothing pass below a limit (`clamp`, `clip`, `maximum`)?",
    ),
    "slight": (
        "gives {what} that are nearly correct: off by up to {share} of the greatest",
        "The formula is nearly the correct one. Is a constant rounded, or a small number added?",
    ),
}
"""The relation between all answers to a check and the correct ones."""
OF_RESULT = "values for {name}"
"""`what` in RELATIONS, where only one of several results is wrong."""
RELATIONS_HERE = {
    "factor_zero": (
        "gives {what} of zero on every input of the first check that fails",
        "What do these inputs have that others don't have? Something is multiplied by 0, or never filled.",
    ),
    "offset": (
        "gives {what} that are off by the same number on every input of the first check that fails",
        "What do these inputs have that others don't have? A constant was added or left out.",
    ),
}
"""In place of those in RELATIONS where other inputs may be answered correctly."""
ENTRIES = {
    "first_row": (
        "goes wrong in the first row only",
        "What is special about the first row in your code?",
    ),
    "last_row": ("goes wrong in the last row only", "Check the bounds of your loop or slice."),
    "first_column": (
        "goes wrong in the first column only",
        "What is special about the first column in your code?",
    ),
    "last_column": (
        "goes wrong in the last column only",
        "Check the bounds of your loop or slice.",
    ),
    "not_first_row": (
        "gives correct {what} in the first row only",
        "When does your loop end, and what do the other rows share with the first?",
    ),
    "not_last_row": (
        "gives correct {what} in the last row only",
        "What of the earlier rows is overwritten by the last?",
    ),
    "not_first_column": (
        "gives correct {what} in the first column only",
        "When does your loop end, and what do the other columns share with the first?",
    ),
    "not_last_column": (
        "gives correct {what} in the last column only",
        "What of the earlier columns is overwritten by the last?",
    ),
    "label_zero": (
        "goes wrong only for examples with the label 0",
        "Classes count from 0. Does 0 count as “no label” somewhere, or select nothing?",
    ),
    "label_last": (
        "goes wrong only for examples with the last class as their label",
        "Check the bounds of your loop or slice over the classes.",
    ),
    "at_label": (
        "gives wrong {what} at the labels only",
        "What happens to the class of the label, and to no other?",
    ),
    "zero_entries": (
        "goes wrong only for entries that are 0",
        "What does each operation do to a 0?",
    ),
    "largest_entries": (
        "goes wrong only for the greatest entry of each row",
        "What happens to the greatest entry, and to no other?",
    ),
    "negative_entries": (
        "goes wrong only for entries that are negative",
        "What does each operation do to a negative number?",
    ),
    "positive_entries": (
        "goes wrong only for entries that are positive",
        "What does each operation do to a positive number?",
    ),
}
"""Which entries of a result alone are wrong."""
_LOOP = "Which lines belong to the body of the loop, and over what does it run?"
_GROUPS = (
    "A group decides by what it holds, not by where it stands. What do you read from each group?"
)
_DIMENSIONS = "The update is the same for every shape. Which of your lines depends on the number of dimensions?"
PARAMETERS = {
    "moved_none": (
        "does not move any parameter",
        "`w = w - ...` makes a new tensor and leaves the old one as it was. Which operations change the tensor itself?",
    ),
    "moved_last": ("does not move the last parameter", _LOOP),
    "moved_first": ("does not move the first parameter", _LOOP),
    "moved_not_first": ("moves the first parameter only", _LOOP),
    "moved_not_last": ("moves the last parameter only", _LOOP),
    "moved_no_decay": ("does not move the parameters of a group without weight_decay", _GROUPS),
    "moved_decay": ("does not move the parameters of a group with weight_decay", _GROUPS),
    "moved_other_groups": ("moves the parameters of the first group only", _LOOP),
    "moved_first_group": ("does not move the parameters of the first group", _LOOP),
    "moved_later_in_group": ("moves the first parameter of each group only", _LOOP),
    "moved_no_dimensions": ("does not move parameters without dimensions", _DIMENSIONS),
    "moved_vectors": ("does not move parameters of one dimension", _DIMENSIONS),
    "moved_matrices": ("does not move parameters of two dimensions and more", _DIMENSIONS),
    "moved_strided": (
        "does not move parameters that are not contiguous in memory",
        "Which operation gives a copy where it can't give a view (`reshape`, `contiguous`, `flatten`)?",
    ),
    "correct_last": (
        "moves the last parameter to the wrong value, and the others correctly",
        _LOOP,
    ),
    "correct_first": (
        "moves the first parameter to the wrong value, and the others correctly",
        _LOOP,
    ),
    "correct_not_first": (
        "moves the first parameter correctly, and the others to wrong values",
        "Which variable keeps what an earlier parameter left in it?",
    ),
    "correct_not_last": (
        "moves the last parameter correctly, and the others to wrong values",
        _LOOP,
    ),
    "correct_no_decay": (
        "moves the parameters of groups without weight_decay to wrong values",
        _GROUPS,
    ),
    "correct_decay": ("moves the parameters of groups with weight_decay to wrong values", _GROUPS),
    "correct_other_groups": (
        "moves the parameters of the first group correctly, and of no other",
        _GROUPS,
    ),
    "correct_first_group": (
        "moves the parameters of the first group to wrong values, and no others",
        _GROUPS,
    ),
    "correct_later_in_group": (
        "moves the first parameter of each group correctly, and no other",
        _LOOP,
    ),
    "correct_no_dimensions": (
        "moves parameters without dimensions to wrong values, and no others",
        _DIMENSIONS,
    ),
    "correct_vectors": (
        "moves parameters of one dimension to wrong values, and no others",
        _DIMENSIONS,
    ),
    "correct_matrices": (
        "moves parameters of two dimensions and more to wrong values, and no others",
        _DIMENSIONS,
    ),
    "correct_strided": (
        "moves parameters that are not contiguous in memory to wrong values, and no others",
        "A transpose has its elements in another order in memory: avoid relying on that order.",
    ),
    "cleared_last": ("does not clear the grad of the last parameter", _LOOP),
    "cleared_first": ("does not clear the grad of the first parameter", _LOOP),
    "cleared_not_first": ("clears the grad of the first parameter only", _LOOP),
    "cleared_not_last": ("clears the grad of the last parameter only", _LOOP),
    "cleared_no_decay": ("does not clear the grads of groups without weight_decay", _GROUPS),
    "cleared_decay": ("does not clear the grads of groups with weight_decay", _GROUPS),
    "cleared_other_groups": ("clears the grads of the first group only", _LOOP),
    "cleared_first_group": ("does not clear the grads of the first group", _LOOP),
    "cleared_later_in_group": ("clears the grad of the first parameter of each group only", _LOOP),
    "cleared_no_dimensions": (
        "does not clear the grads of parameters without dimensions",
        _DIMENSIONS,
    ),
    "cleared_vectors": ("does not clear the grads of parameters of one dimension", _DIMENSIONS),
    "cleared_matrices": (
        "does not clear the grads of parameters of two dimensions and more",
        _DIMENSIONS,
    ),
    "cleared_strided": (
        "does not clear the grads of parameters that are not contiguous in memory",
        _DIMENSIONS,
    ),
}
"""Which parameters alone are not moved, not moved correctly, or keep a grad."""
RETURNS = {
    "none": (
        "returns None",
        (
            "Computing a value is not enough: the function has to hand it back. On which way through it is there no "
            "`return`?"
        ),
    ),
    "several": (
        "returns a Python {got}",
        "Look at the last line: what does the expression there give?",
    ),
    "number": (
        "returns a Python {got} instead of a tensor",
        "Where does a value leave torch (`item`, `float`, `math`)?",
    ),
    "array": (
        "returns {got} instead of a tensor",
        "The values left torch on the way. Stay with torch's own operations.",
    ),
    "object": (
        "returns {got} instead of a tensor",
        "Look at the last line: what does the expression there give?",
    ),
    "tensor": (
        "returns a tensor where something else is due",
        "Compare the number of results, and what they are, with the contract.",
    ),
}
"""The kind of result that a function returned in place of the expected kind."""
SHAPES = {
    "mean": (
        "returns the mean of the correct values instead of the values",
        "An average is taken where none is asked for.",
    ),
    "sum": (
        "returns the sum of the correct values instead of the values",
        "A sum over the batch is taken where none is asked for.",
    ),
    "first_row": (
        "returns the first row alone",
        "When does your function return? A `return` inside of a loop ends it in its first round.",
    ),
    "pairs_of_rows": (
        "returns a square matrix, with a value for every pair of rows",
        "A column (n, 1) and a vector (n,), or a row (1, n), broadcast to (n, n). Print the shapes of both operands.",
    ),
    "squeezed": (
        "returns a result without its dimensions of size 1",
        "What does `squeeze`, or an index, do where there is one row or one column?",
    ),
    "extra": (
        "returns a result with a dimension of size 1 too many",
        "A reduction may keep its dimension (`keepdim`), `unsqueeze` adds one, and a slice keeps one.",
    ),
    "transposed": (
        "returns a result with rows and columns exchanged",
        "Rows are examples: which index is which in your result?",
    ),
    "flat": (
        "returns a result with all entries in one dimension",
        "What does your function undo at the end, after `flatten`, `view` or `reshape`?",
    ),
    "same_entries": (
        "returns as many entries as it should, in another shape",
        "Compare the shape in the message with the contract.",
    ),
    "one_number": (
        "returns a single number instead of one for each entry",
        "Over which dimension do you reduce?",
    ),
    "pairs": (
        "returns a square matrix instead of a vector",
        "How do the shapes broadcast, or how does the index choose? An index for rows and one for columns go together.",
    ),
    "each_class": (
        "returns a matrix instead of a vector: several values where one is due",
        "Along which dimension do you have to choose or add up?",
    ),
    "one_row": (
        "returns one row instead of a matrix",
        "Over which dimension do you reduce? Or which row overwrites the others?",
    ),
    "one_column": (
        "returns one value for each row instead of the row",
        "Over which dimension do you reduce, and should you?",
    ),
    "reduced": (
        "returns a result with too few dimensions",
        "Over which dimensions do you reduce?",
    ),
    "fewer_rows": (
        "returns fewer rows than it should",
        "Check the bounds of your loop or slice.",
    ),
    "more_dimensions": (
        "returns a result with too many dimensions",
        "How do the shapes of the operands broadcast? Print them.",
    ),
}
"""How the shape of a result differs from the correct one."""
DTYPES = (
    "returns {got} where the input is {expected}",
    "The result should have the dtype of the input: look for conversions and new tensors.",
)
DTYPES_FOR_ARRAYS = (
    "returns {got} where the input is {expected}",
    "The result should have the dtype of the input: look for conversions and new arrays.",
)
OTHER_DTYPES = (
    "returns {got} where {expected} is asked for",
    "Which dtype has the result by itself? Look at the line that makes it, and at the contract.",
)
COMPUTED_IN_FLOAT32 = (
    "computes in float32 where the input is float64",
    "The dtype of the result is correct, but its digits are float32's: which line converts, or makes a new tensor?",
)
COMPUTED_IN_FLOAT32_FOR_ARRAYS = (
    "computes in float32 where the input is float64",
    "The dtype of the result is correct, but its digits are float32's: which line converts?",
)
EXACT_AS_FLOAT32_FOR_ARRAYS = (
    "gives {what} that are only as exact as float32 where the input is float64",
    "The digits after the sixth or seventh are lost on the way: which intermediate value is float32?",
)
EXACT_AS_FLOAT32 = (
    "gives {what} that are only as exact as float32 where the input is float64",
    (
        "The digits after the sixth or seventh are lost on the way: which intermediate value is float32, by a conversion or as a new "
        "tensor without the input's dtype?"
    ),
)
CHANCE = (
    "gives another answer for other random numbers",
    "The result should not depend on chance. Which line draws: `rand`, `shuffle`, dropout, or a layer that is made anew?",
)
HISTORY = (
    "answers differently when it was called before",
    (
        "What is kept from one call to the next: a global variable, a default argument, an attribute? Each call should start "
        "anew."
    ),
)
RANDOM = {
    "category": (
        "category_share",
        "draws a category in {share} of the draws where its probability is {p}",
        "Which uniform numbers lead to which category? Add up the lengths of their intervals.",
    ),
    "impossible category": (
        "impossible_category",
        "draws a category whose probability is 0",
        "Which uniform numbers lead to a category whose interval is empty?",
    ),
    "neighbours among draws": (
        "draws_depend",
        "makes draws that depend on those before them",
        "How many random numbers does a call take: one for each draw? Are they put in an order?",
    ),
    "the halves of a call among draws": (
        "draws_depend",
        "makes draws that depend on those before them",
        "How many random numbers does a call take: one for each draw? Are they put in an order?",
    ),
    "two calls among draws": (
        "calls_repeat",
        "makes the same draws in every call, or draws that depend on the call before",
        "Every call draws anew: is there a seed, or something that is drawn once?",
    ),
    "count of a category": (
        "category_count",
        "draws a category about equally often in every call",
        "Each draw is made on its own, so the count of a category varies from call to call.",
    ),
    "rate": (
        "drop_rate",
        "drops {share} of the entries where p is {p}",
        "Which entries does your comparison choose, those that are kept or those that are dropped?",
    ),
    "the masks of two calls": (
        "masks_repeat",
        "draws masks that agree too often, or too seldom, from call to call",
        "A new mask is needed for every call: what is drawn once, or made of the mask before?",
    ),
    "the masks of consecutive calls": (
        "masks_repeat",
        "draws masks that agree too often, or too seldom, from call to call",
        "A new mask is needed for every call: what is drawn once, or made of the mask before?",
    ),
    "two rows": (
        "rows_share",
        "draws rows of the mask that depend on one another",
        "How many numbers do you draw: one for each entry?",
    ),
    "two columns": (
        "columns_share",
        "draws columns of the mask that depend on one another",
        "How many numbers do you draw: one for each entry?",
    ),
    "count of rows": (
        "rows_count",
        "drops about the same number of entries in too many rows",
        "Each entry is dropped on its own: the number of those dropped varies.",
    ),
    "count of columns": (
        "columns_count",
        "drops about the same number of entries in too many columns",
        "Each entry is dropped on its own: the number of those dropped varies.",
    ),
    "stay in place": (
        "order_stays",
        "leaves too many examples in the place where they are stored",
        "Which step mixes the examples, and does it reach all of them?",
    ),
    "come right after their neighbour in the data": (
        "order_follows",
        "leaves too many examples right after their neighbour in the data",
        "Any example should be able to follow any other. Which step mixes single examples?",
    ),
    "come right before their neighbour in the data": (
        "order_reversed",
        "gives too many examples right before their neighbour in the data, as in the reversed order",
        "Any example should be able to follow any other. Which step mixes single examples?",
    ),
    "half": (
        "order_half",
        "does not mix the examples of the first half with those of the second",
        "Can your last example come first? Which places can it get to?",
    ),
    "halves of two calls": (
        "order_parts",
        "gives the same examples in the first half of a pass, and the others in the second, at every call",
        "Any two examples should be able to meet in a batch. Into which parts do you divide the data before you mix it?",
    ),
    "ends": (
        "order_ends",
        "keeps an example at the same end of the order at every call",
        "Which places does your shuffle reach: the first and the last among them?",
    ),
    "calls": (
        "order_repeats",
        "gives the examples in the same order at every call",
        "Every call mixes anew: is there a seed, or something that is drawn once?",
    ),
    "are in the same place in both of two calls": (
        "order_repeats",
        "gives too many examples the same place in two calls",
        "Every call mixes anew: is there a seed, or something that is drawn once?",
    ),
    "count of calls": (
        "calls_count",
        "drops about the same number of entries in too many calls",
        "Each entry is dropped on its own: the number of those dropped varies.",
    ),
}
"""By the aspect of a count that is off: an id, a title and a hint."""
_ONE = "What do your reductions and `squeeze` do to a dimension of size 1?"
ONLY_FOR = {
    "one_row": ("goes wrong only for an input with one row", _ONE),
    "one_column": ("goes wrong only for an input with one column", _ONE),
    "one_entry": ("goes wrong only where a dimension has a single entry", _ONE),
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
    "not_matrix": (
        "goes wrong only for tensors that are no matrices",
        "Which of your lines counts on exactly two dimensions?",
    ),
    "nearly_dependent": (
        "goes wrong only for matrices whose columns are nearly dependent",
        "The least singular value is small beside the greatest, and its square still smaller. Which of your steps takes it for 0, or needs it to be large?",
    ),
    "square": (
        "goes wrong only for inputs with as many rows as columns",
        "Where do shapes broadcast in another way, or in silence, when both sizes are the same?",
    ),
    "not_square": (
        "goes wrong only for inputs with another number of rows than of columns",
        "Which size do you use in the place of the other?",
    ),
    "float64": (
        "goes wrong only for float64",
        "Which line names a dtype, or makes a new tensor? Or is something so small added that float32 doesn't show it?",
    ),
    "extreme": (
        "goes wrong only for inputs of great magnitude",
        "Which intermediate value becomes infinite, or 0, for the input in the message?",
    ),
    "tiny": (
        "goes wrong only for inputs of small magnitude",
        "Which intermediate value becomes 0, or is lost beside a constant, for the input in the message?",
    ),
    "missing_class": (
        "goes wrong only where the last class is not among the labels",
        "Take the number of classes from the shape of the input, not from the labels.",
    ),
    "has_zero": (
        "goes wrong only for inputs with an entry that is 0",
        "What does each operation do to a 0?",
    ),
    "tied": (
        "goes wrong only where the greatest entry of a row is there twice",
        "What does your code do with the second of two equal entries?",
    ),
    "negative": (
        "goes wrong only for inputs with a negative entry",
        "What does each operation do to a negative number?",
    ),
    "grad": (
        "goes wrong only for inputs that require gradients",
        "What does your code do with the input before it computes?",
    ),
    "evaluation": (
        "goes wrong only when training is False",
        "What should come out when the function is not training?",
    ),
    "later_call": (
        "is correct in the first call, and goes wrong in later ones that go on from it",
        "What does a call leave for the next? Follow two calls by hand, from where the first one ends.",
    ),
}
"""Which inputs alone go wrong."""
ONLY_FOR_ARRAYS = {
    "strided": (
        "goes wrong only for arrays that are not contiguous in memory",
        "A transpose has its elements in another order in memory: avoid relying on that order.",
    ),
    "no_dimensions": (
        "goes wrong only for arrays without dimensions",
        "A single number is an array, too: don't rely on rows or a length.",
    ),
    "float64": (
        "goes wrong only for float64",
        "Which line names a dtype, or makes a new array? Or is something so small added that float32 doesn't show it?",
    ),
}
"""For answers to an edition in NumPy; what is not here is in ONLY_FOR."""
RAISED_FOR_ARRAYS = {
    "strided": "It is raised only for arrays that are not contiguous in memory.",
    "no_dimensions": "It is raised only for arrays without dimensions.",
}
"""For answers to an edition in NumPy; what is not here is in RAISED_FOR."""
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
ADVICE = {
    "vectorize": (
        "`{function}` runs {few_operators} operators for {few} rows and {many_operators} for {many}; "
        "operations on the whole tensor need the same number for any number of rows, and are much faster"
    ),
    "prints": ("`{function}` prints while it runs; a training loop calls it thousands of times"),
    "shadowed": "{place}: the name `{name}` hides Python's built-in of that name; choose another",
    "not_called": "{place}: `{name}` is named but not called; the parentheses are missing",
    "unused": "{place}: `{name}` is defined but never used",
    "float64": (
        "{place}: `{function}` makes float64 values, which take twice the memory; a numerically stable "
        "formula doesn't need them"
    ),
    "stub": "{place}: the stub's `raise NotImplementedError()` is still there; delete it",
}
"""About code that is correct, by the id under which it is counted."""
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


DERIVED = {
    "returns_nothing": (
        "returns nothing",
        "Computing a value is not enough: the function has to hand it back.",
    ),
    "does_nothing": (
        "does nothing",
        "Nothing that the function was given is changed, and nothing comes back.",
    ),
    "returns_zeros": (
        "returns zeros",
        "The result that you return never receives the values that you computed.",
    ),
    "returns_argument": (
        "returns its first argument as it came",
        "Follow your result from the return statement upwards: where do the other values enter it?",
    ),
    "returns_list": (
        "returns a Python list instead of a tensor",
        "The values are correct; look at the type of what you return.",
    ),
    "returns_number": (
        "returns a Python number instead of a tensor",
        "The values are correct; look at the type of what you return.",
    ),
    "returns_array": (
        "returns a NumPy array instead of a tensor",
        "The values are correct; look at the type of what you return.",
    ),
    "returns_tensor": (
        "returns a torch tensor instead of a NumPy array",
        "The values are correct; look at the type of what you return.",
    ),
    "cuts_the_graph": (
        "gives correct values from which no gradient flows back",
        (
            "The values are correct. Which of your steps takes them out of autograd's graph: a detach, "
            "a .data, a no_grad, a NumPy array, a new tensor made of them?"
        ),
    ),
    "always_float32": (
        "gives a float32 result whatever the dtype of its input",
        "The values are correct. Where does your code make a new tensor, and with which dtype?",
    ),
    "always_float64": (
        "gives a float64 result whatever the dtype of its input",
        "The values are correct. Where does your code make a new tensor, and with which dtype?",
    ),
    "computes_in_float32": (
        "computes in float32 even where its input is float64",
        (
            "The result has the correct dtype and only the digits of float32. Which of your steps "
            "converts, or makes a new tensor with the default dtype?"
        ),
    ),
}
"""Of the known mistakes that follow from any reference: title and hint."""
RETURNS_FOR_ARRAYS = {
    "number": (
        "returns a single number instead of a NumPy array",
        "Which of your steps makes one number out of an array?",
    ),
    "array": (
        "returns {got} instead of a plain NumPy array of numbers",
        "Look at the type and the dtype of what you return: where do they come from?",
    ),
    "object": (
        "returns {got} instead of a NumPy array",
        "Look at the last line: what does the expression there give?",
    ),
}
"""The kind of result of an answer to an edition in NumPy; in other cases RETURNS."""
RETURNS_FOR_SEVERAL = {
    "number": (
        "returns a Python {got} instead of a tuple of results",
        "Compare the number of results, and what they are, with the contract.",
    ),
    "array": (
        "returns {got} instead of a tuple of results",
        "Compare the number of results, and what they are, with the contract.",
    ),
    "object": (
        "returns {got} instead of a tuple of results",
        "Compare the number of results, and what they are, with the contract.",
    ),
}
"""The kind of result of an answer where several results are due; in other cases RETURNS."""
DERIVED_OF_ARRAYS = {
    "returns_list": (
        "returns a Python list instead of a NumPy array",
        "The values are correct; look at the type of what you return.",
    ),
    "always_float32": (
        "gives a float32 result whatever the dtype of its input",
        "The values are correct. Where does your code make a new array, and with which dtype?",
    ),
    "always_float64": (
        "gives a float64 result whatever the dtype of its input",
        "The values are correct. Where does your code make a new array, and with which dtype?",
    ),
    "computes_in_float32": (
        "computes in float32 even where its input is float64",
        "The result has the correct dtype and only the digits of float32. Which of your steps converts?",
    ),
}
"""The same for an edition in NumPy, where another type is asked for."""

WORDS = {"passed": "✓ passed:", "failed": "✗ failed:", "error": "! error:", "skipped": "– waiting:"}
"""By outcome: a sign, and a word for readers who can't see it."""
POINTS = "{points} of {possible} points"
STATUSES = {
    "passed": "passed",
    "partial": "partly correct",
    "failed": "failed",
    "not_attempted": "not attempted",
    "forbidden": "forbidden",
    "crashed": "crashed",
    "timed_out": "timed out",
}
"""An exercise's status in a student's words."""
IN_TABLE = STATUSES | {"partial": "partial"}
"""The same in a table's narrow column."""
BOTH = "{one} and {other}"
"""The titles of two mistakes that were made at once."""
UPDATED = "updated {place}"
UPDATED_FIRST = "updated {place} after the first call"
UPDATED_LATER = "updated {place} after call {call} (correct until then)"
LANGUAGE = "There is no language {language!r}; the report is in English. There are: {known}."

sys.modules[__name__].__class__ = Translated
