"""Everything that a check imports from `autograder.checking`."""

from autograder.checking import messages, tolerances
from autograder.checking.arrays import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
)
from autograder.checking.categories import (
    assert_category_counts,
    assert_category_counts_vary,
    assert_draws,
    assert_draws_independent,
    assert_never_impossible,
)
from autograder.checking.closeness import assert_close, assert_tensor
from autograder.checking.counts import (
    assert_count,
    assert_ends_vary,
    assert_orders_differ,
    assert_shuffled,
)
from autograder.checking.derivatives import (
    assert_unchanged,
    copy_parameter,
    cotangent_like,
    gradient,
    gradients,
    leaf,
    same_layout,
)
from autograder.checking.failures import CheckFailure
from autograder.checking.grads import assert_same_grads, assert_values_kept
from autograder.checking.minibatches import (
    assert_batch_sizes,
    assert_labels,
    assert_order,
    assert_pairs,
)
from autograder.checking.misconceptions import Misconception, misconception, mistake
from autograder.checking.promises import (
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
)
from autograder.checking.randomness import (
    assert_counts_vary,
    assert_drop_rate,
    assert_independent,
    assert_kept_or_dropped,
    assert_rows_independent,
)
from autograder.checking.results import assert_number, assert_results
from autograder.checking.state import (
    assert_grads_cleared,
    assert_no_graph,
    assert_same_update,
    assert_same_updates,
    assert_state_kept,
    assert_updated,
    assert_updates_keep_dtype,
)
from autograder.checking.tolerances import Tolerance
from autograder.checking.training import (
    assert_batches_unchanged,
    assert_parameters_kept,
    assert_same_training,
    assert_training_keeps_dtype,
    trained,
)
from autograder.checking.values import Values
from autograder.checking.worth import Points, points

__all__ = [
    "CheckFailure",
    "Misconception",
    "Points",
    "Tolerance",
    "Values",
    "assert_array_dtype_kept",
    "assert_arrays_unchanged",
    "assert_batch_sizes",
    "assert_batches_unchanged",
    "assert_category_counts",
    "assert_category_counts_vary",
    "assert_close",
    "assert_count",
    "assert_counts_vary",
    "assert_draws",
    "assert_draws_independent",
    "assert_drop_rate",
    "assert_dtype_kept",
    "assert_ends_vary",
    "assert_grads_cleared",
    "assert_independent",
    "assert_input_unchanged",
    "assert_kept_or_dropped",
    "assert_labels",
    "assert_never_impossible",
    "assert_no_graph",
    "assert_number",
    "assert_order",
    "assert_orders_differ",
    "assert_pairs",
    "assert_parameters_kept",
    "assert_results",
    "assert_rows_independent",
    "assert_same",
    "assert_same_arrays",
    "assert_same_gradient",
    "assert_same_grads",
    "assert_same_training",
    "assert_same_update",
    "assert_same_updates",
    "assert_shuffled",
    "assert_state_kept",
    "assert_tensor",
    "assert_training_keeps_dtype",
    "assert_unchanged",
    "assert_updated",
    "assert_updates_keep_dtype",
    "assert_values_kept",
    "copy_parameter",
    "cotangent_like",
    "gradient",
    "gradients",
    "leaf",
    "messages",
    "misconception",
    "mistake",
    "points",
    "same_layout",
    "tolerances",
    "trained",
]
