"""Drawn regression problems: full rank, well conditioned or just as ill as is said, sizes as asked for."""

import torch
from hypothesis import given, settings

from autograder.checking.linear_models import (
    ill_conditioned,
    least_squares,
    predictions_and_labels,
    regressions,
)
from autograder.checking.strategies import FLOAT64


@settings(max_examples=50)
@given(least_squares() | least_squares(one_feature=True) | least_squares(square=True))
def test_a_problem_has_one_solution_that_float32_can_find(problem):
    X, y = problem
    singular = torch.linalg.svdvals(X.double())
    assert singular[0] <= 10 * singular[-1] and singular[-1] >= 0.5
    assert y.shape == (len(X), 1) and X.shape[0] >= X.shape[1]


@settings(max_examples=30)
@given(ill_conditioned())
def test_an_ill_conditioned_problem_is_beyond_float32(problem):
    X, _ = problem
    singular = torch.linalg.svdvals(X)
    assert X.dtype is FLOAT64 and 100 < singular[0] / singular[-1] <= 1e4


@settings(max_examples=30)
@given(regressions(single=True, bias=()), predictions_and_labels(flat=True))
def test_sizes_are_as_asked_for(model, pair):
    X, w, b = model
    assert 1 in X.shape and w.shape == (X.shape[1], 1) and b.shape == ()
    y_hat, y = pair
    assert y_hat.shape == (len(y), 1) and y.dim() == 1
