"""The mistake that a report names is the submission's, and no more than was seen of it."""

import pytest

pytestmark = pytest.mark.slow

NAMED = {
    "normalizes_over_everything": "torch.clamp(X, max=80).exp() / torch.clamp(X, max=80).exp().sum()",
    "normalizes_over_batch": "torch.nn.functional.normalize((X - X.amax(0)).exp(), p=1, dim=0)",
    "normalizes_over_batch_and_cuts_graph": "((X - X.amax(0)).exp() / (X - X.amax(0)).exp().sum(0)).data",
}


@pytest.mark.parametrize("id", NAMED)
def test_a_pair_of_mistakes_is_named_only_where_both_are_seen(students, id):
    result = students.grade("softmax", f"import torch\ndef softmax(X):\n    return {NAMED[id]}")
    assert result.score < result.max_score
    assert result.diagnosis.id == id
