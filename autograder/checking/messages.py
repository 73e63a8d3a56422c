"""Every sentence that a student reads about a check, as templates in one place."""

RAISED = "`{function}` raised {kind}: {message}"
AT_LINE = " (line {line})"
NOT_A_TENSOR = "`{function}` returned {got}; it should return a torch tensor"
RETURNED_NONE = "`{function}` returned None: is a `return` missing?"
SHAPE = "the result has shape {got}; it should have shape {expected}"
DTYPE = "the result is {got}; for {expected} input it should stay {expected}"
NOT_FINITE = (
    "{bad} of {total} elements of the {what} are {kind}; the first, at index {index}, "
    "should be {expected}"
)
VALUES = (
    "{bad} of {total} elements of the {what} differ; the greatest difference is {difference} at index "
    "{index}: it is {got}, it should be {expected} (allowed: {allowed})"
)
ONE_VALUE = "the {what} is {got}; it should be {expected} (allowed difference: {allowed})"
CUT_GRAPH = (
    "the result is not connected to {argument} by autograd, so no gradient flows back; "
    "`.data`, `.item()`, `.detach()`, numpy and `torch.tensor(...)` cut the graph"
)
INPUT_CHANGED = "`{function}` changed its argument {argument}; it should leave it as it was"
INPUT_GRAD = "`{function}` changed `{argument}.grad`; it should leave it alone"
TIMED_OUT = "`{function}` did not finish: {reason}"
CRASHED = "`{function}` ended the process that ran it: {reason}"
MISBEHAVED = "what came back cannot be graded: {reason}"
NEEDS = "not run, because it builds on “{needed}”, which failed"
NOT_DEFINED = "the notebook does not define `{function}`"
NOT_ATTEMPTED = "not attempted yet"
GRADIENT_FAILED = "going backward through `{function}` raised {kind}: {message}"
CELL_RAISED = (
    "`{function}` is not defined, because cell {cell} raised {kind}: {message} (line {line})"
)
INPUT_FLAG = "`{function}` changed `{argument}.requires_grad`; it should leave it as it was"
STATE_OBJECT = "after the call {place} is another tensor; it should be the same object, updated in place"
STATE_LEAF = (
    "after the call {place} is no longer a leaf tensor; update it where autograd is switched off"
)
STATE_REQUIRES_GRAD = "after the call {place} no longer requires grad; it should still"
STATE_GRAD = (
    "after the call the grad of {place} is {got}; it should be zero (or None), "
    "or the next backward pass adds to it"
)
STATE_SHAPE = "after the call {place} has shape {got}; it should still have {expected}"
STATE_AUTOGRAD = "after the call autograd is switched off for everything that follows; switch it on again"
STATE_LIST = "after the call {place} holds {got} tensors; it should still hold {expected}"
STATE_DECAY = "after the call the weight_decay of {place} is {got}; it should still be {expected}"
NOT_KEPT_OR_DROPPED = (
    "with p = {p}, entry {index} of the input is {value} and became {got}; "
    "it should become 0 or {value} / (1 - p) = {scaled}"
)
NOTHING_DROPPED = "with p = {p}, none of {total} entries was dropped"
NOTHING_KEPT = "with p = {p}, none of {total} entries was kept"
DROP_RATE = (
    "with p = {p}, {got} of {total} entries{where} were dropped ({share:.1%}); a right dropout drops "
    "between {low} and {high} (false alarm at most once in {odds:.0e} gradings)"
)
AGREEMENT = (
    "with p = {p}, {what} agree in {got} of {total} places; independent ones agree in {low} to {high} "
    "(false alarm at most once in {odds:.0e} gradings)"
)
SAME_COUNT = (
    "with p = {p}, {got} of {total} {what} have exactly {count} of {entries} entries dropped; when each "
    "entry is dropped on its own, at most {high} have (false alarm at most once in {odds:.0e} gradings)"
)
KEPT_GRADIENT = "gradient with respect to X (0 where the entry was dropped, else 1 / (1 - p))"
