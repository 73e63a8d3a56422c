"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ w.grad.zero_()": "both averages hold the grad already: the parameter may move after it is cleared",
    "+ s.copy_(beta2 * s + (1 - beta2) * w.grad * w.grad)": (
        "the two averages don't depend on each other"
    ),
    "+ v_hat = v / (1 - beta1 ** t)": "the two corrections don't depend on each other",
}
