"""Drawn networks: never at a kink, exact in float32 in whatever order, every extent can be 1."""

import pytest
import torch
from hypothesis import given, settings

from autograder.checking.networks import networks
from autograder.checking.strategies import FLOAT64


@settings(max_examples=50)
@given(networks() | networks(single=True) | networks(strided=True) | networks(dtype=FLOAT64))
def test_no_hidden_value_is_at_the_kink(network):
    X, W1, b1, W2, b2, dO = network
    Z = X @ W1 + b1
    assert Z.abs().min() >= 1 / 16
    assert (Z @ W2 + b2).shape == dO.shape
    assert len({tensor.dtype for tensor in network}) == 1


@settings(max_examples=50)
@given(networks())
def test_everyday_networks_are_exact_in_float32(network):
    X, W1, b1, W2, b2, dO = network
    wide = [tensor.double() for tensor in network]
    assert torch.equal(
        ((X @ W1 + b1) @ W2 + b2).double(), (wide[0] @ wide[1] + wide[2]) @ wide[3] + wide[4]
    )
    assert torch.equal((X.T @ (dO @ W2.T)).double(), wide[0].T @ (wide[5] @ wide[3].T))
    assert min(*X.shape, *W2.shape) >= 2


@settings(max_examples=30)
@given(networks(single=True))
def test_one_extent_is_one(network):
    X, _, _, W2, *_ = network
    assert 1 in (*X.shape, *W2.shape)


@settings(max_examples=30)
@given(networks(strided=True))
def test_matrices_are_not_contiguous(network):
    assert not any(tensor.is_contiguous() for tensor in network)


def test_another_dtype_is_refused():
    with pytest.raises(TypeError, match="is needed"):
        networks(dtype=torch.float16)
