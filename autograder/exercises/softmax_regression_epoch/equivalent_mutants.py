"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ total += losses.sum().item()": "moved: the losses were taken before the step",
    "+ correct += (logits.argmax(dim=1) == y).sum().item()": "moved: so were the logits",
    "+ examples += len(y)": "moved: the number of examples doesn't depend on the step",
    "+ total += losses.sum()": "a tensor without dimensions is a number, too",
    "+ correct += (logits.argmax(dim=1) == y).sum()": "a tensor without dimensions is a number, too",
}
