"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ w.grad.zero_()": "the velocity holds the grad already: the parameter may move after it is cleared",
}
