"""What a check imports: strategies, comparisons, gradients, and how points are given.

May import torch, numpy, hypothesis and pytest, and nothing else of this package.
"""

import pytest

from autograder.checking import messages
from autograder.checking.closeness import FLOAT32_SLACK, assert_close, assert_tensor
from autograder.checking.failures import CheckFailure
from autograder.checking.gradients import (
    assert_same_gradient,
    assert_unchanged,
    copy_parameter,
    cotangent_like,
    gradient,
    leaf,
    same_layout,
)
from autograder.checking.misconceptions import Misconception, misconception
from autograder.checking.parameters import (
    assert_autograd_enabled,
    assert_grads_cleared,
    assert_same_parameters,
    assert_updated,
    set_parameter,
)
from autograder.checking.randomness import (
    assert_counts_vary,
    assert_drop_rate,
    assert_independent,
    assert_kept_or_dropped,
    assert_rows_independent,
)
from autograder.checking.results import assert_results

points = pytest.mark.points
"""`@points(2, needs="test_values")`: what a check is worth, and the check that it builds on."""

__all__ = [
    "FLOAT32_SLACK",
    "CheckFailure",
    "Misconception",
    "assert_autograd_enabled",
    "assert_close",
    "assert_counts_vary",
    "assert_drop_rate",
    "assert_grads_cleared",
    "assert_independent",
    "assert_kept_or_dropped",
    "assert_results",
    "assert_rows_independent",
    "assert_same_gradient",
    "assert_same_parameters",
    "assert_tensor",
    "assert_unchanged",
    "assert_updated",
    "copy_parameter",
    "cotangent_like",
    "gradient",
    "leaf",
    "messages",
    "misconception",
    "points",
    "same_layout",
    "set_parameter",
]
