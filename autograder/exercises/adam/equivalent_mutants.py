"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ w.grad.zero_()": "both averages hold the grad already: the parameter may move after it is cleared",
}
