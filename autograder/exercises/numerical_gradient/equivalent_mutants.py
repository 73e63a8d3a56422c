"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ def numerical_gradient(f, x, eps=2e-05):": "as good a default: it differs by a hundred-millionth",
    "+ step = torch.zeros(x.numel())": "a step that is rounded to float32 is off by less than is graded",
}
